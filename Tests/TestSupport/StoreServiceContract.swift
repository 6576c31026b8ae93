import Foundation
import Model
import Objects
import Testing
package import Wire

/// What any ``DatasetService`` must do, whichever side of a network its store is on.
///
/// Each case wants an empty store and pushes what it needs.
package struct StoreServiceContract: Sendable {
  let service: any StoreService
  private let files: TemporaryDirectory

  /// The contract for a service of an empty store.
  package init(_ service: any StoreService) throws {
    self.service = service
    files = try TemporaryDirectory()
  }

  /// One thing that every service must do.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    let check: @Sendable (StoreServiceContract) throws -> Void

    /// Checks `service`, whose store is empty.
    package func check(_ service: any StoreService) throws {
      try check(StoreServiceContract(service))
    }
  }

  /// All cases.
  package static let cases =
    listCases + pushCases + dataCases + queryCases + maintenanceCases
    + historyCases + comparisonCases + reportCases + ratingCases + routerCases
    + backtestCases + gateCases + attemptCases + blindingCases + conditionCases + scoreCases

  /// The dataset that cases save.
  static let runs = "runs"
  /// Two rows, and what becomes of them: one changed, one removed, one added, and a column more.
  static let first = """
    {"id":1,"model":"a","score":0.5}
    {"id":2,"model":"b","score":0.25}

    """
  static let second = """
    {"id":1,"model":"a","score":0.75,"note":"again"}
    {"id":3,"model":"c","score":1.0}

    """

  /// Saves text in `format` as the next version of a dataset.
  @discardableResult
  func push(
    _ text: String, to name: String = runs, format: FileFormat = .jsonl,
    _ edit: (inout PushRequest) -> Void = { _ in }
  ) throws -> PushDocument {
    var request = PushRequest()
    request.author = "ann"
    edit(&request)
    // A name of its own: several callers may push at once.
    let path = "\(files.path)/\(WriteID.make())"
    try Data(text.utf8).write(to: URL(filePath: path))
    return try service.push(
      try DatasetName(name), TableFile(path: path, format: format, compression: nil, name: "rows"),
      request
    ) { _ in }
  }

  /// Saves both versions, with the key `id`.
  func pushBoth() throws {
    try push(Self.first) {
      $0.key = ["id"]
      $0.createdAt = Timestamp(parsing: "2026-01-01")
    }
    try push(Self.second) {
      $0.message = "more"
      $0.createdAt = Timestamp(parsing: "2026-01-02")
    }
  }

  /// The text of a data request.
  func data(
    _ reference: String, _ format: FileFormat = .jsonl,
    _ edit: (inout DataRequest) -> Void = { _ in }
  ) throws -> String {
    var request = DataRequest(format: format)
    edit(&request)
    var bytes: [UInt8] = []
    _ = try service.data(try Reference(parsing: reference), request) { _ in
    } write: { piece throws(StoreError) in
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The kind of the error that `body` throws; nil when it throws none.
  func kind(_ body: () throws -> Void) -> StoreError.Kind? {
    do {
      try body()
      return nil
    } catch let error as StoreError {
      #expect(!error.message.isEmpty && !error.message.hasSuffix("."))
      return error.kind
    } catch {
      Issue.record("\(error) is no StoreError")
      return nil
    }
  }
}
