import Formats
import Foundation
import Model
import Objects
import Service
import Store
import TestSupport
import Testing
import Wire

/// What a call reads once it has saved: whether that fails or not, it has saved.
@Suite(.tags(.slow), .unlessFast) struct SavedOutcomeTests {
  /// A call that saves one version.
  struct Call: Sendable, CustomStringConvertible {
    let description: String
    let make: @Sendable (LocalStoreService, _ file: String) throws -> Void
  }

  static let calls: [Call] = [
    Call(description: "push") { service, file in
      var push = PushRequest()
      push.mode = .append
      let table = TableFile(path: file, format: .jsonl, compression: nil, name: "rows")
      _ = try service.push(DatasetName("runs"), table, push) { _ in }
    },
    Call(description: "prompt") { service, _ in
      _ = try service.pushPrompt(
        DatasetName("prompt"), "Tag {{text}}", system: nil, message: "", author: "")
    },
    Call(description: "providers") { service, _ in
      _ = try service.pushProviders(
        DatasetName("providers"),
        Array(#"{"schema":"providers/1","providers":{}}"#.utf8), message: "", author: "")
    },
    Call(description: "prices") { service, _ in
      let table =
        #"{"small":{"litellm_provider":"p","input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#
      _ = try service.importPrices(
        into: DatasetName("prices"), Array(table.utf8), format: nil, from: nil, message: "",
        author: "")
    },
    Call(description: "scores") { service, _ in
      _ = try service.score(ScoreRequest("runs", scorers: [.string("exact:answer")]))
    },
    Call(description: "saved comparison") { service, _ in
      var request = ComparisonRequest(base: "runs@1", candidates: ["runs@2"])
      request.save = SaveRequest(name: "verdict")
      var options = ComparisonOptions()
      options.resamples = 100
      request.options = options
      _ = try service.compare(request)
    },
  ]

  private func service(_ disk: any Disk) throws -> LocalStoreService {
    LocalStoreService(try Store(path: "/nowhere", disk: disk), author: "ann")
  }

  @Test(arguments: calls)
  func `a call that fails has saved nothing, or says that it may have`(call: Call) throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/rows.jsonl"
    let prepared = MemoryDisk()
    try Store.create(path: "/nowhere", disk: prepared)
    for share in [1, 2] {
      let rows = (1...4).map {
        #"{"id":\#($0),"output":"\#($0 * share)","answer":"\#($0)","score":\#($0 * share)}"#
      }
      let reader = try JSONReader(
        MemorySource(name: "rows", bytes: Array((rows.joined(separator: "\n") + "\n").utf8)),
        layout: .lines)
      var options = PushOptions()
      options.key = ["id"]
      _ = try Store(path: "/nowhere", disk: prepared).push(DatasetName("runs"), reader, options) {
        _ in
      }
    }
    let row = #"{"id":9,"output":"9","answer":"9","score":9}"# + "\n"
    try Data(row.utf8).write(to: URL(filePath: file))
    let before = try LocalObjectStore(disk: prepared).list(StoreLayout.logs)
    let sound = FaultyDisk(prepared.crashed(), countsReads: true)
    try call.make(try service(sound), file)
    #expect(sound.changeCount > 5)
    for number in 0..<sound.changeCount {
      for isLasting in [false, true] {
        let disk = prepared.crashed()
        let faulty = FaultyDisk(
          disk, at: number, .refusal(.unavailable), isLasting: isLasting, countsReads: true)
        do {
          try call.make(try service(faulty), file)
        } catch let error as StoreError {
          guard try LocalObjectStore(disk: disk).list(StoreLayout.logs) != before else { continue }
          #expect(error.detail == .mayBeSaved, "call \(number), \(isLasting): \(error)")
        }
      }
    }
  }
}
