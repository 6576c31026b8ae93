import Columns
import Model
import Testing

/// Which keys are one: the values, not how they are written.
@Suite struct KeyIdentityTests {
  /// Numbers as JSON texts; those of one line are one, those of two lines are two.
  static let numbers = [
    ["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000"],
    ["0", "-0", "0.0", "-0.0", "0e9"],
    ["0.1", "0.10", "1e-1", "100e-3"],
    ["0.1000000000000000055"],
    ["-1", "-1.0"],
    ["9007199254740992", "9007199254740992.0", "9.007199254740992e15"],
    ["9007199254740993", "9007199254740993.0"],
    ["9223372036854775807"],
    ["-9223372036854775808"],
    ["9223372036854775808", "9223372036854775808.0", "9.223372036854775808e18"],
    ["9223372036854775809"],
    ["100000000000000000000000"],
    ["1e-400"],
    ["2e-400"],
    ["123456789012345678901234567890", "123456789012345678901234567890.0"],
  ]

  @Test func `a number is one whatever its spelling, and exactly itself`() {
    for (line, texts) in Self.numbers.enumerated() {
      for text in texts {
        let identity = Self.identity(of: text)
        for (otherLine, others) in Self.numbers.enumerated() {
          for other in others {
            #expect(
              (identity == Self.identity(of: other)) == (line == otherLine), "\(text), \(other)")
          }
        }
      }
    }
  }

  @Test func `a number is one whatever the type of its column`() throws {
    for value: Int64 in [0, 1, -7, 1 << 53, 1 << 62, .min, .max] {
      let integer = Self.vector(.int64, .int64([value]))
      #expect(Self.identity(integer) == Self.identity(try integer.widened(to: .json)))
      guard let float = Double(exactly: value) else { continue }
      #expect(Self.identity(integer) == Self.identity(Self.float(float)), "\(value)")
    }
    #expect(
      Self.identity(Self.vector(.int64, .int64([(1 << 53) + 1])))
        != Self.identity(Self.float(0x1p53)))
    for value in [
      0.1, 0.5, 1e23, 0x1p62, 0x1p63, 0x1p64, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.0,
    ] {
      let float = Self.float(value)
      #expect(Self.identity(float) == Self.identity(try float.widened(to: .json)), "\(value)")
    }
    #expect(Self.identity(Self.float(-0.0)) == Self.identity(Self.float(0)))
  }

  @Test func `a number, a bool, a text and a moment are four`() {
    let values = [
      Self.vector(.int64, .int64([1])),
      Self.vector(.bool, .bool(Bitmap(repeating: true, count: 1))),
      Self.text("1", .string), Self.text("true", .string), Self.text("1.0", .string),
      Self.vector(.timestamp, .int64([1])), Self.text("[1]", .json), Self.text("[1.0]", .json),
      ColumnVector.nulls(.json, count: 1), Self.text("null", .string),
      Self.text("caf\u{E9}", .string), Self.text("cafe\u{301}", .string),
    ]
    let identities = values.map(Self.identity)
    #expect(Set(identities).count == values.count)
    #expect(Self.identity(Self.text("\"1\"", .json)) == Self.identity(Self.text("1", .string)))
    #expect(Self.identity(Self.text("true", .json)) == identities[1])
  }

  @Test func `keys of several columns do not run into one another`() {
    let one = [Self.text("a", .string), Self.text("bc", .string)]
    let two = [Self.text("ab", .string), Self.text("c", .string)]
    #expect(KeyIdentities(columns: one, count: 1)[0] != KeyIdentities(columns: two, count: 1)[0])
  }

  @Test func `texts, integers, bools and moments are identified by the bytes that cut groups`() {
    let plain = [
      Self.text("a", .string), Self.vector(.int64, .int64([1])),
      Self.vector(.bool, .bool(Bitmap(repeating: true, count: 1))),
      Self.vector(.timestamp, .int64([1])),
    ]
    #expect(KeyIdentities.areBytes(of: plain))
    let keys = RowKeys(columns: plain, count: 1)
    #expect(KeyIdentities(columns: plain, count: 1).texts == keys.texts)
    #expect(!KeyIdentities.areBytes(of: [Self.float(1)]))
    #expect(!KeyIdentities.areBytes(of: [Self.text("1", .json)]))
  }

  @Test func `the bytes that cut groups go by the spelling, as the format has it`() {
    #expect(RowKeys(columns: [Self.float(1)], count: 1).texts.bytes == [3] + Self.bytes(of: 1.0))
    let integral = Self.vector(
      .float64, .float64([1], integral: Bitmap(repeating: true, count: 1)))
    #expect(
      RowKeys(columns: [integral], count: 1).texts.bytes == [2, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(Self.identity(integral) == Self.identity(Self.float(1)))
  }

  @Test func `a table finds the second row of one key`() {
    let floats = KeyIdentities(
      columns: [Self.vector(.float64, .float64([2, 1, 0.5, 1], integral: nil), count: 4)], count: 4)
    var table = KeyTable()
    let twins = table.insert(floats, hashes: floats.hashes)
    #expect(twins?.row == 3 && twins?.earlier == 1)
    let integers = KeyIdentities(columns: [Self.vector(.int64, .int64([2]))], count: 1)
    #expect(table.find(integers, 0, hash: integers.hashes[0]) == 0)
  }

  @Test(arguments: ["", "-", "1.", ".5", "1e", "1e+", "0x10", "1_0", "+1", "nan", "1 ", "1ee1"])
  func `what JSON does not call a number is none`(text: String) {
    #expect(KeyNumber(json: Array(text.utf8)[...]) == nil)
  }

  private static func vector(
    _ type: ColumnType, _ values: ColumnVector.Values, count: Int = 1
  ) -> ColumnVector {
    ColumnVector(type: type, count: count, validity: nil, values: values)
  }

  private static func float(_ value: Double) -> ColumnVector {
    vector(.float64, .float64([value], integral: nil))
  }

  private static func text(_ text: String, _ type: ColumnType) -> ColumnVector {
    var words = TextValues()
    words.append(text.utf8)
    return vector(type, .text(words))
  }

  private static func identity(of json: String) -> [UInt8] { identity(text(json, .json)) }

  private static func identity(_ vector: ColumnVector) -> [UInt8] {
    Array(KeyIdentities(columns: [vector], count: 1)[0])
  }

  private static func bytes(of value: Double) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
  }
}
