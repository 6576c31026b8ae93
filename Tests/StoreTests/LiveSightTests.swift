import Formats
import Model
import Store
import TestSupport
import Testing

/// Rows that come live from somebody who does not see all attachments.
@Suite final class LiveSightTests {
  private let temporary: TemporaryStore
  private let store: Store
  /// One; none while it is exchanged for the next.
  private var appenders: [LiveAppender]
  private var live: LiveAppender { appenders[0] }
  private let hidden: Digest

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
    appenders = [try LiveAppender(store)]
    hidden = try store.putFile(MemorySource(name: "file", bytes: [1, 2, 3])).file.digest
    try store.pushLines(#"{"f":null}"#, to: "typed", types: ["f": .file])
  }

  private static let spellings = [
    #"{"f":{"digest":"sha256:D"}}"#,
    #"{"f":{"size":3,"digest":"sha256:D","name":"a"}}"#,
    #"{"f":{"\u0064igest":"\u0073ha256:D"}}"#,
    "{ \"f\" : { \"digest\" : \"sha256\\u003aD\" } }",
    #"{"f":1}"# + "\n" + #"{"f":{"digest":"sha256:D"}}"#,
  ]

  private func row(_ spelling: String, _ file: Digest, escaped: Bool = false) -> String {
    let first = file.hex.utf8.first.map { String($0, radix: 16) } ?? ""
    return spelling.replacing(
      "D", with: escaped ? "\\u00\(first)\(file.hex.dropFirst())" : file.hex)
  }

  @Test(arguments: spellings)
  func `in a column of files a row names only attachments that its sender sees, however written`(
    spelling: String
  ) throws {
    for escaped in [false, true] {
      let text = row(spelling, hidden, escaped: escaped)
      let error = #expect(throws: StoreError.self) {
        try live.take(text, to: "typed") { _ in false }
      }
      #expect(error?.kind == .invalid && error?.message.contains("is not in the store") == true)
      // What nobody has is refused in the same words: it may come, and be somebody else's.
      let other = #expect(throws: StoreError.self) {
        try live.take(row(spelling, Self.absent, escaped: escaped), to: "typed") { _ in false }
      }
      #expect(other?.message.replacing(Self.absent.hex, with: hidden.hex) == error?.message)
      #expect(other?.location == error?.location)
    }
    #expect(live.waitingRows(of: try DatasetName("typed")) == 0)
    let sees: FileAccess = { [hidden] in $0 == hidden }
    try live.take(row(spelling, hidden), to: "typed", sees: sees)
  }

  private static let absentBytes = Array("absent".utf8)
  private static let absent = Digest(hashing: absentBytes)

  @Test(arguments: spellings, [false, true])
  func `in any other column it is taken, and is no attachment whatever the column becomes`(
    spelling: String, isRestarted: Bool
  ) throws {
    for dataset in ["new", "d", "plain"] {
      if dataset == "plain" { try store.pushLines(#"{"f":{"a":1}}"#, to: dataset) }
      for escaped in [false, true] {
        for file in [hidden, Self.absent] {
          try live.take(row(spelling, file, escaped: escaped), to: dataset) { _ in false }
        }
      }
    }
    // The column is of files by the time the rows are sealed, and what nobody had is there.
    for dataset in ["d", "plain"] {
      try store.pushLines(#"{"f":null}"#, to: dataset, types: ["f": .file])
    }
    _ = try store.putFile(MemorySource(name: "file", bytes: Self.absentBytes))
    try sealAll(restarting: isRestarted)
    for file in [hidden, Self.absent] { #expect(try !store.isNamed(file) { _ in true }) }
    for dataset in ["new", "d", "plain"] {
      #expect(try store.lines(dataset).count >= 4)
      let version = try store.resolve(Reference(parsing: dataset))
      #expect(try store.snapshot(version).schema.columns.map(\.type) == [.json])
    }
    #expect(try store.verify().damage == [])
  }

  @Test func `what a sender sees becomes an attachment when the column does`() throws {
    try live.take(row(Self.spellings[0], hidden), to: "d") { _ in true }
    // Another's row beside it hides what that one does not see, and nothing else.
    let other = try store.putFile(MemorySource(name: "file", bytes: [4])).file.digest
    try live.take(#"{"g":{"digest":"\#(other)"}}"#, to: "d") { [hidden] in $0 == hidden }
    try store.pushLines(#"{"f":null,"g":null}"#, to: "d", types: ["f": .file, "g": .file])
    try sealAll(restarting: true)
    #expect(try store.isNamed(hidden) { _ in true })
    #expect(try !store.isNamed(other) { _ in true })
    let version = try store.resolve(Reference(parsing: "d"))
    #expect(try store.snapshot(version).schema.columns.map(\.type) == [.file, .json])
  }

  /// Makes versions of all rows, by this process or by one that is started now.
  private func sealAll(restarting: Bool) throws {
    if restarting {
      appenders = []
      appenders = [try LiveAppender(store)]
    }
    for (_, outcome) in live.sealAll() { _ = try outcome.get() }
  }

  @Test(arguments: [
    #"{"f":{"digest":"sha256:D","model":"x"}}"#, #"{"f":{"a":{"digest":"sha256:D"}}}"#,
    #"{"f":"sha256:D"}"#, #"{"f":"{\"digest\":\"sha256:D\"}"}"#, #"{"f":[{"digest":"sha256:D"}]}"#,
  ])
  func `a digest elsewhere in a row is taken, and never becomes an attachment`(
    spelling: String
  ) throws {
    for dataset in ["d", "typed"] {
      try live.take(row(spelling, hidden), to: dataset) { _ in false }
      _ = try live.seal(try DatasetName(dataset))
    }
    #expect(try !store.isNamed(hidden) { _ in true })
  }
}
