import Foundation
import Model

/// A similarity of texts that is computed from counts.
///
/// Counts of several outputs add up to those of the set, from which the value of the set follows:
/// that of a corpus is not the mean of the outputs' values.
enum TextMetric: Sendable {
  /// sacrebleu's BLEU, up to 4-grams, with exponential smoothing.
  case bleu(TextTokens.Tokenization)
  /// sacrebleu's chrF: F of n-grams of characters, and of words where `wordOrder` is not 0.
  case chrF(charOrder: Int, wordOrder: Int, beta: Double)
  /// jiwer's word error rate.
  case wer

  private static let bleuOrder = 4

  /// The counts of one output against its references, of which there is at least one.
  /// - Throws: ``ScoringFailure`` when that takes more than the work that is left.
  func counts(
    _ output: String, _ references: [String], _ work: inout ScoringWork
  ) throws(ScoringFailure) -> [Double] {
    switch self {
    case .bleu(let tokenization):
      return Self.bleuCounts(
        TextTokens.bleu(output, tokenization),
        references.map { TextTokens.bleu($0, tokenization) })
    case .chrF(let charOrder, let wordOrder, _):
      let grams = CharacterGrams(output, charOrder, wordOrder)
      // Of several references, the one with the best F counts, the first of equal ones.
      var best: (value: Double, counts: [Double]) = (-1, [])
      for reference in references {
        let counts = grams.counts(against: CharacterGrams(reference, charOrder, wordOrder))
        let value = value(of: counts)
        if value > best.value { best = (value, counts) }
      }
      return best.counts
    case .wer:
      let words = TextTokens.wer(output)
      var all: [[Double]] = []
      for reference in references {
        let expected = TextTokens.wer(reference)
        all.append([Double(try Self.distance(expected, words, &work)), Double(expected.count)])
      }
      return all.min { value(of: $0) < value(of: $1) } ?? []
    }
  }

  /// The value that follows from counts.
  /// - Parameter isSet: True for the counts of a set; BLEU of one output leaves out the orders for
  ///   which it is too short, as `sacrebleu.sentence_bleu` does.
  func value(of counts: [Double], isSet: Bool = false) -> Double {
    switch self {
    case .bleu: Self.bleu(counts, hasEffectiveOrder: !isSet)
    case .chrF(_, _, let beta): Self.chrF(counts, beta)
    case .wer: counts[1] == 0 ? counts[0] : counts[0] / counts[1]
    }
  }

  // BLEU: lengths of output and reference, then matching and all n-grams by order.

  private static func bleuCounts(_ output: [DataText], _ references: [[DataText]]) -> [Double] {
    let length = output.count
    let closest = references.map(\.count).min { one, two in
      let (first, second) = (abs(length - one), abs(length - two))
      return first == second ? one < two : first < second
    }
    var counts = [Double(length), Double(closest ?? 0)]
    var totals: [Double] = []
    for order in 1...bleuOrder {
      let own = grams(output, order)
      var known: [ArraySlice<DataText>: Int] = [:]
      for reference in references { known.merge(grams(reference, order)) { max($0, $1) } }
      counts.append(Double(own.reduce(0) { $0 + min($1.value, known[$1.key] ?? 0) }))
      totals.append(Double(max(0, length - order + 1)))
    }
    return counts + totals
  }

  private static func grams(_ tokens: [DataText], _ order: Int) -> [ArraySlice<DataText>: Int] {
    var counts: [ArraySlice<DataText>: Int] = [:]
    guard tokens.count >= order else { return counts }
    for start in 0...tokens.count - order {
      counts[tokens[start..<start + order], default: 0] += 1
    }
    return counts
  }

  private static func bleu(_ counts: [Double], hasEffectiveOrder: Bool) -> Double {
    let (length, reference) = (counts[0], counts[1])
    guard counts[2..<2 + bleuOrder].contains(where: { $0 > 0 }) else { return 0 }
    let brevity = length < reference ? exp(1 - reference / length) : 1
    var smooth = 1.0
    var order = bleuOrder
    // The floor that sacrebleu gives the logarithm of 0.
    var logs = [Double](repeating: -9_999_999_999, count: bleuOrder)
    for place in 0..<bleuOrder {
      let total = counts[2 + bleuOrder + place]
      if total == 0 { break }
      if hasEffectiveOrder { order = place + 1 }
      if counts[2 + place] == 0 {
        smooth *= 2
        logs[place] = log(100 / (smooth * total))
      } else {
        logs[place] = log(100 * counts[2 + place] / total)
      }
    }
    return brevity * exp(logs[..<order].reduce(0, +) / Double(order))
  }

  // chrF: for each order, the n-grams of the output, of the reference, and those of both.

  private static func chrF(_ counts: [Double], _ beta: Double) -> Double {
    let factor = beta * beta
    var (precision, recall, orders) = (0.0, 0.0, 0.0)
    for place in stride(from: 0, to: counts.count, by: 3) {
      let (output, reference, both) = (counts[place], counts[place + 1], counts[place + 2])
      guard output > 0, reference > 0 else { continue }
      precision += both / output
      recall += both / reference
      orders += 1
    }
    guard orders > 0, precision + recall > 0 else { return 0 }
    (precision, recall) = (precision / orders, recall / orders)
    return 100 * ((1 + factor) * precision * recall) / (factor * precision + recall)
  }

  // WER: the edits, and the words of the reference.

  /// Levenshtein's distance.
  private static func distance(
    _ one: [DataText], _ two: [DataText], _ work: inout ScoringWork
  ) throws(ScoringFailure) -> Int {
    let (one, two) = TextTokens.numbers(one, two)
    var row = Array(0...two.count)
    for (index, word) in one.enumerated() {
      try work.spend(two.count)
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in two.enumerated() {
        let above = row[place + 1]
        row[place + 1] = word == other ? diagonal : 1 + min(diagonal, above, row[place])
        diagonal = above
      }
    }
    return row[two.count]
  }
}

/// The n-grams of a text that chrF counts.
private struct CharacterGrams {
  /// By order, characters first.
  private let grams: [[[UInt32]: Int]]

  init(_ text: String, _ charOrder: Int, _ wordOrder: Int) {
    let scalars = Array(text.unicodeScalars)
    let letters = scalars.filter { !TextTokens.isSpace($0) }.map(\.value)
    var grams = (1...charOrder).map { order in
      Self.counts(letters.count, order) { Array(letters[$0]) }
    }
    if wordOrder > 0 {
      let words = Self.words(scalars)
      grams += (1...wordOrder).map { order in
        Self.counts(words.count, order) { Array(words[$0].joined(separator: [0x20])) }
      }
    }
    self.grams = grams
  }

  private static func counts(
    _ length: Int, _ order: Int, _ gram: (Range<Int>) -> [UInt32]
  ) -> [[UInt32]: Int] {
    var counts: [[UInt32]: Int] = [:]
    guard length >= order else { return counts }
    for start in 0...length - order { counts[gram(start..<start + order), default: 0] += 1 }
    return counts
  }

  /// The words, each without one sign of punctuation at an end, which is a word of its own.
  private static func words(_ scalars: [Unicode.Scalar]) -> [[UInt32]] {
    scalars.split(whereSeparator: TextTokens.isSpace).flatMap { word -> [[UInt32]] in
      let values = word.map(\.value)
      guard let first = values.first, let last = values.last, values.count > 1 else {
        return [values]
      }
      if isPunctuation(last) { return [Array(values.dropLast()), [last]] }
      return isPunctuation(first) ? [[first], Array(values.dropFirst())] : [values]
    }
  }

  private static func isPunctuation(_ value: UInt32) -> Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  func counts(against reference: CharacterGrams) -> [Double] {
    zip(grams, reference.grams).flatMap { own, other -> [Double] in
      let all = own.values.reduce(0, +)
      let both = own.reduce(0) { $0 + min($1.value, other[$1.key] ?? 0) }
      return [Double(other.isEmpty ? 0 : all), Double(other.values.reduce(0, +)), Double(both)]
    }
  }
}
