import Foundation
import Model
import TestSupport
import Testing
import Wire

/// The coders of documents against Foundation's, whose bytes documents have had from the first.
@Suite struct CodingTests {
  struct Part: Codable, Hashable {
    var numbers: [Double]
    var name: String?
    var flags: [String: Bool]
    var counts: [UInt64]
    var small: UInt8
    var child: [Part]
    var choice: Choice

    enum Choice: String, Codable { case one, two }
  }

  /// A value that remembers which coders it was given.
  private struct Witness: Codable {
    /// The coders that are still there.
    final class Coders {
      private struct Held { weak var coder: AnyObject? }
      private var held: [Held] = []

      func note(_ coder: AnyObject) { held.append(Held(coder: coder)) }

      var count: Int { held.count }
      var aliveCount: Int { held.count { $0.coder != nil } }
    }

    enum CodingKeys: CodingKey { case parts, nested }

    nonisolated(unsafe) static let coders = Coders()
    var parts: [Witness] = []

    init(parts: [Witness]) { self.parts = parts }

    init(from decoder: any Decoder) throws {
      unsafe Self.coders.note(decoder as AnyObject)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      _ = try members.nestedUnkeyedContainer(forKey: .nested)
      parts = try members.decode([Witness].self, forKey: .parts)
    }

    func encode(to encoder: any Encoder) throws {
      unsafe Self.coders.note(encoder as AnyObject)
      var members = encoder.container(keyedBy: CodingKeys.self)
      var nested = members.nestedUnkeyedContainer(forKey: .nested)
      try nested.encode(1)
      try members.encode(parts, forKey: .parts)
    }
  }

  @Test func `no coder of a document outlives it`() throws {
    let tree = Witness(parts: [Witness(parts: [Witness(parts: [])]), Witness(parts: [])])
    let bytes = Documents.encode(tree)
    #expect(unsafe Witness.coders.count == 4 && Witness.coders.aliveCount == 0)
    _ = try Documents.decode(Witness.self, from: bytes)
    #expect(unsafe Witness.coders.count == 8 && Witness.coders.aliveCount == 0)
  }

  private static let names = [
    "a", "B", "a10", "a2", "_", "Ä", "é", "z", "日", "😀", "\u{FB33}", "\u{1}\"\\/", "", "a b",
  ]

  private func part(using random: inout SeededGenerator, depth: Int = 0) -> Part {
    let numbers: [Double] = [
      0, -0.0, 1, -17, 0.1, 1e15, 1e16, 1e17, 123_456_789.125, .leastNonzeroMagnitude,
      1.7976931348623157e308,
      2.5e-9, 9_007_199_254_740_992,
    ]
    func pick<Item>(_ items: [Item], atMost count: Int) -> [Item] {
      Array(items.shuffled(using: &random).prefix(Int.random(in: 0...count, using: &random)))
    }
    return Part(
      numbers: pick(numbers, atMost: 5) + [Double(bitPattern: random.next())].filter(\.isFinite),
      name: pick(Self.names, atMost: 1).first,
      flags: Dictionary(uniqueKeysWithValues: pick(Self.names, atMost: 6).map { ($0, true) }),
      counts: pick([0, 1, .max, 1 << 63], atMost: 3),
      small: UInt8.random(in: 0...255, using: &random),
      child: depth > 2
        ? []
        : (0..<Int.random(in: 0..<3, using: &random)).map { _ in
          part(using: &random, depth: depth + 1)
        },
      choice: Bool.random(using: &random) ? .one : .two)
  }

  @Test(arguments: 0..<100)
  func `a document is written as Foundation writes it and comes back`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let part = part(using: &random)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = Documents.encode(part)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == String(decoding: try encoder.encode(part), as: UTF8.self))
    #expect(try Documents.decode(Part.self, from: bytes) == part)
    #expect(try Documents.decodeRequest(Part.self, from: bytes) == part)
    let text = RandomJSON.text(try JSON(parsing: bytes), using: &random)
    #expect(try Documents.decode(Part.self, from: Array(text.utf8)) == part)
  }

  @Test func `names and texts of a document are kept by their bytes`() throws {
    let map: [DataText: Double] = ["caf\u{E9}": 1, "cafe\u{301}": 2]
    let bytes = Documents.encode(map)
    #expect(bytes == Array("{\"cafe\u{301}\":2,\"caf\u{E9}\":1}".utf8))
    #expect(try Documents.decode([DataText: Double].self, from: bytes) == map)
  }

  @Test func `negative zero keeps its sign`() throws {
    #expect(Documents.encode([-0.0]) == Array("[-0]".utf8))
    #expect(try Documents.decode([Double].self, from: "[-0]".utf8).first?.sign == .minus)
  }

  @Test(arguments: [
    (#"{"sql":1}"#, "member 'sql' takes a text"), ("[]", "it takes an object"),
    (#"{"limit":1}"#, "member 'sql' is missing"),
    (#"{"sql":"","limit":1.5}"#, "member 'limit' takes an integer"),
    (#"{"sql":"","limit":1e30}"#, "member 'limit': 1e30 is not in \(Int.min)…\(Int.max)"),
    (#"{"sql":"","limit":"1"}"#, "member 'limit' takes an integer"),
    (#"{"sql":"","sq":1}"#, "there is no member 'sq'; did you mean 'sql'?"),
    (
      #"{"sql":"","colour":null}"#,
      "there is no member 'colour'; /openapi.yaml has the members there are"
    ),
    (#"{"sql":"","sql":"x"}"#, "line 1, column 11: the member 'sql' is given twice"),
    ("{\"sql\":\n  'x'}", "line 2, column 3: a value is expected here"),
    ("", "line 1, column 1: the JSON ends too soon"),
    (#"{"sql":""} x"#, "line 1, column 12: the JSON ends before this"),
  ])
  func `a request is refused with the member or the place at fault`(json: String, what: String) {
    let error = #expect(throws: StoreError.self) {
      try Documents.decodeRequest(QueryRequest.self, from: Array(json.utf8))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message == "the JSON is not as expected: " + what)
  }

  @Test func `a whole number is an integer however it is written`() throws {
    for text in ["200", "200.0", "2e2", "2.00E+2"] {
      let json = Array(#"{"sql":"","limit":\#(text)}"#.utf8)
      #expect(try Documents.decodeRequest(QueryRequest.self, from: json).limit == 200)
    }
  }
}
