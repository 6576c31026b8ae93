package import Model
import Wire

extension Comparability {
  /// The usual names of each part, without case and signs.
  private static let names: [(part: Part, names: [String])] = [
    (.item, ["input", "question", "instruction"]),
    (
      .reference,
      [
        "target", "targets", "expected", "expectedoutput", "expectedanswer", "expectedresponse",
        "groundtruth", "gold", "goldanswer", "goldlabel", "ideal", "idealanswer", "idealoutput",
        "reference", "referenceanswer", "referenceoutput", "correctanswer", "answerkey",
        "targettext", "targetanswer", "targetoutput", "targetresponse", "targetlabel",
      ]
    ),
    (
      .judge,
      [
        "scorer", "scorerversion", "scorermodel", "judge", "judgemodel", "judgeversion",
        "judgeprompt", "grader", "gradermodel", "graderversion", "rubric", "rubricversion",
        "evaluator", "evaluatorversion", "metricversion",
      ]
    ),
    (
      .run,
      [
        "prompt", "promptid", "promptversion", "prompttemplate", "template", "systemprompt",
        "model", "modelid", "modelname", "modelversion",
      ]
    ),
  ]
  /// The names that the first edition knew, as they were written.
  static let firstNames = [
    "expected", "expected_output", "gold", "grader", "grader_version", "ground_truth", "ideal",
    "input", "instruction", "judge", "judge_model", "judge_version", "metric_version", "prompt",
    "prompt_id", "prompt_template", "prompt_version", "question", "reference_answer", "rubric",
    "rubric_version", "scorer", "scorer_version", "system_prompt", "target", "targets", "template",
  ]

  /// Words of a judge, wherever they stand in a name: `llm_judge`, `rubric_text`, `scoring_prompt`.
  private static let judges: Set = ["scoring", "grading", "graded", "rater", "raters"]
  private static let judgeStems = [
    "judge", "grader", "scorer", "rubric", "evaluator", "autorater", "annotator",
  ]
  /// Words that make one of `eval` and `metric`: `eval_model`, `metric_version`.
  private static let judgeTraits: Set = ["model", "prompt", "version", "template", "temperature"]
  private static let references: Set = [
    "expected", "gold", "golden", "ideal", "truth", "groundtruth", "reference", "references",
    "canonical",
  ]
  /// Names of what was expected as often as of what was said, so that they leave no item out.
  private static let doubtful: Set = ["label", "labels", "solution", "solutions"]
  /// Words behind a judge that make it what was said or done, and not who: `judge_reason`.
  private static let sayings: Set = [
    "verdict", "verdicts", "reason", "reasons", "reasoning", "rationale", "explanation",
    "explanations", "comment", "comments", "notes", "feedback", "critique", "output", "outputs",
    "response", "responses", "reply", "answer", "answers", "result", "results", "judgement",
    "judgements", "judgment", "judgments", "decision", "decisions", "label", "labels", "ratings",
    "grade", "grades", "scores", "points", "vote", "votes", "winner", "choice", "preference",
    "confidence", "probability", "logprob", "logprobs", "flag", "flagged", "status", "call",
    "calls", "count", "n", "num", "log", "logs", "raw", "started", "ended",
  ]
  /// Words behind a judge or a reference that make it a note of a run: `judge_run_id`.
  private static let records: Set = [
    "at", "time", "date", "timestamp", "run", "request", "trace", "span", "url", "uuid",
  ]

  /// Returns true when a column of this name is read.
  static func isRead(_ name: String) -> Bool { part(name, .current) != nil }

  /// Returns true when a column is called as reference answers usually are.
  package static func isReference(_ name: String) -> Bool { part(name, .current) == .reference }

  /// Those of some columns that record what scores rest on, sorted.
  package static func ofScores(_ columns: [ColumnDefinition]) -> [String] {
    columns.filter { column in
      let part = part(column.name, .current)
      return part == .reference || (part == .judge && column.type != .bool)
    }.map(\.name).sorted()
  }

  /// Those of some columns that record what was asked, sorted: where one differs, it is another
  /// item.
  package static func ofItems(_ columns: [ColumnDefinition]) -> [String] {
    columns.filter { part($0.name, .current) == .item }.map(\.name).sorted()
  }

  /// The judges and reference answers one level deep in nested columns: `meta.judge`,
  /// `meta.expected`.
  ///
  /// Numbers in the place of a judge do not count: they are what one gave.
  /// - Parameter columns: Columns that ``mayHoldMeasures(_:)``, with the shape of their values.
  package static func nestedMeasures(
    _ columns: [(column: ColumnDefinition, shape: ValueShape?)]
  ) -> [NestedColumn] {
    columns.flatMap { column, shape -> [NestedColumn] in
      guard case .structure(let members)? = shape, mayHoldMeasures(column) else { return [] }
      return members.compactMap { member -> NestedColumn? in
        let found = NestedColumn(
          column: column.name, member: member.name, isText: column.type == .string)
        guard member.shape != .null else { return nil }
        switch part(found.name, .current) {
        case .reference: return found
        case .judge: return mayBeJudge(member) ? found : nil
        case .item, .run, nil: return nil
        }
      }
    }
  }

  /// Returns true for a column whose members may be judges and reference answers, where its values
  /// are objects or texts of such: one that is not read itself, and does not hold results
  /// (`output`, `scores`).
  package static func mayHoldMeasures(_ column: ColumnDefinition) -> Bool {
    [.json, .string].contains(column.type) && !isRead(column.name)
      && !MetricRoles.isUsual(column.name)
      && MetricDirection.words(of: column.name).allSatisfy {
        !isSaying($0) && !MetricDirection.tells($0)
      }
  }

  /// Returns true unless the values of a member are what a judge said or gave.
  private static func mayBeJudge(_ member: ValueShape.Member) -> Bool {
    switch member.shape {
    case .string, .structure: true
    // Numbers of versions are names, others are marks.
    case .int64: MetricDirection.words(of: member.name).contains("version")
    case .null, .bool, .float64, .number, .list: false
    }
  }

  /// Returns true when a word changes the meaning of the words before it.
  private static func isSaying(_ word: String) -> Bool {
    sayings.contains(word) || records.contains(word)
  }

  /// The part that a column of this name plays; nil when it does not matter.
  static func part(_ name: String, _ edition: Edition) -> Part? {
    if edition == .first, !firstNames.contains(name.lowercased()) { return nil }
    let plain = plain(name)
    if let known = names.first(where: { $0.names.contains(plain) })?.part { return known }
    if edition == .first || MetricRoles.isUsual(name) { return nil }
    if doubtful.contains(plain) { return .judge }
    let words = MetricDirection.words(of: name)
    /// Returns true when no word behind a place changes its meaning.
    func stands(_ place: Int, _ isOther: (String) -> Bool) -> Bool {
      words[(place + 1)...].allSatisfy { !MetricDirection.tells($0) && !isOther($0) }
    }
    if let place = words.lastIndex(where: isJudge), stands(place, isSaying) {
      return .judge
    }
    if let place = words.lastIndex(where: { ["eval", "evaluation", "metric"].contains($0) }),
      words[place...].contains(where: judgeTraits.contains), stands(place, isSaying)
    {
      return .judge
    }
    guard let place = words.lastIndex(where: references.contains), stands(place, records.contains)
    else {
      return edition > .second && isReference(memberOf: name) ? .reference : nil
    }
    // A reference that a model made may be another for all items, which are the same.
    return words[place...].contains(where: judgeTraits.contains) ? .judge : .reference
  }

  /// Returns true where the last part of a name with points is that of a reference answer:
  /// `meta.answer_key`.
  ///
  /// A target within something else is as often the model that was asked.
  private static func isReference(memberOf name: String) -> Bool {
    guard let point = name.lastIndex(of: ".") else { return false }
    let member = String(name[name.index(after: point)...])
    return !["target", "targets"].contains(plain(member)) && part(member, .current) == .reference
  }

  private static func isJudge(_ word: String) -> Bool {
    if word.hasPrefix("judgement") { return false }
    return judges.contains(word)
      || judgeStems.contains { word.hasPrefix($0) || word.hasSuffix($0) }
  }

  /// A name without case and signs.
  static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
