import Model
import Testing

@Suite struct LogRecordTests {
  private static let zeros = String(repeating: "0", count: 64)

  /// A record with `change` in its place among the members, which are sorted.
  private static func text(_ members: [String: String]) -> [UInt8] {
    var all = [
      "dataset": #""d""#, "previous": "\"\(zeros)\"", "sequence": "1", "time": "7",
      "writeId": #""w""#,
    ]
    all.merge(members) { _, new in new }
    let list = all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return Array("{\(list.joined(separator: ","))}".utf8)
  }

  private static let version =
    #"{"attributes":{"a":"b"},"createdAt":5,"from":[{"dataset":"e","number":2,"snapshot":"\#(zeros)"}],"#
    + #""idempotencyKey":"k","kind":"results","message":"m","number":1,"rows":3,"snapshot":"\#(zeros)"}"#
  private static let tag = #"{"message":"m","name":"t","number":1}"#
  private static let deployment =
    #"{"backtest":{"dataset":"e","number":2,"snapshot":"\#(zeros)"},"message":"m","number":1,"#
    + #""ramp":{"fields":["x"],"over":1,"salt":"s","seconds":60,"steps":[100]},"reason":"activate"}"#

  private static func saved() -> LogRecord {
    let version = VersionRecord(
      number: 1, snapshot: Digest(hashing: [1]), rows: 3, parent: nil, kind: .metrics,
      message: "a secret", createdAt: Timestamp(microseconds: 5), lineage: [],
      attributes: ["model": "x"], idempotencyKey: "k", request: Digest(hashing: [2]),
      packs: ["packs/x.pack"], root: Digest(hashing: [3]))
    guard let dataset = try? DatasetName("d") else { preconditionFailure("a name") }
    return LogRecord(
      dataset: dataset, sequence: 1, previous: Digest(zero: ()), author: "ann",
      time: Timestamp(microseconds: 7), writeID: "w", salt: String(repeating: "a", count: 32),
      change: .version(version))
  }

  @Test func `a record comes back as it was written, with its texts`() throws {
    let record = Self.saved()
    let read = try LogRecord(parsing: record.bytes, texts: record.texts)
    #expect(read == record)
    #expect(read.digest == Digest(hashing: record.bytes))
  }

  @Test func `a version's texts are in no part of the record itself`() throws {
    let text = String(decoding: Self.saved().bytes, as: UTF8.self)
    for secret in ["ann", "a secret", "model"] { #expect(!text.contains(secret)) }
  }

  @Test(arguments: [("version", version), ("tag", tag), ("deployment", deployment)])
  func `a record of format 1 is read, and its digest is that of its bytes`(
    kind: String, change: String
  ) throws {
    let text = Self.text(["author": #""ann""#, kind: change])
    let record = try LogRecord(parsing: text, texts: nil)
    #expect(record.bytes == text)
    #expect(record.digest == Digest(hashing: text))
    #expect(record.author == "ann")
  }

  /// Each object of a record with one member more, and the words that name the object.
  static let unknown: [(text: [UInt8], texts: [UInt8]?, what: String)] = {
    var cases: [([UInt8], [UInt8]?, String)] = [
      (text(["author": #""ann""#, "tag": tag, "zeal": "1"]), nil, "its record"),
      (text(["author": #""ann""#, "tag": tag, "version": version]), nil, "its record"),
    ]
    func add(_ kind: String, _ change: String, _ inside: String, _ what: String) {
      let changed = change.replacing(inside, with: inside + #""AAA":true,"#, maxReplacements: 1)
      cases.append((text(["author": #""ann""#, kind: changed]), nil, what))
    }
    add("version", version, "{", "its version")
    add("version", version, #""from":[{"#, "its lineage")
    add("tag", tag, "{", "its tag")
    add("deployment", deployment, "{", "its deployment")
    add("deployment", deployment, #""backtest":{"#, "its lineage")
    add("deployment", deployment, #""ramp":{"#, "its ramp")
    let saved = LogRecordTests.saved()
    let record = String(decoding: saved.bytes, as: UTF8.self)
    cases.append(
      (
        Array(record.replacing(#""save":{"#, with: #""save":{"AAA":1,"#).utf8), saved.texts,
        "its saved version"
      ))
    let texts = Array(
      String(decoding: saved.texts ?? [], as: UTF8.self).replacing(
        #"{"attributes""#, with: #"{"AAA":1,"attributes""#
      ).utf8)
    let named = record.replacing(
      Digest(hashing: saved.texts ?? []).hex, with: Digest(hashing: texts).hex)
    cases.append((Array(named.utf8), texts, "its version's texts"))
    return cases
  }()

  @Test(arguments: unknown.indices)
  func `a member that is not known is refused, wherever it is`(number: Int) throws {
    let (text, texts, what) = Self.unknown[number]
    let error = try #require(throws: StoreError.self) {
      try LogRecord(parsing: text, texts: texts)
    }
    #expect(error.kind == .unavailable)
    #expect(error.message.hasPrefix(what) && error.message.contains("upgrade"), "\(error.message)")
  }

  @Test(arguments: [
    ("setting", "setting"), ("redaction", "redaction"), ("removal", "removal"), ("hold", "hold"),
    ("moved", "moved"), ("novelty", "does not know"),
  ])
  func `a change that cannot be followed yet is called by its name`(
    kind: String, word: String
  ) throws {
    let text = Self.text(["author": #""ann""#, kind: "{}"])
    let error = try #require(throws: StoreError.self) { try LogRecord(parsing: text, texts: nil) }
    #expect(error.kind == .unavailable)
    #expect(error.message.contains(word) && error.message.contains("upgrade"))
  }

  @Test func `texts that are not the record's own, or gone, are not taken for them`() throws {
    let record = Self.saved()
    let gone = try #require(throws: StoreError.self) {
      try LogRecord(parsing: record.bytes, texts: nil)
    }
    #expect(gone.kind == .unavailable)
    var other = record.texts ?? []
    other[12] ^= 1
    let changed = try #require(throws: StoreError.self) {
      try LogRecord(parsing: record.bytes, texts: other)
    }
    #expect(changed.kind == .corrupt)
    let tag = Self.text(["author": #""ann""#, "tag": Self.tag])
    #expect(throws: StoreError.self) { try LogRecord(parsing: tag, texts: record.texts) }
  }
}
