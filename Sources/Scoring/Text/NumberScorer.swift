import Model

/// `number`: the last number in the output, or that at a JSON pointer, against a reference.
///
/// Numbers are those of JSON's grammar (RFC 8259, section 6), with thousands between commas,
/// found from left to right, each as long as possible; a sign behind a letter or a digit is a
/// hyphen. They are compared by their digits. Without a reference the number itself is the score.
struct NumberScorer: Scorer {
  let identity: ScorerIdentity
  private let output: String
  private let expectation: Expectation?
  private let pointer: JSONPath?
  private let absolute: JSONDecimal
  private let relative: JSONDecimal
  private let normalizations: [Normalization]

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try options.output()
    expectation = try options.expectation()
    pointer = try options.pointer("at")
    absolute = JSONDecimal(try options.number("abs") ?? 0)
    relative = JSONDecimal(try options.number("rel") ?? 0)
    normalizations = try options.normalizations()
    guard expectation != nil || (absolute.isZero && relative.isZero) else {
      throw options.fault("'abs' and 'rel' are distances from 'expected' or 'value'")
    }
  }

  var columns: ScorerColumns {
    let own = ScorerColumns(required: [output])
    return expectation.map { own + $0.columns } ?? own
  }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let expected = try references(item)
    let text = normalizations.applied(to: try item.output(output))
    let found: JSON?
    if let pointer {
      let read = try JSON.reading(text)
      found = (try? read.get()).flatMap { pointer.value(in: $0) }
    } else {
      found = Self.last(in: text)
    }
    guard let expected else {
      guard let number = found?.double, number.isFinite else {
        throw ScoringFailure("the output has no number")
      }
      return Score(number)
    }
    guard let number = found.flatMap({ JSONDecimal($0) }) else {
      return Score(false, detail: "the output has no number")
    }
    return Score(
      expected.contains { number.isNear($0, absolute: absolute, relative: relative) })
  }

  /// The accepted numbers; nil without a reference.
  private func references(_ item: ScoredItem) throws(ScoringFailure) -> [JSONDecimal]? {
    guard let expectation else { return nil }
    var numbers: [JSONDecimal] = []
    for text in try expectation.texts(item) {
      guard let number = Self.last(in: text).flatMap({ JSONDecimal($0) }) else {
        throw ScoringFailure("the reference answer has no number")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The last number in a text; nil without one.
  static func last(in text: String) -> JSON? {
    let bytes = Array(text.utf8)
    var last: Range<Int>?
    var index = 0
    while index < bytes.count {
      guard let end = end(of: bytes, from: index) else {
        index += 1
        continue
      }
      last = index..<end
      index = end
    }
    return last.map { range in
      .number(
        String(decoding: bytes[range].filter { $0 != UInt8(ascii: ",") }, as: UTF8.self))
    }
  }

  /// The end of the number that begins at `start`; nil when none does.
  private static func end(of bytes: [UInt8], from start: Int) -> Int? {
    func isDigit(_ index: Int) -> Bool {
      index < bytes.count && (0x30...0x39).contains(bytes[index])
    }
    func digits(from index: Int) -> Int {
      var index = index
      while isDigit(index) { index += 1 }
      return index
    }
    var index = start
    if bytes[index] == UInt8(ascii: "-") {
      guard start == 0 || !isWord(bytes[start - 1]) else { return nil }
      index += 1
    }
    guard isDigit(index) else { return nil }
    let first = index
    index = bytes[index] == UInt8(ascii: "0") ? index + 1 : digits(from: index)
    // One to three digits, and three behind each comma.
    if index - first <= 3, bytes[first] != UInt8(ascii: "0") {
      while index < bytes.count, bytes[index] == UInt8(ascii: ","),
        digits(from: index + 1) == index + 4
      {
        index += 4
      }
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: "."), isDigit(index + 1) {
      index = digits(from: index + 1)
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      let hasSign = index + 1 < bytes.count && "+-".utf8.contains(bytes[index + 1])
      let exponent = index + (hasSign ? 2 : 1)
      if isDigit(exponent) { index = digits(from: exponent) }
    }
    return index
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }
}
