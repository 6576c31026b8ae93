import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// The documents of a store hold what `schema/` promises to readers written by others.
@Suite struct SchemaTests {
  @Test func `every document that a store writes conforms to its schema`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    var random = SeededGenerator(seed: 7)
    let table = SampleTable(count: 100, using: &random)
    let first = try store.push(table) { $0.message = "first" }.version
    try store.push(table.edited("x", using: &random)) {
      $0.lineage = [Reference(dataset: first.dataset, selector: .number(1))]
      $0.attributes = ["model": "x"]
      $0.idempotencyKey = "again"
      $0.kind = .metrics
    }
    let dataset = try DatasetName("d")
    try store.tag(dataset, "baseline", to: first, author: "ann", message: "m")
    try store.tag(dataset, "baseline", to: nil, author: "ann")
    _ = try store.deploy(dataset, author: "ann") { _ in
      DeploymentRecord(
        number: 2, previous: 1, reason: .rampStep, message: "m",
        backtest: VersionRecord.Lineage(dataset: dataset, number: 1, snapshot: first.snapshot),
        override: "why",
        ramp: DeploymentRecord.Ramp(
          over: 1, steps: [100, 10_000], seconds: 60, salt: "s", fields: ["request.id"]))
    }
    let record = try DocumentSchema("record.json")
    let manifest = try DocumentSchema("manifest.json")
    var seen: [ObjectEntry.Kind: Int] = [:]
    for (kind, text) in try documents(in: temporary.directory.path) {
      seen[kind, default: 0] += 1
      let schema = kind == .record ? record : manifest
      #expect(try schema.faults(in: text) == [], "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(seen == [.record: 7, .snapshot: 2, .rowGroup: 2])
  }

  @Test(arguments: [
    ("record.json", #"{"author":"a"}"#), ("manifest.json", #"{"chunks":[""],"rows":0}"#),
    ("manifest.json", #"{"chunks":["ab"],"rows":1}"#),
    ("manifest.json", #"{"columns":[["a","int32"]],"groups":[],"key":[]}"#),
    ("manifest.json", #"{"columns":[["a"]],"groups":[],"key":[],"more":1}"#),
  ])
  func `a document that no store writes does not conform`(name: String, text: String) throws {
    #expect(try DocumentSchema(name).faults(in: Array(text.utf8)) != [])
  }

  /// The texts of all records and manifests of the store at `path`.
  private func documents(in path: String) throws -> [(ObjectEntry.Kind, [UInt8])] {
    let files = LocalObjectStore(disk: PosixDisk(root: path))
    let decompressor = try Decompressor()
    var documents: [(ObjectEntry.Kind, [UInt8])] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    where name.hasSuffix(".pack") {
      let index = try PackReader.readIndex(files, name)
      for entry in index.entries where [.record, .snapshot, .rowGroup].contains(entry.kind) {
        let stored = try #require(index.payload(entry))
        let text = try decompressor.bytes(of: stored, rawCount: Int(entry.frames[0].rawBytes))
        documents.append((entry.kind, text))
      }
    }
    return documents
  }
}
