import Model
import Scoring
import TestSupport
import Testing

/// Golden values of sacrebleu 2.6.0, jiwer 4.0.0 and rouge-score 0.1.2; `Tests/Interop` compares with
/// them on random texts.
@Suite struct SimilarityTests {
  struct Pair: Sendable {
    let output: String
    let references: [String]
    let bleu: Double
    let chrF: Double
    let chrFPlus: Double
    let rouge: Double
    let wer: Double
  }

  static let pairs = [
    Pair(
      output: "The dog bit the man.",
      references: ["The dog had bit the man.", "The dog bit the man!"], bleu: 100.00000000000004,
      chrF: 92.47065434565434, chrFPlus: 89.76965742590741, rouge: 1, wer: 0.16666666666666666),
    Pair(
      output: "It was not unexpected.", references: ["No one was surprised."],
      bleu: 12.703318703865365, chrF: 16.975848873121873, chrFPlus: 17.733714512095204, rouge: 0.25,
      wer: 1),
    Pair(
      output: "the the the", references: ["the cat"], bleu: 27.516060407455225,
      chrF: 19.689903800721968, chrFPlus: 20.45108784141328, rouge: 0.4, wer: 1),
    Pair(
      output: "Hello, world-wide 3.5 U.S. e-mail", references: ["Hello world wide 3,5 US e-mail."],
      bleu: 6.27465531099474, chrF: 47.63223933944851, chrFPlus: 41.091856674107426,
      rouge: 0.823529411764706, wer: 1),
    Pair(
      output: "猫は座る", references: ["猫が座る"], bleu: 0, chrF: 27.083333333333332,
      chrFPlus: 21.666666666666664, rouge: 0, wer: 1),
    Pair(output: "", references: ["a b"], bleu: 0, chrF: 0, chrFPlus: 0, rouge: 0, wer: 1),
    Pair(
      output: "a b c d e", references: ["a b c d e"], bleu: 100.00000000000004, chrF: 100,
      chrFPlus: 100, rouge: 1, wer: 0),
  ]

  private func value(_ scorer: String, _ pair: Pair) throws -> Double {
    try score(
      scorer, ["output": pair.output, "expected:json": JSON(pair.references).text]
    ).value.number
  }

  @Test(arguments: pairs.indices)
  func `similarities are those of the reference implementations`(index: Int) throws {
    let pair = Self.pairs[index]
    #expect(try near(value("bleu:expected", pair), pair.bleu))
    #expect(try near(value("chrf:expected", pair), pair.chrF))
    #expect(try near(value("chrf:expected,word_order=2", pair), pair.chrFPlus))
    #expect(try near(value("rouge_l:expected", pair), pair.rouge))
    #expect(try near(value("wer:expected", pair), pair.wer))
  }

  private func set(_ scorer: String, _ rows: [(output: String?, expected: String)]) throws
    -> SetScore
  {
    let columns = ScoredColumns(
      count: rows.count,
      [
        "output": .init(rows.map(\.output), isText: true),
        "expected": .init(rows.map(\.expected), isText: true),
      ])
    let made = try ScorerDocument(.array([.string(scorer)])).measures[0]
    return try #require(made as? any SetScorer).score(rows.indices.map { [columns.item($0)] })
  }

  @Test func `the value of a corpus is that of its counts, with an interval over items`() throws {
    let rows = Self.pairs.prefix(4).map { ($0.output as String?, $0.references[0]) }
    let bleu = try set("bleu:expected,scope=set", rows)
    #expect(try near(#require(bleu.value), 19.10189541671141))
    #expect(try near(#require(set("chrf:expected,scope=set", rows).value), 42.88889749665808))
    #expect(try near(#require(set("wer:expected,scope=set", rows).value), 0.7222222222222222))
    let (lower, upper) = (try #require(bleu.lower), try #require(bleu.upper))
    #expect(lower < 19.1 && upper > 19.1 && bleu.note == nil && bleu.scored == 4)
  }

  @Test func `a set has one value in any order of its items, and counts what it cannot score`()
    throws
  {
    var random = SeededGenerator(seed: 3)
    let rows = Self.pairs.map { ($0.output as String?, $0.references[0]) } + [(nil, "x")]
    let one = try set("chrf:expected,scope=set", rows)
    let two = try set("chrf:expected,scope=set", rows.shuffled(using: &random))
    #expect(try near(#require(one.value), #require(two.value)))
    #expect(one.scored == 7 && one.errors == 1)
    let single = try set("bleu:expected,scope=set", Array(rows.prefix(1)))
    #expect(single.lower == nil && single.note?.hasPrefix("no interval") == true)
    let none = try set("bleu:expected,scope=set", [(nil, "x")])
    #expect(none.value == nil && none.note?.contains("null") == true)
  }

  @Test func `the name of a set's score is not that of its outputs'`() throws {
    func name(_ scorer: String) throws -> String {
      try ScorerDocument(.array([.string(scorer)])).measures[0].identity.name
    }
    #expect(try name("bleu:a,scope=set") == "corpus_bleu" && name("bleu:a") == "bleu")
    #expect(try name("b=bleu:a,scope=set") == "b")
  }
}

/// True when numbers are equal to twelve digits.
func near(_ one: Double, _ two: Double) -> Bool {
  abs(one - two) <= 1e-12 * max(1, abs(one), abs(two))
}
