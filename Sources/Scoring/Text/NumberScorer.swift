import Model

/// `number`: the last number in the output, or that at a JSON pointer, against a reference.
///
/// Numbers are those of JSON's grammar (RFC 8259, section 6), found from left to right, each as
/// long as possible; a sign behind a letter or a digit is a hyphen. Without a reference the number
/// itself is the score.
struct NumberScorer: Scorer {
  let identity: ScorerIdentity
  private let output: String
  private let expectation: Expectation?
  private let pointer: JSONPath?
  private let absolute: Double
  private let relative: Double
  private let normalizations: [Normalization]

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try options.output()
    expectation = try options.expectation()
    pointer = try options.pointer("at")
    absolute = try options.number("abs") ?? 0
    relative = try options.number("rel") ?? 0
    normalizations = try options.normalizations()
    guard expectation != nil || (absolute == 0 && relative == 0) else {
      throw options.fault("'abs' and 'rel' are distances from 'expected' or 'value'")
    }
  }

  var columns: ScorerColumns {
    ScorerColumns(required: [output] + (expectation?.columns ?? []))
  }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let expected = try references(item)
    let text = normalizations.applied(to: try item.output(output))
    let number: Double?
    if let pointer {
      number = (try? JSON(text: text)).flatMap { pointer.value(in: $0) }?.double
    } else {
      number = Self.last(in: text)
    }
    guard let expected else {
      guard let number else { throw ScoringFailure("the output has no number") }
      return Score(number)
    }
    guard let number else { return Score(false, detail: "the output has no number") }
    return Score(
      expected.contains { abs(number - $0) <= max(absolute, relative * abs($0)) })
  }

  /// The accepted numbers; nil without a reference.
  private func references(_ item: ScoredItem) throws(ScoringFailure) -> [Double]? {
    guard let expectation else { return nil }
    var numbers: [Double] = []
    for text in try expectation.texts(item) {
      guard let number = Self.last(in: text) else {
        throw ScoringFailure("the reference answer has no number")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The last number in a text; nil without one, or when it is too large for a float.
  static func last(in text: String) -> Double? {
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
    return last.flatMap { Double(String(decoding: bytes[$0], as: UTF8.self)) }
      .flatMap { $0.isFinite ? $0 : nil }
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
    index = bytes[index] == UInt8(ascii: "0") ? index + 1 : digits(from: index)
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
