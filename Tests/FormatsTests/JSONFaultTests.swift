import Formats
import Model
import Testing

@Suite struct JSONFaultTests {
  /// An input and where it is bad.
  struct Bad: CustomTestStringConvertible, Sendable {
    var text: [UInt8]
    let kind: StoreError.Kind
    let line: Int?
    let column: Int?
    var layout = JSONReader.Layout.lines

    var testDescription: String { String(decoding: text.prefix(60), as: UTF8.self) }

    init(
      _ text: String, _ line: Int?, _ column: Int?, kind: StoreError.Kind = .invalid,
      layout: JSONReader.Layout = .lines
    ) {
      self.text = Array(text.utf8)
      self.kind = kind
      self.line = line
      self.column = column
      self.layout = layout
    }

    init(bytes: [UInt8], _ line: Int, _ column: Int) {
      self.init("", line, column)
      text = bytes
    }
  }

  static let lines: [Bad] = [
    Bad("", nil, nil), Bad("\n \r\n", nil, nil),
    Bad("{\"a\":1}\n{\"a\":tru}", 2, 6), Bad("{\"a\":nul\n}", 1, 6),
    Bad("{\"a\":1}\n{\"a\":1", 2, 7), Bad("{\"a\":1,\n\"b\":2}", 1, 8),
    Bad("{\"a\":1} {\"a\":2}", 1, 9), Bad("{\"a\":1}x", 1, 8), Bad("{\"a\":1},", 1, 8),
    Bad("{\"a\":1,}", 1, 8), Bad("{\"a\" 1}", 1, 6), Bad("{\"a\":}", 1, 6), Bad("{a:1}", 1, 2),
    Bad("{\"a\":1 \"b\":2}", 1, 8), Bad("{\"a\":[1 2]}", 1, 9), Bad("{\"a\":[1,]}", 1, 9),
    Bad("{\"a\":{\"b\":1,}}", 1, 13), Bad("{\"a\":[1}", 1, 8), Bad("{\"a\":1]", 1, 7),
    Bad("[1]", 1, 1), Bad("[{\"a\":1}]", 1, 1), Bad("7", 1, 1), Bad("\"a\"", 1, 1),
    Bad("{\"a\":01}", 1, 6), Bad("{\"a\":+1}", 1, 6), Bad("{\"a\":1.}", 1, 6),
    Bad("{\"a\":.5}", 1, 6), Bad("{\"a\":1e}", 1, 6), Bad("{\"a\":-}", 1, 6),
    Bad("{\"a\":0x1F}", 1, 6), Bad("{\"a\":1a}", 1, 6), Bad("{\"a\":NaN}", 1, 6),
    Bad("{\"a\":-Infinity}", 1, 6), Bad("{\"a\":[NaN]}", 1, 7),
    Bad("{\"b\":1,\"a\":9223372036854775808}", 1, 12), Bad("{\"a\":-9223372036854775809}", 1, 6),
    Bad("{\"a\":1e400}", 1, 6), Bad("{\"a\":1,\"a\":2}", 1, 8),
    Bad("{\"a\":1,\"\\u0061\":2}", 1, 8), Bad("{\"a\":{\"b\":1,\"c\":2,\"\\u0062\":2}}", 1, 19),
    Bad("{\"\":1}", 1, 2), Bad("{\"a\":\"\\ud800\"}", 1, 7), Bad("{\"a\":\"x\\udc00\"}", 1, 8),
    Bad("{\"a\":\"\\ud800\\u0041\"}", 1, 7), Bad("{\"a\":\"\\x\"}", 1, 7),
    Bad("{\"a\":\"\\u12g4\"}", 1, 7), Bad("{\"a\":\"\\u12\"}", 1, 7),
    Bad("{\"a\":1}\n{\"a\":\"open}\n{\"a\":1}", 2, 6), Bad("{\"a\":\"tab\there\"}", 1, 10),
    Bad("{\"a\":'x'}", 1, 6), Bad("{\"a\":1}\n// note", 2, 1), Bad("{\"a\":\u{1}}", 1, 6),
    Bad("{\"a\":\"x\"y}", 1, 9), Bad("{\"a\":\"x\"\\\"}", 1, 9), Bad("{\"a\":\u{FEFF}1}", 1, 6),
    Bad(bytes: Array("{\"a\":1}\n{\"a\":\"é".utf8) + [0xFF] + Array("\"}".utf8), 2, 9),
    Bad(bytes: Array("{\"a\":\"".utf8) + [0xC3] + Array("\"}".utf8), 1, 7),
    Bad(bytes: Array("{\"a\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8), 1, 7),
    Bad(bytes: [0xFF, 0xFE, 0x7B, 0x00], 1, 1),
    Bad(
      "{\"a\":" + String(repeating: "[", count: 512) + String(repeating: "]", count: 512) + "}", 1,
      517),
    Bad(
      "{" + (0...4096).map { "\"c\($0)\":1" }.joined(separator: ",") + "}", 1, 39_852,
      kind: .invalid),
  ]

  static let arrays: [Bad] = [
    ("", nil, nil), ("[]", nil, nil), (" [ \n ] ", nil, nil), ("{\"a\":1}", 1, 1), ("7", 1, 1),
    ("[{\"a\":1},]", 1, 10), ("[{\"a\":1},,{\"a\":1}]", 1, 10), ("[,{\"a\":1}]", 1, 2),
    ("[{\"a\":1}\n{\"a\":1}]", 2, 1), ("[{\"a\":1}] x", 1, 11), ("[{\"a\":1}", 1, 9),
    ("[{\"a\":1},\n{\"a\":", 2, 6), ("[{\"a\":1}}", 1, 9), ("[1]", 1, 2), ("[{\"a\":\"x", 1, 7),
    ("[{\"a\":1,\n \"a\":2}]", 2, 2), ("[\n{\"a\":NaN}]", 2, 6), ("[{\"a\":1}][", 1, 10),
    ("[", 1, 2), ("[{\"a\":1},", 1, 10), ("[\n\n{\"a\":1}\n", 4, 1),
  ].map { Bad($0.0, $0.1, $0.2, layout: .array) }

  @Test(arguments: lines + arrays)
  func `bad input is refused with its place`(bad: Bad) throws {
    let error = #expect(throws: StoreError.self) { try readAll(bad.text, layout: bad.layout) }
    #expect(error?.kind == bad.kind)
    #expect(error?.location?.line == bad.line)
    #expect(error?.location?.column == bad.column)
    #expect(error?.location?.file != nil)
  }

  @Test func `an error late in a big file names its line`() throws {
    var text = ""
    for row in 1...400_000 { text += "{\"id\":\(row),\"text\":\"some more text to fill it\"}\n" }
    text += "{\"id\":1,}\n"
    let error = #expect(throws: StoreError.self) { try readAll(text) }
    #expect(error?.location == .init(file: "test.jsonl", line: 400_001, column: 9))
    #expect(error?.message == "expected a key in quotes, found '}'")
  }

  @Test(arguments: [JSONReader.Layout.lines, .array])
  func `a row over 64 MiB is refused`(layout: JSONReader.Layout) throws {
    var bytes = Array((layout == .lines ? "{\"a\":1}\n" : "[{\"a\":1},\n").utf8)
    bytes += Array("{\"a\":\"".utf8) + [UInt8](repeating: 120, count: 64 << 20) + Array("\"}".utf8)
    if layout == .array { bytes.append(UInt8(ascii: "]")) }
    let error = #expect(throws: StoreError.self) { try readAll(bytes, layout: layout) }
    #expect(error?.kind == .invalid)
    #expect(error?.location?.line == 2)
    #expect(error?.location?.column == 1)
  }

  @Test func `as deep as the limit is accepted`() throws {
    let deep = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
    #expect(try readAll("{\"a\":\(deep)}").cells("a") == [.text(deep)])
  }
}
