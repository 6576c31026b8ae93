import Model

/// The kinds of cells of one column so far, and the narrowest type that gives them all back.
///
/// Words for null and `""` count for nothing beside truth values and numbers. A column of only
/// words for null is null, one of only `""` is text. A spelling that JSON lacks (`+1`, `.5`, `-0`)
/// is a number only among numbers, and one that integers would not give back (`+1`,
/// `10000000000000000000`) only among fractions; a plus also where other cells have a minus.
struct CSVInference {
  /// Kinds of cells, as bits of ``seen``.
  private struct Kinds: OptionSet {
    let rawValue: UInt16
    static let bool = Kinds(rawValue: 1)
    static let integer = Kinds(rawValue: 2)
    /// An integer that no double is.
    static let wideInteger = Kinds(rawValue: 4)
    static let fraction = Kinds(rawValue: 8)
    static let text = Kinds(rawValue: 16)
    /// A word for an infinity, which is a number only among others.
    static let infinity = Kinds(rawValue: 32)
    /// A word for not a number, which is a number only among others and else null.
    static let nan = Kinds(rawValue: 64)
    /// A word for null.
    static let word = Kinds(rawValue: 128)
    /// Quotes around nothing.
    static let quotes = Kinds(rawValue: 256)
    /// An integer with a plus.
    static let plusInteger = Kinds(rawValue: 512)
    /// A fraction as JSON does not write it, or `-0`.
    static let bareFraction = Kinds(rawValue: 1024)
    /// An integer beyond 64 bits that is a double.
    static let hugeInteger = Kinds(rawValue: 2048)
    /// An integer with a minus.
    static let minus = Kinds(rawValue: 4096)

    static let numbers: Kinds = [.integer, .wideInteger, .fraction]
  }

  /// The count of a class of cells, and the first of them.
  private struct Tally {
    var count = 0
    var line: UInt32 = .max
    var text: [UInt8] = []

    mutating func add(_ cell: UnsafeRawBufferPointer, line cellLine: UInt32) {
      count += 1
      guard count == 1 else { return }
      line = cellLine
      unsafe text = Array(cell.prefix(200))
    }
  }

  /// The integers up to this one, of either sign, are doubles too.
  static let exactIntegerLimit: Int64 = 1 << 53
  /// A column is looked at no further once so many more of its cells are texts than are not.
  private static let textLead = 64

  private var seen: Kinds = []
  private var bools = Tally()
  private var numbers = Tally()
  private var wideIntegers = Tally()
  /// Integers that a column of integers would not give back as they are written.
  private var unkept = Tally()
  /// Fractions that would be integers if points stood between thousands, and the others.
  private var grouped = Tally()
  private var ungroupedCount = 0
  private var texts = Tally()
  /// The looks of texts, and how many have one.
  private var looks: Set<CSVLook> = []
  private var lookCount = 0
  /// The words among them that may say truth.
  private var truthWords: Set<DataText> = []

  /// Nothing seen; or, for rows that join those of a dataset, what a column of its type has.
  init(joining type: ColumnType? = nil) {
    switch type {
    case .bool: seen = .bool
    case .int64: seen = .integer
    case .float64: seen = .fraction
    case .string, .timestamp, .json, .file, .vector: seen = .text
    case nil: break
    }
  }

  /// True when no cell has a value, which words for null are not.
  var isEmpty: Bool { seen.isSubset(of: [.word, .nan]) }

  /// The type of the column; `json`, as in every other format, when no cell has a value.
  var type: ColumnType {
    if isEmpty { return .json }
    let values = seen.subtracting([.word, .quotes])
    if values.contains(.bool) { return values.isSubset(of: [.bool, .nan]) ? .bool : .string }
    if values.contains(.text) || values.isDisjoint(with: .numbers) { return .string }
    if values.isDisjoint(with: [.fraction, .bareFraction, .infinity]) {
      let isSigned = values.contains(.minus) || !values.contains(.plusInteger)
      guard isSigned, !values.contains(.hugeInteger) else { return .string }
      if !values.contains(.nan) { return .int64 }
    }
    return values.contains(.wideInteger) ? .string : .float64
  }

  /// The look of all cells of a column that is text; nil when they have none.
  var look: CSVLook? {
    guard type == .string, lookCount == texts.count else { return nil }
    if looks.isEmpty {
      let areSpelled =
        (numbers.count > 0 || seen.contains(.infinity)) && seen.isDisjoint(with: .numbers)
      return areSpelled && bools.count == 0 ? .number : nil
    }
    if looks == [.truth] {
      let isTruth = numbers.count == 0 && bools.count == 0 && CSVLook.areTruth(truthWords)
      return isTruth ? .truth : nil
    }
    // What has commas before three digits may have them before fewer, and what has points between
    // thousands has decimal commas.
    var kinds = looks
    if kinds.contains(.points) { kinds.subtract([.thousands, .decimalComma]) }
    if kinds.contains(.decimalComma) { kinds.remove(.thousands) }
    return kinds.count == 1 && bools.count == 0 ? kinds.first : nil
  }

  /// Takes note of every `stride`th cell from `column` on; `lines` are those of the rows.
  mutating func observe(
    _ cells: [CSVCell], column: Int, stride: Int, in bytes: UnsafeRawBufferPointer,
    lines: [UInt32], form: CSVCellForm
  ) {
    var index = column
    while index < cells.count, texts.count < bools.count + numbers.count + Self.textLead {
      let cell = cells[index]
      if !cell.isNull {
        unsafe take(cell.text(in: bytes), line: lines[index / stride], form)
      }
      index += stride
    }
  }

  private mutating func take(_ text: UnsafeRawBufferPointer, line: UInt32, _ form: CSVCellForm) {
    let kind = unsafe Self.kind(of: text, form)
    seen.formUnion(kind)
    switch kind {
    case .word, .quotes, .nan, .infinity, []: break
    case .bool: unsafe bools.add(text, line: line)
    case .text:
      unsafe texts.add(text, line: line)
      if lookCount + 1 == texts.count, let look = unsafe form.look(text) {
        looks.insert(look)
        lookCount += 1
        if look == .truth, let word = unsafe CSVLook.truthWord(text) {
          truthWords.insert(DataText(word))
        }
      }
    default:
      unsafe numbers.add(text, line: line)
      if kind.contains(.wideInteger) { unsafe wideIntegers.add(text, line: line) }
      if kind == .plusInteger || kind == .hugeInteger { unsafe unkept.add(text, line: line) }
      if kind == .fraction {
        if unsafe CSVLook.hasPointsBetweenThousands(text) {
          unsafe grouped.add(text, line: line)
        } else {
          ungroupedCount += 1
        }
      }
    }
  }

  private static func kind(of text: UnsafeRawBufferPointer, _ form: CSVCellForm) -> Kinds {
    if form.words.areNamed, unsafe form.words.isNull(text) { return [] }
    guard let first = unsafe text.first else { return .quotes }
    if first &- 48 <= 9 || first &- UInt8(ascii: "+") <= 3 {
      if let integer = unsafe CSVNumber.integer(text) {
        let kind: Kinds = integer < 0 ? [.integer, .minus] : .integer
        return Int64(exactly: Double(integer)) == integer ? kind : kind.union(.wideInteger)
      }
      let isFraction = unsafe form.withNumber(text) { text in
        guard let number = unsafe CSVNumber(text), !number.isInteger else { return false }
        return unsafe number.isRepresentable(text)
      }
      if isFraction == true { return .fraction }
      if let number = unsafe form.respelled(text) {
        if number.isMarked { return .plusInteger }
        if !number.isInteger || number.value == 0 { return .bareFraction }
        if number.isExact { return .hugeInteger }
      }
    }
    if let value = unsafe CSVWords.nonFinite(text) { return value.isNaN ? .nan : .infinity }
    if unsafe CSVBool(text) != nil { return .bool }
    return unsafe form.words.isNull(text) ? .word : .text
  }

  /// The first fraction of a column in which each could be an integer with points between
  /// thousands, as `1.234`; nil for any other column.
  var firstGrouped: (line: Int, text: String)? {
    guard type == .float64, grouped.count > 0, ungroupedCount == 0 else { return nil }
    return (Int(grouped.line), ReadRemarks.quoted(grouped.text))
  }

  /// A sentence about a column that is text though half of its cells or more are truth values or
  /// numbers, or only quotes; nil for any other.
  func doubt(_ column: String) -> String? {
    guard type == .string else { return nil }
    if seen.contains(.quotes), seen.isSubset(of: [.quotes, .word, .nan]) {
      return
        "column '\(column)' is text: it has \"\" and nothing else: '--null \"\"' makes that null"
    }
    // Texts among which numbers are fewer are texts, such as answers.
    let count = bools.count + numbers.count
    guard count > 0, count >= texts.count else { return nil }
    let others = [texts] + (bools.count < numbers.count ? [bools] : [numbers])
    if let first = others.filter({ $0.count > 0 }).min(by: { $0.line < $1.line }) {
      return "column '\(column)' is text: line \(first.line) has \(ReadRemarks.quoted(first.text))"
    }
    if unkept.count > 0 {
      let isWide = seen.contains(.hugeInteger)
      let type = NameList.text(["\(column)=\(isWide ? "float64" : "int64")"])
      return
        "column '\(column)' is text: line \(unkept.line) has \(ReadRemarks.quoted(unkept.text)), "
        + "which no integer gives back"
        + (isWide && wideIntegers.count > 0 ? "" : ": '--types \(type)' reads it as a number")
    }
    guard wideIntegers.count > 0 else { return nil }
    return "column '\(column)' is text: line \(wideIntegers.line) has "
      + "\(ReadRemarks.quoted(wideIntegers.text)), which no float holds, beside fractions"
  }
}
