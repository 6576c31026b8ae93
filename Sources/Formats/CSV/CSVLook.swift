import Model

/// A form of numbers or truth that cells have and that is read only where it is named, or not at
/// all.
enum CSVLook: CaseIterable {
  case decimalComma, thousands, points, percent, marked, padded, number, truth, moment

  /// The words that may say truth and its contrary.
  private static let truths = [["yes", "no"], ["y", "n"], ["t", "f"]]

  /// A word that may say truth, in small letters; nil for any other text.
  static func truthWord(_ text: UnsafeRawBufferPointer) -> String? {
    guard text.count <= 40 else { return nil }
    let parts = unsafe String(decoding: text, as: UTF8.self).lowercased().split(separator: " ")
    guard parts.count == 1, let word = parts.first.map(String.init) else { return nil }
    return truths.contains { $0.contains(word) } ? word : nil
  }

  /// Returns true when these words are exactly a pair of truth values: a column of only `F` may be
  /// grades, one of `N` the north.
  static func areTruth(_ words: Set<DataText>) -> Bool {
    truths.contains { $0.textSet == words }
  }

  /// The look of a text; nil for one without.
  /// - Parameter hasDecimalComma: Whether numbers have decimal commas, and so no points.
  init?(_ text: UnsafeRawBufferPointer, hasDecimalComma: Bool = false) {
    guard text.count <= 40 else { return nil }
    let word = unsafe String(decoding: text, as: UTF8.self)
    if Timestamp(iso8601: word) != nil {
      self = .moment
      return
    }
    if Self.isMarked(word) {
      self = .marked
      return
    }
    let parts = word.split(separator: " ")
    guard parts.count == 1 else { return nil }
    let plain = String(parts[0])
    if unsafe Self.truthWord(text) != nil {
      self = .truth
    } else if plain.hasSuffix("%") {
      guard Self.isNumber(plain.dropLast().replacing(",", with: ".")) else { return nil }
      self = .percent
    } else if Self.hasThousands(plain, ",", decimal: ".") {
      self = .thousands
    } else if hasDecimalComma || plain.contains(","), Self.hasThousands(plain, ".", decimal: ",") {
      self = .points
    } else if Self.isNumber(plain.replacing(",", with: ".")) {
      if plain.contains(",") {
        self = .decimalComma
      } else {
        guard plain.utf8.count < text.count else { return nil }
        self = .padded
      }
    } else if plain.utf8.count < text.count, Self.isTruth(plain) {
      self = .padded
    } else {
      return nil
    }
  }

  private static func isTruth(_ text: String) -> Bool {
    unsafe Array(text.utf8).withUnsafeBytes { unsafe CSVBool($0) != nil }
  }

  /// Signs of money before a number or behind it.
  private static let money: Set<Character> = ["$", "€", "£", "¥"]
  /// Units behind a number, with a space or without.
  private static let units = ["seconds", "tokens", "sec", "usd", "eur", "ms", "s"]

  /// Returns true for a number with a unit or a sign of money, or with a minus that is no hyphen.
  private static func isMarked(_ word: String) -> Bool {
    var rest = String(word.lowercased().trimmingPrefix { $0 == " " })
    func trim() { while rest.last == " " { rest.removeLast() } }
    trim()
    let hasOtherMinus = rest.first == "−"
    if hasOtherMinus || rest.first == "-" { rest.removeFirst() }
    let length = rest.count
    if let sign = rest.first, money.contains(sign) { rest.removeFirst() }
    if let sign = rest.last, money.contains(sign) { rest.removeLast() }
    if rest.count == length, let unit = units.first(where: { rest.hasSuffix($0) }) {
      rest.removeLast(unit.count)
    }
    trim()
    guard rest.count < length || hasOtherMinus else { return false }
    return isNumber(rest.trimmingPrefix { $0 == " " }.replacing(",", with: ""))
  }

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    unsafe Array(text.utf8).withUnsafeBytes { bytes in
      unsafe CSVNumber.respelled(bytes)?.withUnsafeBytes { unsafe CSVNumber($0) } ?? nil
    } != nil
  }

  /// Returns true when `separator` stands between groups of three digits before the decimal sign.
  private static func hasThousands(
    _ text: String, _ separator: Character, decimal: Character
  ) -> Bool {
    let whole = text.prefix { $0 != decimal }
    let groups = whole.split(separator: separator, omittingEmptySubsequences: false)
    let plain = text.filter { $0 != separator }.map { $0 == decimal ? "." : $0 }
    guard groups.count > 1, let first = groups.first, isNumber(String(plain)) else { return false }
    return first.filter(\.isNumber).count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 }
  }

  /// Returns true for a number that is whole where points stand between thousands: `1.234`, not
  /// `0.234`.
  static func hasPointsBetweenThousands(_ text: UnsafeRawBufferPointer) -> Bool {
    let (zero, point, minus) = (UInt8(ascii: "0"), UInt8(ascii: "."), UInt8(ascii: "-"))
    let start = unsafe text.first == minus ? 1 : 0
    // Of one to three digits, a point and three more.
    guard (5...7).contains(text.count - start), unsafe text[start] != zero else { return false }
    return text.indices.dropFirst(start).allSatisfy { index in
      let byte = unsafe text[index]
      return index == text.count - 4 ? byte == point : byte &- zero <= 9
    }
  }

  /// The advice after the names of the columns that have the look.
  /// - Parameter isKept: Whether they are text in the dataset, and so whatever the cells are.
  private func advice(_ columns: [String], isKept: Bool) -> String {
    switch self {
    case .decimalComma:
      "like numbers with decimal commas: '--decimal ,"
        + (isKept ? " --types \(Self.types(columns, .float64))" : "") + "' reads them"
    case .thousands:
      "like numbers with commas between thousands: write them without, or name '--decimal ,' where "
        + "a comma is the decimal sign"
    case .points:
      "like numbers with points between thousands: write them without, as 1000,5, and name "
        + "'--decimal ,'"
    case .percent: "like percentages: write them as numbers, 0.5 for 50%"
    case .marked:
      "like numbers with units, signs of money or a minus of their own: write them as plain numbers"
    case .padded: "like numbers or truth between spaces: write them without"
    case .number: "like numbers: '--types \(Self.types(columns, .float64))' reads them"
    case .truth: "like truth: '--types \(Self.types(columns, .bool))' reads it"
    case .moment: "like moments: '--types \(Self.types(columns, .timestamp))' reads them"
    }
  }

  private static func types(_ columns: [String], _ type: ColumnType) -> String {
    NameList.text(columns.map { "\($0)=\(type.rawValue)" })
  }

  /// A sentence for each look that columns of text have.
  static func sentences(_ looks: [(column: String, look: CSVLook, isKept: Bool)]) -> [String] {
    allCases.flatMap { look in
      [false, true].compactMap { isKept in
        let columns = looks.filter { $0.look == look && $0.isKept == isKept }.map(\.column)
        guard !columns.isEmpty else { return nil }
        return ReadRemarks.columns(columns, "is text and looks", "are text and look")
          + " \(look.advice(columns, isKept: isKept))"
      }
    }
  }
}
