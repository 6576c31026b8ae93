import Columns
import Formats
import Model
import Store
import TestSupport
import Testing

/// The work that live rows take, counted in bytes of JSON that were parsed.
@Suite struct LivePassTests {
  let temporary: TemporaryStore
  let store: Store
  let dataset: DatasetName

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
    dataset = try DatasetName("d")
  }

  private static let rows = (0..<200).map { "{\"id\":\($0),\"loss\":0.5,\"at\":\"x\"}\n" }.joined()

  @Test(arguments: [[], ["id"]])
  func `sealing parses each row once, whatever is there and however types widen`(
    _ key: [String]
  ) throws {
    let live = try LiveAppender(store)
    if !key.isEmpty {
      try store.pushLines("{\"id\":-1}\n") { $0.key = key }
    }
    var first = 1000
    // Into a new dataset, one that has rows, one whose column widens, and one with another column.
    for last in ["", "", "{\"id\":7000,\"loss\":\"none\"}\n", "{\"id\":8000,\"more\":[1]}\n"] {
      let text = (first..<first + 100).map { "{\"id\":\($0),\"loss\":0.5}\n" }.joined() + last
      first += 100
      #expect(try JSONWork.withCount { try live.take(text) } == text.utf8.count)
      let parsed = try JSONWork.withCount { _ = try live.seal(dataset) }
      #expect(parsed == text.utf8.count)
    }
    #expect(try store.lines().count == 402 + key.count)
    #expect(try store.verify().damage == [])
  }

  @Test func `rows that come as columns are parsed only when they are sealed`() throws {
    let live = try LiveAppender(store)
    try store.pushLines("{\"n\":1,\"s\":\"a\"}\n")
    var texts = TextValues()
    for text in ["b", "", "c"] { texts.append(text.utf8) }
    var validity = Bitmap(repeating: true, count: 3)
    validity[1] = false
    let batch = RowBatch(
      columns: [
        ColumnDefinition(name: "n", type: .int64), ColumnDefinition(name: "s", type: .string),
        ColumnDefinition(name: "none", type: .float64),
      ],
      vectors: [
        ColumnVector(type: .int64, count: 3, validity: nil, values: .int64([2, 3, 4])),
        ColumnVector(type: .string, count: 3, validity: validity, values: .text(texts)),
        .nulls(.float64, count: 3),
      ], count: 3)
    let taken = try JSONWork.withCount {
      let receipt = try live.append(dataset, batch, sees: nil)
      #expect(receipt.rows == 3)
    }
    #expect(taken == 0)
    let lines = [#"{"n":1,"s":"a"}"#, #"{"n":2,"s":"b"}"#, #"{"n":3}"#, #"{"n":4,"s":"c"}"#]
    let sealed = try JSONWork.withCount { _ = try live.seal(dataset) }
    #expect(sealed == lines.dropFirst().reduce(0) { $0 + $1.utf8.count + 1 })
    #expect(try store.lines() == lines)
    // The same rows as text are the same request.
    let text = lines.dropFirst().joined(separator: "\n") + "\n"
    let first = try live.append(dataset, batch, idempotencyKey: "k", sees: nil)
    #expect(try live.take(text, key: "k") == first)
  }

  @Test func `columns are checked as text is`() throws {
    var options = LiveOptions()
    options.requestBytes = 100
    let live = try LiveAppender(store, options)
    try store.pushLines("{\"id\":1}\n") { $0.key = ["id"] }
    func batch(_ name: String, _ values: [Int64]) -> RowBatch {
      RowBatch(
        columns: [ColumnDefinition(name: name, type: .int64)],
        vectors: [
          ColumnVector(type: .int64, count: values.count, validity: nil, values: .int64(values))
        ], count: values.count)
    }
    for (bad, kind) in [
      (batch("n", [1]), StoreError.Kind.invalid), (batch("id", [2, 2]), .invalid),
      (batch("id", []), .invalid), (batch("id", Array(100..<130)), .exhausted),
    ] {
      let error = #expect(throws: StoreError.self) {
        try live.append(dataset, bad, sees: nil)
      }
      #expect(error?.kind == kind, "\(error as Any)")
    }
    #expect(live.waitingRows(of: dataset) == 0)
    _ = try live.append(dataset, batch("id", [2, 3]), sees: nil)
    _ = try live.seal(dataset)
    #expect(try store.lines() == [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#])
  }

  @Test(arguments: [
    (#"{"id":"a"}"#, true), (#"{"id":"a","n":1}"#, true), (#"{"n":1}"#, false),
    (#"{"id":""}"#, false), (#"{"id":7}"#, false), (#"{"id":null,"n":1}"#, false),
    (#"{"id":["a"]}"#, false), ("{\"id\":\"a\"}\n{\"n\":1}", false),
    ("{\"id\":\"a\"}\n{\"id\":7}", false),
  ])
  func `a required column has a text in every row`(_ text: String, isFine: Bool) throws {
    for type in [ColumnType.string, .json] {
      let name = try DatasetName(type.rawValue)
      try store.pushLines("{\"id\":\"x\"}\n", to: name.text, types: ["id": type])
      let live = try LiveAppender(store)
      let source = MemorySource(name: "body", bytes: Array(text.utf8))
      let take = { _ = try live.append(name, source, sees: nil, required: "id") }
      if isFine { try take() } else { #expect(throws: StoreError.self) { try take() } }
    }
  }
}
