import Foundation
import Model
import Store
import TestSupport
import Testing

/// Every way into a dataset whose kind does not take any rows.
@Suite struct KindRuleTests {
  private static let checked = DatasetKind.allCases.filter { !$0.takesAnyRows }
  private static let any = DatasetKind.allCases.filter(\.takesAnyRows)

  private let temporary: TemporaryStore
  private let store: Store

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
  }

  /// Saves a first version of a kind, as the call that checks it does.
  private func save(_ kind: DatasetKind, to name: String = "d") throws {
    let text = kind.isDocument ? #"{"document":{"schema":"x/1"}}"# : #"{"id":"a","x":1}"#
    try store.pushLines(text, to: name) {
      $0.kind = kind
      $0.checkedKind = kind
      if !kind.isDocument { $0.key = ["id"] }
    }
  }

  private func kind(of body: () throws -> Void) -> StoreError.Kind? {
    do {
      try body()
      return nil
    } catch {
      return (error as? StoreError)?.kind
    }
  }

  @Test(arguments: checked)
  func `rows that wait stay out of a dataset that gets a kind which is checked`(
    kind: DatasetKind
  ) throws {
    let name = try DatasetName("d")
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"document":{"schema":"evil"},"id":"a","x":9}"#)
    try save(kind)
    let before = try store.lines()
    let refused = #expect(throws: StoreError.self) { try live?.seal(name) }
    #expect(refused?.kind == .conflict)
    #expect(refused?.message.contains("live/d/00000000000000000001.log wait, and are kept") == true)
    #expect(refused?.message.contains("of kind \(kind.rawValue)") == true)
    // Rows of other datasets go on, and these are named each time.
    try live?.take(#"{"n":1}"#, to: "e")
    let outcomes = live?.sealAll() ?? []
    #expect(outcomes.map(\.dataset.text) == ["d", "e"])
    #expect(try store.lines("e") == [#"{"n":1}"#])
    #expect(try store.lines() == before)
    #expect(try store.versions(of: name).count == 1)
    #expect(live?.waitingRows(of: name) == 1)
    live = nil
    // The way out that the refusal names.
    let files = URL(filePath: temporary.directory.path).appending(path: "live")
    let other = files.appending(path: "other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: false)
    try FileManager.default.moveItem(
      at: files.appending(path: "d/00000000000000000001.log"),
      to: other.appending(path: "00000000000000000001.log"))
    let next = try LiveAppender(store)
    _ = next.sealAll()
    #expect(try store.lines("other").count == 1 && store.lines() == before)
  }

  @Test(arguments: checked)
  func `rows are pushed by no mode into a kind that is checked, and do not make one`(
    kind: DatasetKind
  ) throws {
    for mode in PushMode.allCases {
      let made = self.kind {
        try store.pushLines(#"{"id":"b"}"#) { ($0.kind, $0.mode, $0.key) = (kind, mode, ["id"]) }
      }
      #expect(made == .denied)
    }
    #expect(try store.datasets().isEmpty)
    try save(kind)
    let before = try store.lines()
    let live = try LiveAppender(store)
    for mode in PushMode.allCases {
      for named in [nil, kind] {
        for checked in Self.any + Self.checked.filter({ $0 != kind }) {
          let error = self.kind {
            try store.pushLines(#"{"id":"b"}"#) {
              ($0.kind, $0.mode, $0.checkedKind) = (named, mode, checked)
            }
          }
          #expect(error == .denied)
        }
      }
    }
    #expect(self.kind { try live.take(#"{"id":"b"}"#) } == .denied)
    #expect(try store.lines() == before)
  }

  @Test func `a refusal names what saves a version of the kind`() throws {
    for (kind, command) in [
      (DatasetKind.rules, "assay router push d"), (.prompts, "assay prompt push d"),
      (.providers, "assay provider add"), (.reports, "--save d"), (.runs, "assay run"),
      (.ratings, "/v1/ratings/d"), (.prices, "assay prices import"),
    ] {
      let refused = #expect(throws: StoreError.self) {
        try store.pushLines(#"{"id":"b"}"#) { $0.kind = kind }
      }
      #expect(refused?.message.contains(command) == true, "\(refused?.message ?? "")")
    }
  }

  @Test(arguments: checked)
  func `a kind that is checked is neither left nor entered`(kind: DatasetKind) throws {
    try save(kind)
    for other in DatasetKind.allCases where other != kind {
      #expect(self.kind { try save(other) } == .denied, "to \(other)")
    }
    for other in Self.any {
      try store.pushLines(#"{"id":"a","y":1}"#, to: other.rawValue) { $0.kind = other }
      #expect(self.kind { try save(kind, to: other.rawValue) } == .denied, "from \(other)")
    }
    #expect(try store.versions(of: DatasetName("d")).count == 1)
  }

  @Test(arguments: checked.filter(\.isDocument))
  func `a dataset of documents holds one document, whatever mode adds rows`(
    kind: DatasetKind
  ) throws {
    try save(kind)
    for (text, mode) in [
      (#"{"id":"b"}"#, PushMode.replace), (#"{"document":{}}"#, .append),
      ("{\"document\":{\"a\":1}}\n{\"document\":{\"a\":2}}", .replace),
      (#"{"document":{"a":1},"id":1}"#, .replace),
    ] {
      let error = self.kind {
        try store.pushLines(text) { ($0.checkedKind, $0.mode) = (kind, mode) }
      }
      #expect(error == .invalid, "\(mode) \(text)")
    }
    try store.pushLines(#"{"document":{"a":1}}"#) { $0.checkedKind = kind }
    #expect(try store.lines() == [#"{"document":{"a":1}}"#])
  }

  @Test func `kinds whose rows may be any are exchanged as before`() throws {
    for kind in Self.any + Self.any.reversed() {
      try store.pushLines("{\"id\":\"\(kind.rawValue)\"}") { $0.kind = kind }
    }
    let live = try LiveAppender(store)
    try live.take(#"{"id":"x"}"#)
    #expect(try live.seal(DatasetName("d")).rows == 1)
  }
}
