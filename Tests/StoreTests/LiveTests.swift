import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

extension LiveAppender {
  /// Appends JSON lines to the dataset `d`.
  @discardableResult
  func take(
    _ text: String, to name: String = "d", key: String? = nil, sees: FileAccess? = nil
  ) throws -> LiveReceipt {
    try append(
      DatasetName(name), MemorySource(name: "body", bytes: Array(text.utf8)), idempotencyKey: key,
      sees: sees)
  }
}

extension Store {
  /// The rows of a dataset's latest version as JSON lines; none when there is no version.
  func lines(_ name: String = "d") throws -> [String] {
    guard try datasets().contains(DatasetName(name)) else { return [] }
    let version = try resolve(Reference(parsing: name))
    var bytes: [UInt8] = []
    let snapshot = try snapshot(version)
    for batch in try snapshot.batches(
      groups: snapshot.manifest.groups.indices, columns: Array(snapshot.schema.columns.indices))
    {
      var writer = JSONWriter(columns: batch.columns, style: .lines)
      writer.append(batch, rows: 0..<batch.count, to: &bytes)
      writer.finish(to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Pushes JSON lines.
  @discardableResult
  func pushLines(
    _ text: String, to name: String = "d", types: [DataText: ColumnType] = [:],
    _ edit: (inout PushOptions) -> Void = { _ in }
  ) throws -> PushResult {
    var options = PushOptions()
    edit(&options)
    return try push(
      DatasetName(name),
      JSONReader(
        MemorySource(name: "rows", bytes: Array(text.utf8)), layout: .lines,
        options: ReadOptions(types: types)), options)
  }
}

@Suite struct LiveTests {
  let temporary: TemporaryStore
  let store: Store
  let dataset: DatasetName

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
    dataset = try DatasetName("d")
  }

  @Test(arguments: [[], [#"{"id":3,"b":5}"#], [#"{"id":3,"c":"x"}"#]])
  func `a row takes the whole place of the one with its key, whatever comes with it`(
    others: [String]
  ) throws {
    try store.pushLines("{\"id\":1,\"a\":1,\"b\":2}\n{\"id\":2,\"a\":1,\"b\":2}") {
      $0.key = ["id"]
    }
    let live = try LiveAppender(store)
    try live.take(#"{"id":1,"a":9}"#)
    for row in others { try live.take(row) }
    _ = try live.seal(dataset)
    #expect(try store.lines() == [#"{"id":1,"a":9}"#, #"{"id":2,"a":1,"b":2}"#] + others)
  }

  @Test func `a dataset with the name of the lock takes versions and refuses live rows`() throws {
    let live = try LiveAppender(store)
    let error = #expect(throws: StoreError.self) { try live.take(#"{"n":1}"#, to: "lock") }
    #expect(error?.kind == .usage && error?.message.contains("'lock' takes no live rows") == true)
    try store.pushLines(#"{"n":1}"#, to: "lock")
    #expect(try store.lines("lock") == [#"{"n":1}"#])
  }

  @Test func `no push takes the key or the attribute of rows that wait`() throws {
    let live = try LiveAppender(store)
    let receipt = try live.take(#"{"n":1}"#)
    let id = receipt.id.prefix { $0 != ":" }
    for (key, attributes) in [("live:\(id)", [:]), ("k", ["live": "\(id):9"])] {
      var options = PushOptions()
      options.mode = .append
      options.idempotencyKey = key
      options.attributes = attributes
      let reader = try JSONReader(
        MemorySource(name: "x", bytes: Array(#"{"n":99}"#.utf8)), layout: .lines)
      let error = #expect(throws: StoreError.self) { try store.push(dataset, reader, options) }
      #expect(error?.kind == .usage)
    }
    #expect(try live.seal(dataset).rows == 1)
    #expect(try store.lines() == [#"{"n":1}"#])
  }

  @Test func `rows are in the next version in the order they were taken`() throws {
    let live = try LiveAppender(store)
    for index in 0..<10 { try live.take(#"{"n":\#(index)}"#) }
    #expect(try live.take("{\"n\":10}\n{\"n\":11}\n").rows == 2)
    #expect(live.waitingRows(of: dataset) == 12)
    #expect(try store.lines() == [])
    let seal = try live.seal(dataset)
    #expect(seal.rows == 12 && seal.version?.number == 1)
    #expect(try store.lines() == (0..<12).map { #"{"n":\#($0)}"# })
    try live.take(#"{"n":12}"#)
    #expect(try live.seal(dataset).version?.number == 2)
    #expect(try store.lines().count == 13)
    #expect(try live.seal(dataset).rows == 0)
    #expect(try store.verify().damage == [])
  }

  @Test func `an array of rows is taken too`() throws {
    let live = try LiveAppender(store)
    let source = MemorySource(name: "body", bytes: Array(#"[{"a":1.0},{"a":"x"}]"#.utf8))
    #expect(try live.append(dataset, source, layout: .array, sees: nil).rows == 2)
    _ = try live.seal(dataset)
    #expect(try store.lines() == [#"{"a":1.0}"#, #"{"a":"x"}"#])
  }

  @Test(arguments: [
    "", "{}", "[1]", "{\"a\":1}\n{\"a\":", "{\"a\":1}\n7", #"{"a":99999999999999999999}"#,
  ])
  func `a bad row refuses the whole request`(_ text: String) throws {
    let live = try LiveAppender(store)
    let error = #expect(throws: StoreError.self) { try live.take(text) }
    #expect(error?.kind == .invalid)
    #expect(live.waitingRows(of: dataset) == 0)
  }

  @Test func `objects without members beside ones of many are refused when they are too many`()
    throws
  {
    var options = LiveOptions()
    options.requestBytes = 1 << 16
    let live = try LiveAppender(store, options)
    let many = "{" + (0..<400).map { "\"c\($0)\":1" }.joined(separator: ",") + "}\n"
    let error = #expect(throws: StoreError.self) {
      try live.take(many + String(repeating: "{}\n", count: 10_000))
    }
    #expect(error?.kind == .invalid && error?.message.contains("bytes allowed") == true)
    #expect(live.waitingRows(of: dataset) == 0)
    #expect(try live.take(many + String(repeating: "{}\n", count: 100)).rows == 101)
  }

  @Test func `only one process takes rows`() throws {
    let live = try LiveAppender(store)
    let error = #expect(throws: StoreError.self) { try LiveAppender(temporary.reopened()) }
    #expect(error?.kind == .conflict)
    withExtendedLifetime(live) {}
  }

  @Test func `what waits is sealed by the next process, once`() throws {
    let receipt = try LiveAppender(store).take(#"{"n":1}"#, key: "k")
    let next = try LiveAppender(temporary.reopened())
    #expect(next.waitingRows(of: dataset) == 1)
    #expect(try next.take(#"{"n":1}"#, key: "k") == receipt)
    #expect(next.sealDue().count == 1)
    #expect(try store.lines() == [#"{"n":1}"#])
    #expect(try next.take(#"{"n":1}"#, key: "k") == receipt)
    #expect(next.sealAll().isEmpty)
  }

  @Test func `a repeated request is answered with the first receipt, also after sealing`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    let receipt = try #require(try live?.take(#"{"n":1}"#, key: "k"))
    #expect(try live?.take(#"{"n":1}"#, key: "k") == receipt)
    let error = #expect(throws: StoreError.self) { try live?.take(#"{"n":2}"#, key: "k") }
    #expect(error?.kind == .conflict)
    _ = try live?.seal(dataset)
    #expect(try live?.take(#"{"n":1}"#, key: "k") == receipt)
    live = nil
    let next = try LiveAppender(temporary.reopened())
    #expect(try next.take(#"{"n":1}"#, key: "k") == receipt)
    #expect(try next.take(#"{"n":1}"#, key: "k2") != receipt)
    _ = try next.seal(dataset)
    #expect(try store.lines().count == 2)
  }

  @Test func `keys of long ago are forgotten`() throws {
    var options = LiveOptions()
    options.rememberedKeys = 2
    let live = try LiveAppender(store, options)
    for index in 0..<4 {
      try live.take(#"{"n":\#(index)}"#, key: "k\(index)")
      _ = try live.seal(dataset)
    }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: temporary.directory.path + "/live/d")
    #expect(names.count == 2)
    try live.take(#"{"n":0}"#, key: "k0")
    #expect(throws: StoreError.self) { try live.take(#"{"n":9}"#, key: "k3") }
    #expect(live.waitingRows(of: dataset) == 1)
  }

  @Test(
    arguments: [
      (#"{"a":1}"#, [:], #"{"a":"x"}"#), (#"{"a":9007199254740993}"#, [:], #"{"a":0.5}"#),
      (#"{"a":0.5}"#, [:], #"{"a":9007199254740993}"#), (#"{"a":true}"#, [:], #"{"a":[1]}"#),
      (#"{"a":"2026-01-02T03:04:05Z"}"#, ["a": .timestamp], #"{"a":"soon"}"#),
      (#"{"a":"2026-01-02T03:04:05Z"}"#, ["a": .timestamp], #"{"a":"2026-05-06T07:08:09Z"}"#),
      (#"{"a":1}"#, [:], #"{"b":1}"#),
    ] as [(String, [DataText: ColumnType], String)])
  func `rows of any type are sealed`(
    _ before: String, _ types: [DataText: ColumnType], _ row: String
  ) throws {
    try store.pushLines(before, types: types)
    let live = try LiveAppender(store)
    try live.take(row)
    #expect(try live.seal(dataset).rows == 1)
    #expect(try store.lines() == [before, row])
    #expect(try store.verify().damage == [])
  }

  @Test func `a timestamp column stays one`() throws {
    try store.pushLines(#"{"a":"2026-01-02T03:04:05Z"}"#, types: ["a": .timestamp])
    let live = try LiveAppender(store)
    try live.take(#"{"a":"2026-05-06T07:08:09Z"}"#)
    let version = try #require(try live.seal(dataset).version)
    #expect(try store.snapshot(version).schema.columns.map(\.type) == [.timestamp])
  }

  @Test func `whatever types are pushed after rows were taken, they are sealed`() throws {
    try store.pushLines("{\"id\":1,\"a\":1}") { $0.key = ["id"] }
    let live = try LiveAppender(store)
    try live.take(#"{"id":2,"a":2}"#)
    try store.pushLines("{\"id\":\"x\",\"a\":[1]}") { $0.key = ["id"] }
    #expect(try live.seal(dataset).rows == 1)
    #expect(try store.lines() == [#"{"id":"x","a":[1]}"#, #"{"id":2,"a":2}"#])
  }

  @Test(arguments: ["{\"id\":1,\"a\":1,\"name\":\"x\"}", "{\"id\":1,\"name\":\"x\"}"])
  func `rows that do not fit a key pushed since wait for one that they fit`(
    _ pushed: String
  ) throws {
    try store.pushLines("{\"id\":1,\"a\":1}") { $0.key = ["id"] }
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"id":5}"#)
    try store.pushLines(pushed) { $0.key = ["name"] }
    for _ in 0..<2 {
      let error = #expect(throws: StoreError.self) { try live?.seal(dataset) }
      #expect(error?.kind == .conflict && error?.message.contains("'name'") == true)
      #expect(live?.waitingRows(of: dataset) == 1)
    }
    let latest = try store.resolve(Reference(parsing: "d"))
    #expect(try latest.number == 2 && store.snapshot(latest).schema.key == ["name"])
    // Also over a restart.
    live = nil
    live = try LiveAppender(store)
    #expect(live?.waitingRows(of: dataset) == 1)
    try store.pushLines("{\"id\":1,\"a\":1}") { $0.key = ["id"] }
    #expect(try live?.seal(dataset).rows == 1)
    #expect(try store.lines() == [#"{"id":1,"a":1}"#, #"{"id":5}"#])
    #expect(try store.verify().damage == [])
  }

  @Test func `rows that wait do not hold back the rows behind them`() throws {
    try store.pushLines("{\"id\":1}") { $0.key = ["id"] }
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"id":5}"#)
    try store.pushLines(#"{"id":1,"name":"x"}"#) { $0.key = ["name"] }
    try live?.take(#"{"name":"y"}"#)
    try live?.take(#"{"name":"z"}"#)
    let seal = try #require(try live?.seal(dataset))
    #expect(seal.rows == 2 && seal.version?.number == 3)
    #expect(seal.waiting.map(\.file) == ["live/d/00000000000000000001.log"])
    #expect(seal.waiting.map(\.rows) == [1])
    #expect(live?.waitingRows(of: dataset) == 1)
    #expect(try store.lines() == [#"{"id":1,"name":"x"}"#, #"{"name":"y"}"#, #"{"name":"z"}"#])
    // Also over a restart, and with nothing behind them.
    live = nil
    live = try LiveAppender(store)
    #expect(throws: StoreError.self) { try live?.seal(dataset) }
    try live?.take(#"{"name":"v"}"#)
    #expect(try live?.seal(dataset).rows == 1)
    try store.pushLines(#"{"id":1}"#) { $0.key = ["id"] }
    #expect(try live?.seal(dataset).rows == 1)
    #expect(try store.lines() == [#"{"id":1}"#, #"{"id":5}"#])
    #expect(try store.verify().damage == [])
  }

  @Test func `an attachment lost before sealing is told, and changes no type`() throws {
    let digest = try store.putFile(MemorySource(name: "f", bytes: [1])).file.digest
    try store.pushLines(#"{"id":1,"f":{"digest":"\#(digest)"}}"#, types: ["f": .file]) {
      $0.key = ["id"]
    }
    let lost = try store.putFile(MemorySource(name: "f", bytes: [2])).file.digest
    let live = try LiveAppender(store)
    try live.take(#"{"id":2,"f":{"digest":"\#(lost)"}}"#)
    try FileManager.default.removeItem(
      atPath: temporary.directory.path + "/" + StoreLayout.fileName(lost))
    let version = try #require(try live.seal(dataset).version)
    #expect(try store.snapshot(version).schema.columns.map(\.type) == [.int64, .file])
    let damage = try store.verify().damage
    #expect(damage.map(\.file) == [StoreLayout.fileName(lost)])
    #expect(damage.map(\.versions) == [["d@2"]])
  }

  @Test func `only the column that needs it becomes json`() throws {
    let before = #"{"id":1,"a":9007199254740993,"t":"2026-01-02T03:04:05Z"}"#
    try store.pushLines(before, types: ["t": .timestamp]) { $0.key = ["id"] }
    let live = try LiveAppender(store)
    let row = #"{"id":2,"a":0.5,"t":"2026-05-06T07:08:09Z"}"#
    try live.take(row)
    let version = try #require(try live.seal(dataset).version)
    #expect(try store.snapshot(version).schema.columns.map(\.type) == [.int64, .json, .timestamp])
    #expect(try store.lines() == [before, row])
  }

  @Test func `in a dataset with a key a row takes the place of the one with its key`() throws {
    try store.pushLines("{\"id\":1,\"a\":1}\n{\"id\":2,\"a\":1}") { $0.key = ["id"] }
    let live = try LiveAppender(store)
    try live.take(#"{"id":2,"a":2}"#)
    try live.take(#"{"id":2,"a":3}"#)
    try live.take(#"{"id":3,"a":4}"#)
    #expect(throws: StoreError.self) { try live.take(#"{"a":4}"#) }
    #expect(throws: StoreError.self) { try live.take("{\"id\":4}\n{\"id\":4}") }
    let seal = try live.seal(dataset)
    // Each row is in a version: the second of the same key in one of its own.
    #expect(seal.rows == 3 && seal.version?.number == 3)
    #expect(
      try store.lines() == [#"{"id":1,"a":1}"#, #"{"id":2,"a":3}"#, #"{"id":3,"a":4}"#])
  }

  @Test func `rows that name attachments keep them from being collected`() throws {
    let digest = try store.putFile(MemorySource(name: "f", bytes: [1])).file.digest
    let row = #"{"f":{"digest":"\#(digest)"}}"#
    try store.pushLines(row, types: ["f": .file])
    let other = try store.putFile(MemorySource(name: "f", bytes: [2])).file.digest
    let live = try LiveAppender(store)
    try live.take(#"{"f":{"digest":"\#(other)"}}"#)
    let unknown = Digest(hashing: [9])
    #expect(throws: StoreError.self) { try live.take(#"{"f":{"digest":"\#(unknown)"}}"#) }
    #expect(try store.collectGarbage(apply: true, graceSeconds: -5).files == [])
    // Bytes that are lost all the same do not stop the row.
    try FileManager.default.removeItem(
      atPath: temporary.directory.path + "/" + StoreLayout.fileName(other))
    #expect(try live.seal(dataset).rows == 1)
    #expect(try store.lines().count == 2)
  }

  @Test func `too many columns are refused before they are taken`() throws {
    let live = try LiveAppender(store)
    let wide = (0..<3000).map { "\"a\($0)\":1" }.joined(separator: ",")
    let other = (0..<3000).map { "\"b\($0)\":1" }.joined(separator: ",")
    try live.take("{\(wide)}")
    #expect(throws: StoreError.self) { try live.take("{\(other)}") }
    try live.take(#"{"b1":1}"#)
    #expect(try live.seal(dataset).rows == 2)
    #expect(throws: StoreError.self) { try live.take("{\(other)}") }
  }

  @Test func `a full segment is followed by another`() throws {
    var options = LiveOptions()
    options.segmentBytes = 200
    options.requestBytes = 1000
    let live = try LiveAppender(store, options)
    for index in 0..<20 { try live.take(#"{"n":\#(index)}"#) }
    #expect(try live.seal(dataset).rows == 20)
    #expect(try store.lines() == (0..<20).map { #"{"n":\#($0)}"# })
    #expect(try store.versions(of: dataset).count > 3)
    let error = #expect(throws: StoreError.self) {
      try live.take("{\"a\":\"" + String(repeating: "x", count: 1000) + "\"}")
    }
    #expect(error?.kind == .exhausted)
  }

  @Test func `many threads append at once, and each sees its order kept`() throws {
    let live = try LiveAppender(store)
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for index in 0..<50 {
        do {
          try live.take(#"{"t":\#(thread),"n":\#(index)}"#, key: "\(thread)-\(index)")
          if index == 25 { _ = try live.seal(dataset) }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
    _ = try live.seal(dataset)
    let lines = try store.lines()
    #expect(lines.count == 400)
    for thread in 0..<8 {
      #expect(
        lines.filter { $0.hasPrefix(#"{"t":\#(thread),"#) }
          == (0..<50).map { #"{"t":\#(thread),"n":\#($0)}"# })
    }
  }

  @Test func `a damaged segment is refused, found, and stops no other dataset`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#)
    try live?.take(#"{"n":2}"#)
    live = nil
    let name = "live/d/00000000000000000001.log"
    let url = URL(fileURLWithPath: temporary.directory.path + "/" + name)
    let bytes = [UInt8](try Data(contentsOf: url))
    var damaged = bytes
    damaged[90] ^= 1
    try Data(damaged).write(to: url)
    #expect(try store.verify().damage.map(\.file) == [name])
    live = try LiveAppender(store)
    #expect(live?.failures.keys.map(\.text) == ["d"])
    #expect(throws: StoreError.self) { try live?.take(#"{"n":3}"#) }
    try live?.take(#"{"n":3}"#, to: "e")
    live = nil
    damaged = bytes
    damaged[10] ^= 1
    try Data(damaged).write(to: url)
    live = try LiveAppender(store)
    #expect(try live?.seal(dataset).rows == 2)
  }
}
