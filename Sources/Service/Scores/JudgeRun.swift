import Model
import Providers
import Running
import Scoring
import Store
import Wire

/// The run in which a judge is asked about outputs: the outputs that its items show, and the calls.
struct JudgeRun {
  /// The rows that one item of the run shows: of an output, or of two in their order.
  typealias Shown = [Int]

  let judge: JudgeScorer
  let outputs: ScoredOutputs
  let prepared: PreparedRun
  /// Parallel to the items of the run.
  private let shown: [Shown]
  /// The reasons for which rows are not shown.
  private let failures: [Int: ScoringFailure]

  /// The items of a judge's run, whose rubric is `prompt`.
  /// - Throws: ``StoreError`` of kind `usage` when there is nothing to compare.
  init(
    _ judge: JudgeScorer, _ outputs: ScoredOutputs, _ run: ResolvedRun, _ prompt: PromptDocument
  ) throws(StoreError) {
    self.judge = judge
    self.outputs = outputs
    try judge.requirePlaces()
    var run = run
    run.definition = run.definition.taking(prompt)
    run.sources += outputs.inputs
    var items = JudgedItems(judge, outputs, names: run.definition.promptColumns)
    try items.add()
    shown = items.shown
    failures = items.failures
    prepared = PreparedRun(run, items: try run.definition.items(items.inputs))
  }

  /// True when there is no output to ask about.
  var isEmpty: Bool { shown.isEmpty }

  /// The scores that the outcome of a run gives.
  struct Scores {
    var rows: [ScoreRow] = []
    /// The numbers of pairs that were judged in both orders, vote by vote, and of those judged
    /// differently.
    var pairs = 0
    var disagreements = 0
  }

  /// The scores that the outcome of the run gives; nil for none.
  func scores(_ outcome: RunOutcome?) -> Scores {
    var calls = [[Digest]](repeating: [], count: shown.count)
    for cell in prepared.plan.cells.sorted(by: { $0.attempt < $1.attempt }) {
      calls[cell.item].append(prepared.plan.calls[cell.call].key)
    }
    var votes: Votes = [:]
    var pairs: [Int: [Shown]] = [:]
    for (place, rows) in shown.enumerated() {
      votes[rows] = calls[place].map { verdict(outcome?.results[$0], outcome) }
      pairs[rows[0], default: []].append(rows)
    }
    var scores = Scores()
    for row in outputs.items.indices {
      let others =
        !judge.isOfPairs
        ? []
        : (pairs[row] ?? []).map { pair in
          (
            pair,
            PairVotes(shownFirst: votes[pair] ?? [], shownSecond: votes[pair.reversed()] ?? [])
          )
        }
      for (pair, both) in others where pair[0] < pair[1] {
        scores.pairs += both.counts.judged
        scores.disagreements += both.counts.differently
      }
      // What others are compared with is not compared with itself.
      if isBase(row) { continue }
      scores.rows += ScoreRow.rows(
        judge.identity, of: outputs.version.reference,
        score(row, votes[[row]] ?? [], others.map(\.1)),
        reference: outputs.reference(of: row, for: judge)
      ) { name in outputs.key(of: row, scorer: name) }
    }
    return scores
  }

  private typealias Votes = [Shown: [Result<JudgeVerdict, ScoringFailure>]]

  private func isBase(_ row: Int) -> Bool {
    guard case .pair(let against?) = judge.question else { return false }
    return outputs.models[row].string.hasBytes(of: against)
  }

  private func score(
    _ row: Int, _ votes: [Result<JudgeVerdict, ScoringFailure>], _ others: [PairVotes]
  ) -> Result<Score, ScoringFailure> {
    do throws(ScoringFailure) {
      if let failure = failures[row] { throw failure }
      return .success(
        judge.isOfPairs ? try judge.score(against: others) : try judge.score(votes))
    } catch {
      return .failure(error)
    }
  }

  /// The verdict of a call's outcome.
  private func verdict(
    _ columns: JSON.Object?, _ outcome: RunOutcome?
  ) -> Result<JudgeVerdict, ScoringFailure> {
    do throws(ScoringFailure) {
      guard let columns else {
        let reason = (outcome?.stop?.rawValue).map { " (\($0))" } ?? ""
        throw ScoringFailure("the judge was not asked\(reason)")
      }
      if let kind = columns["error_class"]?.string {
        let message = columns["error"]?.string ?? ""
        throw ScoringFailure("the judge's call failed: \(kind): \(message)")
      }
      if columns["finish_reason"]?.string == Answer.FinishReason.length.rawValue {
        throw ScoringFailure("the judge's answer was cut off at its most tokens")
      }
      guard let text = columns["output"]?.string else {
        throw ScoringFailure("the judge answered without a text")
      }
      return .success(try judge.verdict(text))
    } catch {
      return .failure(error)
    }
  }
}

/// The items of a judge's run while they are made.
private struct JudgedItems {
  let judge: JudgeScorer
  let outputs: ScoredOutputs
  /// The places of the rubric.
  let names: [String]
  private(set) var shown: [JudgeRun.Shown] = []
  private(set) var failures: [Int: ScoringFailure] = [:]
  private let columns: ScoredColumns
  private var ids: [String] = []
  private var cells: [[String?]]

  init(_ judge: JudgeScorer, _ outputs: ScoredOutputs, names: [String]) {
    self.judge = judge
    self.outputs = outputs
    columns = outputs.columns(for: judge)
    var each: [String] = []
    for name in names where !each.hasText(name) { each.append(name) }
    self.names = each
    cells = each.map { _ in [] }
  }

  var inputs: RunInputs {
    RunInputs(
      items: ids,
      columns: zip(names, cells).map { RunInputs.Column(name: $0, isText: true, cells: $1) })
  }

  /// Adds all outputs, or all pairs of outputs of an item in both orders.
  mutating func add() throws(StoreError) {
    for row in outputs.items.indices {
      do throws(ScoringFailure) {
        _ = try judge.values([], [item(row)])
      } catch {
        failures[row] = error
      }
    }
    guard case .pair(let against) = judge.question else {
      for row in outputs.items.indices where failures[row] == nil {
        add(
          [row],
          id: [
            outputs.items[row].json, .string(outputs.models[row].string),
            .integer(outputs.attempts[row]),
          ])
      }
      return
    }
    try requirePairs(against)
    var groups: [ScoreRow.Key: [Int]] = [:]
    var order: [ScoreRow.Key] = []
    for row in outputs.items.indices where failures[row] == nil {
      let key = ScoreRow.Key(
        item: outputs.items[row], model: "", attempt: outputs.attempts[row], scorer: "")
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    for key in order { addPairs(groups[key] ?? [], against) }
  }

  private mutating func addPairs(_ rows: [Int], _ against: String?) {
    for (place, one) in rows.enumerated() {
      for two in rows[(place + 1)...] {
        let models = [outputs.models[one].string, outputs.models[two].string]
        guard against.map({ models.hasText($0) }) ?? true else { continue }
        for pair in [[one, two], [two, one]] {
          add(
            pair,
            id: [
              outputs.items[one].json, .integer(outputs.attempts[one]),
              .string(outputs.models[pair[0]].string), .string(outputs.models[pair[1]].string),
            ])
        }
      }
    }
  }

  private func requirePairs(_ against: String?) throws(StoreError) {
    let models = Set(outputs.models).sorted().map(\.string)
    if let against, !models.hasText(against) {
      throw StoreError(
        .usage,
        "the scorer '\(judge.identity.name)': \(outputs.version.reference) has no outputs of "
          + "'\(against)'; \(Spelling.advice(against, models))")
    }
    guard models.count > 1 else {
      throw StoreError(
        .usage,
        "the scorer '\(judge.identity.name)' compares outputs of two models, and "
          + "\(outputs.version.reference) has those of one: name their column with --by")
    }
  }

  private func item(_ row: Int) -> ScoredItem { columns.item(row) }

  private mutating func add(_ rows: JudgeRun.Shown, id: [JSON]) {
    do throws(ScoringFailure) {
      let values = try judge.values(names, rows.map(item))
      for (place, value) in values.enumerated() { cells[place].append(value) }
      shown.append(rows)
      ids.append(JSON.array(id).text)
    } catch {
      for row in rows { failures[row] = error }
    }
  }
}
