import Model
import Query
import Testing

/// The texts of results.
@Suite struct ResultPrinterTests {
  static let columns = ["name", "n", "n"]
  static let rows: [[QueryValue]] = [
    [.text("a,b"), .integer(1), .real(0.5)],
    [.text(""), .null, .real(-12)],
    [.text("say \"日本\"\n|"), .integer(-300), .null],
  ]

  private func print(
    _ format: TextFormat, _ columns: [String] = columns, _ rows: [[QueryValue]] = rows
  ) throws -> String {
    var text: [UInt8] = []
    var printer = ResultPrinter(format) { text += $0 }
    try printer.begin(columns)
    for row in rows { try printer.row(row) }
    try printer.finish()
    return String(decoding: text, as: UTF8.self)
  }

  @Test func `a table aligns columns and numbers to the right`() throws {
    #expect(
      try print(.table) == """
        name             n      n
        ────────────  ────  ─────
        a,b              1    0.5
                            -12.0
        say "日本"⏎|  -300

        """)
  }

  @Test func `a table cuts long cells and hides control characters`() throws {
    let text = try print(.table, ["a"], [[.text(String(repeating: "x", count: 99) + "y")]])
    #expect(text.contains(String(repeating: "x", count: 59) + "…\n"))
    #expect(try print(.table, ["a"], [[.text("\u{1B}[31m")]]).contains("\u{FFFD}[31m"))
  }

  @Test func `markdown escapes bars`() throws {
    #expect(
      try print(.markdown) == """
        | name          |    n |     n |
        | ------------- | ---: | ----: |
        | a,b           |    1 |   0.5 |
        |               |      | -12.0 |
        | say "日本" \\| | -300 |       |

        """)
  }

  @Test func `csv quotes what it must and keeps null from empty text`() throws {
    #expect(
      try print(.csv) == "name,n,n\n\"a,b\",1,0.5\n\"\",,-12.0\n\"say \"\"日本\"\"\n|\",-300,\n")
  }

  /// What a reader gets of text that comes in pieces of so many bytes.
  private func shown(
    _ text: String, isCSV: Bool = true, isTerminal: Bool, pieceBytes: Int
  ) throws -> String {
    var shown: [UInt8] = []
    let result = ResultText(isCSV: isCSV, isTerminal: isTerminal) { shown += $0 }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      try result.append(Array(bytes[start..<min(start + pieceBytes, bytes.count)]))
    }
    try result.finish()
    return String(decoding: shown, as: UTF8.self)
  }

  @Test(arguments: 1..<12)
  func `csv on a terminal holds nothing that it obeys, and elsewhere every byte`(
    pieceBytes: Int
  ) throws {
    let hostile = "\u{1B}[2J\u{202E}\u{9B}31m\u{7}\u{E0041}"
    let csv = try print(
      .csv, ["na\u{1B}me", "日本"],
      [
        [.text("a\tb,\"\n\(hostile)\r\n"), .text("é")], [.text(hostile), .null],
        [.text(""), .text("\n")],
      ])
    #expect(try shown(csv, isTerminal: false, pieceBytes: pieceBytes) == csv)
    #expect(try shown(csv, isCSV: false, isTerminal: true, pieceBytes: pieceBytes) == csv)
    let safe = try shown(csv, isTerminal: true, pieceBytes: pieceBytes)
    let gone = "\u{FFFD}[2J\u{FFFD}\u{FFFD}31m\u{FFFD}\u{FFFD}"
    #expect(
      safe == """
        na\u{FFFD}me,日本
        "a→b,""⏎\(gone)⏎",é
        \(gone),
        "","⏎"

        """)
    #expect(!safe.unicodeScalars.contains { $0 != "\n" && TerminalText.isUnsafe($0) })
    // A row that is cut short is shown, too.
    #expect(
      try shown("a\n\"b\u{1B}", isTerminal: true, pieceBytes: pieceBytes) == "a\n\"b\u{FFFD}")
  }

  @Test func `infinities are null in JSON, and told`() throws {
    let rows: [[QueryValue]] = [[.real(.infinity), .real(-.infinity), .real(0.5)]]
    for format in [TextFormat.json, .jsonl, .csv, .table, .markdown] {
      let isJSON = format == .json || format == .jsonl
      var text: [UInt8] = []
      var printer = ResultPrinter(format) { text += $0 }
      try printer.begin(["a", "b", "c"])
      for row in rows { try printer.row(row) }
      try printer.finish()
      #expect((printer.note != nil) == isJSON)
      let shown = String(decoding: text, as: UTF8.self)
      #expect(shown.contains("{\"a\":null,\"b\":null,\"c\":0.5}") == isJSON, "\(shown)")
      #expect(shown.contains("-inf") != isJSON, "\(shown)")
    }
  }

  @Test func `json gives every column a name of its own`() throws {
    let first = #"{"name":"a,b","n":1,"n_2":0.5}"#
    let second = #"{"name":"","n":null,"n_2":-12.0}"#
    let third = #"{"name":"say \"日本\"\n|","n":-300,"n_2":null}"#
    #expect(try print(.jsonl) == [first, second, third, ""].joined(separator: "\n"))
    #expect(try print(.json) == "[\n" + [first, second, third].joined(separator: ",\n") + "\n]\n")
    #expect(try print(.json, ["a"], []) == "[]\n")
  }

  @Test func `no rows still name the columns`() throws {
    #expect(try print(.table, ["a", "long"], []) == "a  long\n─  ────\n")
    #expect(try print(.csv, ["a", "b"], []) == "a,b\n")
  }

  /// Values of some pieces, whose pieces end within characters unless care is taken.
  private static let large: [QueryValue] = [
    .blob((0..<200_001).map { UInt8(truncatingIfNeeded: $0) }),
    .text(String(repeating: "a,\"é|\n日本🎈\u{1}", count: 20_000)),
    .text(String(repeating: "plain", count: 40_000)),
  ]

  @Test(arguments: [TextFormat.json, .jsonl, .csv, .markdown])
  func `a large value is written as its parts would be, and in bounded pieces`(
    format: TextFormat
  ) throws {
    for value in Self.large {
      let text = value.plainText
      let written = try print(format, ["x"], [[value]])
      switch format {
      case .json, .jsonl:
        var json: [UInt8] = []
        JSON.append(text, to: &json)
        #expect(written.contains("{\"x\":" + String(decoding: json, as: UTF8.self) + "}"))
      case .csv:
        let isPlain = !text.contains(",")
        #expect(
          written == "x\n"
            + (isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\"") + "\n")
      default: #expect(written.contains("\n| " + Escaping.markdown(text) + " |\n"))
      }
      guard format != .markdown else { continue }
      var longest = 0
      var printer = ResultPrinter(format) { longest = max(longest, $0.count) }
      try printer.begin(["x"])
      try printer.row([value])
      try printer.finish()
      #expect(longest < 1 << 20)
    }
  }

  @Test(arguments: TextFormat.allCases)
  func `a large value is given up at its next piece`(format: TextFormat) throws {
    for value in Self.large where format != .table {
      var asked = 0
      var printer = ResultPrinter(format) { _ in }
      printer.check = { () throws(StoreError) in
        asked += 1
        if asked == 2 { throw .cancelled }
      }
      try printer.begin(["x"])
      let error = #expect(throws: StoreError.self) { try printer.row([value]) }
      #expect(error?.detail == .requestLimit && asked == 2)
    }
  }

  @Test func `a wide cell of Markdown pads no other row`() throws {
    let rows = (0..<100).map { [QueryValue.integer($0)] } + [[Self.large[0]]]
    #expect(try print(.markdown, ["x"], rows).utf8.count < 600_000)
  }
}
