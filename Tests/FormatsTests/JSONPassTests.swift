import Columns
import Formats
import Model
import Testing

/// The work that passes over JSON text take, counted in bytes that were parsed.
@Suite struct JSONPassTests {
  /// A source that counts its rewinds.
  private final class Source: ByteSource {
    let name = "rows"
    private let bytes: [UInt8]
    private var position = 0
    private(set) var rewinds = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    func read(_ limit: Int, appendingTo target: inout [UInt8]) throws(StoreError) -> Int {
      let count = min(limit, bytes.count - position)
      target += bytes[position..<position + count]
      position += count
      return count
    }

    func rewind() throws(StoreError) {
      position = 0
      rewinds += 1
    }
  }

  /// Reads all rows and returns their types and texts.
  private func pass(
    _ reader: inout JSONReader
  ) throws -> (types: [ColumnType], text: String, lines: [UInt32]) {
    var (types, text, lines): ([ColumnType], [UInt8], [UInt32]) = ([], [], [])
    while let batch = try reader.next() {
      types = batch.rows.columns.map(\.type)
      lines += batch.lines
      var writer = JSONWriter(columns: batch.rows.columns, style: .lines)
      writer.append(batch.rows, rows: 0..<batch.rows.count, to: &text)
    }
    return (types, String(decoding: text, as: UTF8.self), lines)
  }

  private static let texts: [(JSONReader.Layout, String)] = [
    (.lines, "{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2.5,\"c\":[1]}\n{\"a\":3}"),
    (.array, "\n[ {\"a\":1,\"b\":\"x\"},\n{\"a\":2.5,\"c\":[1]}, {\"a\":3}\n] \n"),
    (.document, "[{\"a\":1,\"b\":\"x\"},{\"a\":2.5,\"c\":[1]},{\"a\":3}]"),
    (.document, " {\"a\":\n1,\"b\":\"x\"}\n"),
  ]

  @Test(arguments: texts.indices)
  func `a text of one block is read and parsed once for any number of passes`(
    _ index: Int
  ) throws {
    let (layout, text) = Self.texts[index]
    let source = Source(text)
    var reader = try JSONReader(source, layout: layout)
    try reader.restart()
    let before = source.rewinds
    var passes: [(types: [ColumnType], text: String, lines: [UInt32])] = []
    let parsed = try JSONWork.withCount {
      for _ in 0..<3 {
        passes.append(try pass(&reader))
        try reader.restart()
      }
      // A pass that is given up counts as none.
      _ = try reader.next()
      try reader.restart()
      passes.append(try pass(&reader))
    }
    #expect(source.rewinds == before && parsed > 0 && parsed <= text.utf8.count)
    for other in passes.dropFirst() {
      #expect(other == passes[0], "\(layout)")
    }
    var fresh = try JSONReader(Source(text), layout: layout)
    #expect(try pass(&fresh) == passes[0])
  }

  @Test func `a text of several blocks is parsed in each pass, and one block holds it all`() throws
  {
    let rows = (0..<1000).map { "{\"n\":\($0)}\n" }.joined()
    for (blockBytes, factor) in [(1000, 2), (rows.utf8.count + 1, 1)] {
      var reader = try JSONReader(Source(rows), layout: .lines, blockBytes: blockBytes)
      let parsed = try JSONWork.withCount {
        let first = try pass(&reader).text
        try reader.restart()
        let second = try pass(&reader).text
        #expect(first == rows && second == rows)
      }
      #expect(parsed == factor * rows.utf8.count)
    }
  }

  @Test func `a pass has the types that columns are expected to have from then on`() throws {
    var reader = try JSONReader(Source("{\"a\":1}\n{\"a\":2}\n"), layout: .lines)
    #expect(try pass(&reader).types == [.int64])
    try reader.restart()
    var expected = ExpectedColumns(isJoined: true)
    expected.add("a", .json, hasValues: true, use: .always, isKey: false)
    try reader.expect(expected)
    #expect(try pass(&reader).types == [.json])
  }

  @Test(arguments: [
    ("{\"a\":1}{\"a\":2}", "there is text after the object"),
    ("{\"a\":1}\n{\"a\":2}\n", "there is text after the object"),
    ("{\"a\":1},{\"a\":2}", "there is text after the object"),
    ("{\"a\":1}]", "there is text after the object"), ("{\"a\":", "the row ends early"),
    ("[{\"a\":1}", "the array is not closed"), ("[{\"a\":1}] x", "there is text after the array"),
    ("7", "must be an array of objects"), ("", "has no rows"), (" ", "has no rows"),
    ("[]", "has no rows"), ("{\"a\":tru}", "expected a value"),
  ])
  func `a document is one object or one array`(_ text: String, _ message: String) throws {
    var reader = try JSONReader(Source(text), layout: .document)
    let error = #expect(throws: StoreError.self) { try pass(&reader) }
    #expect(error?.kind == .invalid && error?.message.contains(message) == true, "\(error as Any)")
  }
}
