import Model
import Scoring
import Testing

/// Scores that would take minutes or years end at a number of steps.
@Suite struct WorkTests {
  /// A schema in which each definition asks for the next one twice.
  private static func doubling(_ words: (_ next: String) -> String) -> String {
    let definitions = (0..<40).map { ##""d\##($0)":"## + words("#/$defs/d\($0 + 1)") }
    return ##"{"$ref":"#/$defs/d0","$defs":{"##
      + definitions.joined(separator: ",") + ##","d40":{"type":"integer"}}}"##
  }

  /// The score of a row within a hundredth of the usual steps.
  private func score(_ scorer: JSON, _ cells: [DataText: String]) throws -> Score {
    var columns = ScoredColumns(
      count: 1, cells.mapValues { ScoredColumns.Column([$0], isText: true) })
    columns.stepLimit = 1_000_000
    let measure = try ScorerDocument(.array([scorer])).measures[0]
    return try #require(measure as? any Scorer).score(measure.visible(in: columns).item(0))
  }

  private static let words = Array(repeating: "a", count: 20_000).joined(separator: " ")

  @Test(arguments: ["allOf", "anyOf", "oneOf"])
  func `a schema that doubles ends at its limit`(keyword: String) throws {
    let schema = Self.doubling { next in
      let part = ##"{"$ref":"\##(next)"}"##
      return keyword == "anyOf"
        ? ##"{"anyOf":[{"not":\##(part)},{"not":\##(part)}]}"##
        : ##"{"\##(keyword)":[\##(part),\##(part)]}"##
    }
    let scorer = ##"{"type":"json_schema","schema":\##(schema)}"##
    let json = try JSON(parsing: Array(scorer.utf8))
    let message = fault { _ = try score(json, ["output": "1"]) }
    #expect(message.contains("steps") || keyword != "allOf", "\(message)")
  }

  @Test(arguments: [
    "regex:(a{100}){100}b", "wer:answer", "rouge_l:answer",
  ])
  func `a text that would take too long ends at the limit`(scorer: String) {
    let text = scorer.hasPrefix("regex") ? String(repeating: "a", count: 60_000) : Self.words
    let message = fault { _ = try score(.string(scorer), ["output": text, "answer": text]) }
    #expect(message.contains("steps"), "\(message)")
  }

  @Test func `a part is found in time linear in the text`() throws {
    let text = String(repeating: "a", count: 200_000)
    let part = String(repeating: "a", count: 100_000) + "b"
    #expect(try !isTrue("contains:expected", text, expected: part))
    #expect(try isTrue("contains:expected", text + "b", expected: part))
    #expect(try isTrue("contains:value=aab", "aaab") && isTrue("contains:value=abab", "abaabab"))
  }

  @Test func `a score that is not wanted any more ends`() throws {
    let text = String(repeating: "a", count: 60_000)
    var cells = ScoredColumns(count: 1, ["output": .init([text], isText: true)])
    cells.isCancelled = { true }
    let measure = try ScorerDocument(.array([.string("regex:(a{100}){100}b")])).measures[0]
    let scorer = try #require(measure as? any Scorer)
    let wanted = measure.visible(in: cells)
    #expect(fault { _ = try scorer.score(wanted.item(0)) }.contains("cancelled"))
  }
}
