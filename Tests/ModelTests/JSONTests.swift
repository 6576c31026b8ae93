import Model
import TestSupport
import Testing

@Suite struct JSONTests {
  private func parsed(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test(arguments: 0..<400)
  func `a random value comes back from its texts`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let value = RandomJSON.value(using: &random)
    let foreign = RandomJSON.text(value, using: &random)
    #expect(try parsed(foreign) == value)
    #expect(try parsed(value.text) == value)
    #expect(try parsed(value.text).text == value.text, "in the order of its members")
    #expect(try JSON(parsing: value.canonicalBytes) == value)
    #expect(try parsed(foreign).hashValue == value.hashValue)
  }

  @Test(arguments: 0..<200)
  func `only the canonical text of a value is canonical`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let value = RandomJSON.value(using: &random, isCanonical: true)
    let bytes = value.canonicalBytes
    #expect(JSON(canonical: bytes) == value)
    let foreign = Array(RandomJSON.text(value, using: &random).utf8)
    #expect((JSON(canonical: foreign) == nil) == (foreign != bytes))
    for _ in 0..<20 {
      var damaged = bytes
      damaged[Int.random(in: damaged.indices, using: &random)] ^=
        1
        << UInt8.random(
          in: 0..<8, using: &random)
      if let other = JSON(canonical: damaged) { #expect(other.canonicalBytes == damaged) }
    }
  }

  @Test func `members are sorted and text is escaped minimally`() {
    let value: JSON = [
      "b": [.integer(-3), .bool(true)], "a": .string("\u{1}\n\"\\/é\u{1F680}"),
    ]
    let text = String(decoding: value.canonicalBytes, as: UTF8.self)
    #expect(text == #"{"a":"\u0001\n\"\\/é🚀","b":[-3,true]}"#)
    #expect(value.text == #"{"b":[-3,true],"a":"\u0001\n\"\\/é🚀"}"#)
  }

  @Test(arguments: [
    #"{"b":1,"a":2}"#, #"{"a": 1}"#, "01", "1.5", "null", "[1,]", #""\u00e9""#, #"{"a":1,"a":1}"#,
    "", "-0", "[null]", #"{"a":9223372036854775808}"#,
    String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
  ])
  func `text that is not canonical is refused`(text: String) {
    #expect(JSON(canonical: Array(text.utf8)) == nil)
  }

  @Test(arguments: ["0.10", "-0", "1E5", "18446744073709551615", "0.1000000000000000055511151231"])
  func `a number keeps its text`(number: String) throws {
    #expect(try parsed("[\(number)]") == [.number(number)])
    #expect(try parsed("[\(number)]").text == "[\(number)]")
  }

  @Test(arguments: [
    ("", 1, 1, "the JSON ends too soon"), (" \n ", 2, 2, "the JSON ends too soon"),
    ("{\"a\":tru}", 1, 9, "a value is expected here"), ("nul", 1, 4, "a value is expected here"),
    ("{\"a\":1", 1, 7, "',' or '}' is expected here"),
    ("{\"a\":1}\n{}", 2, 1, "the JSON ends before this"),
    ("{\"a\":1,}", 1, 8, "a member's name is expected here"),
    ("{a:1}", 1, 2, "a member's name is expected here"),
    ("{\"a\" 1}", 1, 6, "':' is expected here"), ("{\"a\":}", 1, 6, "a value is expected here"),
    ("{\"a\":1 \"b\":2}", 1, 8, "',' or '}' is expected here"),
    ("[1 2]", 1, 4, "',' or ']' is expected here"), ("[1,]", 1, 4, "a value is expected here"),
    ("[\n  1\n", 3, 1, "',' or ']' is expected here"), ("[1}", 1, 3, "',' or ']' is expected here"),
    ("01", 1, 3, "a number has no leading zeros"), ("+1", 1, 1, "a value is expected here"),
    ("1.", 1, 3, "a value is expected here"), (".5", 1, 1, "a value is expected here"),
    ("1e", 1, 3, "a value is expected here"), ("-", 1, 2, "a value is expected here"),
    ("0x1F", 1, 2, "the JSON ends before this"), ("NaN", 1, 1, "a value is expected here"),
    ("-Infinity", 1, 2, "a value is expected here"),
    ("1e400", 1, 6, "the number does not fit a 64-bit float"),
    ("{\"a\":1,\n \"a\":2}", 2, 2, "the member 'a' is given twice"),
    ("{\"a\":1,\"\\u0061\":2}", 1, 8, "the member 'a' is given twice"),
    ("\"\\ud800\"", 1, 8, "half of a surrogate pair is missing"),
    ("\"x\\udc00\"", 1, 9, "half of a surrogate pair is missing"),
    ("\"\\ud800\\u0041\"", 1, 14, "half of a surrogate pair is missing"),
    ("\"\\x\"", 1, 4, "there is no such escape"),
    ("\"\\u12g4\"", 1, 4, "four hexadecimal digits are expected"),
    ("\"\\u12", 1, 4, "four hexadecimal digits are expected"),
    ("\"open", 1, 6, "the string has no end"), ("\"open\\", 1, 7, "the string has no end"),
    ("\"tab\there\"", 1, 5, "a control character has to be escaped"),
    ("'x'", 1, 1, "a value is expected here"), ("// note", 1, 1, "a value is expected here"),
    ("\u{FEFF}1", 1, 1, "a value is expected here"),
    ("[" + String(repeating: "[", count: 100_000), 1, 33, "values are nested too deep"),
  ])
  func `what is not JSON is refused with its place`(
    text: String, line: Int, column: Int, message: String
  ) {
    let bytes = Array(text.utf8)
    let fault = #expect(throws: JSONFault.self) { try JSON(parsing: bytes) }
    #expect(fault?.description(in: bytes) == "line \(line), column \(column): \(message)")
  }

  @Test(arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]])
  func `text that is not UTF-8 is refused with its place`(bytes: [UInt8]) {
    let fault = #expect(throws: JSONFault.self) { try JSON(parsing: bytes) }
    #expect(fault?.description(in: bytes) == "line 1, column 2: this is not UTF-8")
  }

  @Test func `members are found by their bytes, few or many, and can be set and taken out`() {
    for count in [2, 16, 17, 40] {
      var object = JSON.Object((0..<count).map { ("n\($0)", .integer(Int64($0))) })
      object["\u{E9}"] = .bool(true)
      object["e\u{301}"] = .bool(false)
      #expect(object.count == count + 2)
      #expect(object["\u{E9}"] == .bool(true) && object["e\u{301}"] == .bool(false))
      object["n1"] = .null
      #expect(object.remove("n0") == .integer(0))
      #expect(object.remove("n0") == nil && object["n0"] == nil)
      #expect(object.count == count + 1 && object["n1"] == .null)
      #expect(object.names.last == "e\u{301}")
      #expect(object["e\u{301}"] == .bool(false))
    }
  }
}
