import Formats
import Model
import Store
import TestSupport
import Testing

/// Rows that come live from somebody who does not see all attachments.
@Suite struct LiveSightTests {
  private let temporary: TemporaryStore
  private let store: Store
  private let live: LiveAppender
  private let hidden: Digest

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
    live = try LiveAppender(store)
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

  @Test(arguments: spellings, ["d", "typed"])
  func `a row names only attachments that its sender sees, however it is written`(
    spelling: String, dataset: String
  ) throws {
    for escaped in [false, true] {
      let text = row(spelling, hidden, escaped: escaped)
      let error = #expect(throws: StoreError.self) {
        try live.take(text, to: dataset) { _ in false }
      }
      #expect(error?.kind == .invalid && error?.message.contains("is not in the store") == true)
      // What nobody has is refused in the same words: it may come, and be somebody else's.
      let absent = Digest(hashing: Array("absent".utf8))
      let other = #expect(throws: StoreError.self) {
        try live.take(row(spelling, absent, escaped: escaped), to: dataset) { _ in false }
      }
      #expect(other?.message.replacing(absent.hex, with: hidden.hex) == error?.message)
      #expect(other?.location == error?.location)
    }
    #expect(live.waitingRows(of: try DatasetName(dataset)) == 0)
    let sees: FileSight = { $0 == hidden }
    try live.take(row(spelling, hidden), to: dataset, sees: sees)
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
