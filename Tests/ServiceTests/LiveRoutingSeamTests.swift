import LiveRouting
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// A store in a folder keeps the contracts of both seams of LiveRouting: `LocalStoreService` as a
/// source of rules, and its `LocalRowService`.
@Suite struct LiveRoutingSeamTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService

  init() throws {
    folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    service = LocalStoreService(try Store(path: folder.path), author: "tester")
  }

  @Test(arguments: RuleSourceContract.cases)
  func `a store keeps the promises of rule sources`(_ promise: RuleSourceContract.Case) throws {
    let service = service
    try promise.check(
      RuleSourceContract.Subject(
        service,
        push: { router, document in
          _ = try service.pushRules(router, document, RulesPushRequest())
        },
        deploy: { router, number, steps in
          var request = DeployRequest(version: "\(number)")
          request.ramp = steps.map {
            DeployRequest.Ramp(steps: $0, everySeconds: 3600, fields: ["principal.user"])
          }
          _ = try service.deploy(router, request)
        }))
  }

  @Test(arguments: RowServiceContract.cases)
  func `the live rows of a store keep the promises of row services`(
    _ promise: RowServiceContract.Case
  ) throws {
    let service = service
    let rows = service.rows()
    try promise.check(
      RowServiceContract.Subject(rows) { dataset in
        _ = try rows.sealRows(of: dataset)
        var text: [UInt8] = []
        _ = try service.data(Reference(dataset: dataset), DataRequest(format: .jsonl)) { _ in
        } write: { piece throws(StoreError) in
          text += piece
        }
        return text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      })
  }
}
