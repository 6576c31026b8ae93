import Columns
import Formats
import Model

/// The look of a column's texts: the number of words for truth values, and of numbers.
struct TextLooks {
  private(set) var bools = 0
  /// Numbers that a column of floats takes, one of integers, and either of them.
  private(set) var floats = 0
  private(set) var integers = 0
  private(set) var numbers = 0
  private(set) var others = 0
  /// The first text that is neither, the first that is not a float, and the first not an integer.
  private(set) var other: String?
  private(set) var noFloat: String?
  private(set) var noInteger: String?
  /// Texts that are numbers in a column of any values, and the first of them.
  private(set) var numberTexts = 0
  private(set) var numberText: String?

  private static let boolWords = words(
    "true True TRUE yes Yes YES false False FALSE no No NO")
  /// Words for null, and for numbers that are not finite.
  private static let nullWords = words("NaN nan NA N/A #N/A null NULL None")
  private static let numberWords = words("Inf inf -inf -Inf Infinity -Infinity +inf")

  private static func words(_ text: String) -> Set<[UInt8]> {
    Set(text.split(separator: " ").map { Array($0.utf8) })
  }

  /// Takes note of the values of a `string` or a `json` column.
  mutating func add(_ vector: ColumnVector) {
    var (float, integer) = (CSVFit(.float64), CSVFit(.int64))
    for row in 0..<vector.count where vector.hasValue(row) {
      guard let text = vector.values.text(row) else { continue }
      let bytes = text.words.bytes[text.range]
      if vector.type == .json {
        add(json: bytes, &float, &integer)
      } else {
        add(bytes, &float, &integer)
      }
    }
  }

  /// Takes note of a value by its JSON, without what is within objects and lists.
  private mutating func add(
    json: ArraySlice<UInt8>, _ float: inout CSVFit, _ integer: inout CSVFit
  ) {
    switch JSONScalar(json) {
    case .text(let text):
      let known = numbers
      add(text[...], &float, &integer)
      guard numbers > known else { return }
      numberTexts += 1
      numberText = numberText ?? String(decoding: text.prefix(40), as: UTF8.self)
    case .integer, .float: add(json, &float, &integer)
    default:
      others += 1
      other = other ?? String(decoding: json.prefix(40), as: UTF8.self)
      noFloat = noFloat ?? other
      noInteger = noInteger ?? other
    }
  }

  /// Takes in what was found over other rows.
  mutating func add(_ looks: TextLooks) {
    bools += looks.bools
    floats += looks.floats
    integers += looks.integers
    numbers += looks.numbers
    others += looks.others
    other = other ?? looks.other
    noFloat = noFloat ?? looks.noFloat
    noInteger = noInteger ?? looks.noInteger
    numberTexts += looks.numberTexts
    numberText = numberText ?? looks.numberText
  }

  private mutating func add(
    _ text: ArraySlice<UInt8>, _ float: inout CSVFit, _ integer: inout CSVFit
  ) {
    let word = text.count <= 9 ? Array(text) : []
    if text.isEmpty || Self.nullWords.contains(word) { return }
    if Self.boolWords.contains(word) {
      bools += 1
      return
    }
    // Which numbers are read is for the reader to say: what is advised has to work.
    let isNumber = Self.numberWords.contains(word) || Self.isNumber(text)
    let (isFloat, isInteger) = isNumber ? (float.takes(text), integer.takes(text)) : (false, false)
    let shown = { String(decoding: text.prefix(40), as: UTF8.self) }
    if isFloat { floats += 1 } else { noFloat = noFloat ?? shown() }
    if isInteger { integers += 1 } else { noInteger = noInteger ?? shown() }
    if isFloat || isInteger {
      numbers += 1
    } else {
      others += 1
      other = other ?? shown()
    }
  }

  /// Returns true for a number as JSON writes it: no sign for plus, no zeros before it.
  private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let hasZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, whole == 1 || !hasZero else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
        rest = rest.dropFirst()
      }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// The type that the values of a column of any values look like, where some of them are texts,
  /// and the advice as the end of a sentence; nil where no number is a text, or many are none.
  var mixedVerdict: (type: ColumnType, what: String)? {
    guard let numberText, let verdict, verdict.type != .bool else { return nil }
    let plain = numbers - numberTexts
    let rest = bools + others
    return (
      verdict.type,
      "\(numberTexts) of its values \(numberTexts == 1 ? "is a number as a text" : "are numbers as texts"), "
        + "like '\(numberText)'"
        + (plain == 0 ? "" : ", beside \(plain) number\(plain == 1 ? "" : "s")")
        + (rest == 0 ? "" : ", and \(rest) \(rest == 1 ? "is" : "are") neither")
        + ": to count with them, write all as numbers, and push that"
    )
  }

  /// The type that the texts look like, and the advice as the end of a sentence; nil when they look
  /// like texts.
  ///
  /// A few that do not fit are ignored: one in ten of ten or more.
  var verdict: (type: ColumnType, what: String)? {
    let isBool = bools >= numbers
    let areIntegers = integers > floats
    let values = bools + numbers + others
    let most = isBool ? bools : max(floats, integers)
    let rest = values - most
    guard most > 0, rest * 10 <= values else { return nil }
    let kind = isBool ? "true or false" : most == 1 ? "a number" : "numbers"
    let first = isBool ? other : areIntegers ? noInteger : noFloat
    let exception =
      rest == 0 ? "" : first.map { ", but for \(rest) like '\($0)'" } ?? ", but for \(rest)"
    let correction =
      rest == 0 ? " and push that" : ", correct \(rest == 1 ? "that" : "those") and push it"
    return (
      isBool ? .bool : areIntegers ? .int64 : .float64,
      "\(most) of its values \(most == 1 ? "is" : "are") \(kind)\(exception): to count with them, "
        + "pull it as CSV\(correction)"
    )
  }
}
