package import Model
import Providers
import Running
import Scoring
import Store
package import Wire

extension LocalStoreService {
  /// Applies scorers to the outputs of a version as ``score(_:)`` does, also those that start
  /// programs, call models or ask people.
  ///
  /// The calls of a judge are a run, whose outputs are kept as `SCORES.NAME`: answers that are
  /// there are not bought again. Cancelling the task cancels the calls under way.
  /// - Throws: ``StoreError`` as ``score(_:)`` and a run do.
  package func score(
    _ request: ScoreRequest, calling calls: ScoringCalls
  ) async throws(StoreError) -> ScoresDocument {
    var request = request
    request.scorers = try pinned(request.scorers) { () throws(StoreError) in
      try providerSet(calls.providers).set
    }
    let planned = try planned(request, allowsOutside: true)
    var rows: [ScoreRow] = []
    var sources: [Version] = []
    var judged: [ScoresDocument.Calls] = []
    var tasks: [ScoresDocument.Task] = []
    var spent = calls.spent
    for (scorer, measure) in zip(request.scorers, planned.measures) {
      switch measure {
      case let command as CommandScorer:
        rows += await planned.outputs.rows(by: command)
      case let judge as JudgeScorer:
        let found = try await self.judged(judge, scorer, planned, calls, spent: spent)
        rows += found.rows
        judged.append(found.calls)
        spent = spent.adding(found.spent)
        if let version = found.version { sources.append(version) }
      case let human as HumanScorer:
        let found = try rated(human, planned)
        rows += found.rows
        if let task = found.task { tasks.append(task) }
        if let version = found.version { sources.append(version) }
      default: rows += try scores(planned.outputs, [measure])
      }
    }
    guard !Task.isCancelled else {
      throw StoreError.requestLimit("the scoring was cancelled; no score was saved")
    }
    var document = try saved(rows, of: planned, sources: sources)
    if !judged.isEmpty { document.calls = judged }
    if !tasks.isEmpty { document.tasks = tasks }
    return document
  }

  /// The scores of a judge.
  private struct Judged {
    let rows: [ScoreRow]
    let calls: ScoresDocument.Calls
    /// The version with its calls.
    var version: Version?
    /// The most that they can have cost, in nanodollars.
    var spent: Int64 = 0
  }

  private func judged(
    _ judge: JudgeScorer, _ scorer: JSON, _ planned: PlannedScores, _ calls: ScoringCalls,
    spent: Int64
  ) async throws(StoreError) -> Judged {
    let run = try judgeRun(
      try Self.definition(Self.judgeDocument(judge, scorer, planned, calls, spent: spent)))
    guard !run.isEmpty else {
      return Judged(
        rows: run.scores(nil).rows,
        calls: .init(
          scorer: judge.identity.name, target: judge.target, run: nil, pairs: nil,
          disagreements: nil))
    }
    let (report, outcome) = try await made(
      run.prepared, planned.request.message ?? "", author(planned.request.author ?? ""),
      calls.control, calls.progress)
    let scores = run.scores(outcome)
    let version = try report.version.map { (version) throws(StoreError) in
      try store.resolve(try Reference(parsing: version.reference))
    }
    return Judged(
      rows: scores.rows,
      calls: .init(
        scorer: judge.identity.name, target: judge.target, run: report,
        pairs: judge.isOfPairs ? scores.pairs : nil,
        disagreements: judge.isOfPairs ? scores.disagreements : nil),
      version: version, spent: outcome.atMost)
  }

  /// The document of the run in which a judge is asked.
  private static func judgeDocument(
    _ judge: JudgeScorer, _ scorer: JSON, _ planned: PlannedScores, _ calls: ScoringCalls,
    spent: Int64
  ) -> JSON {
    let request = planned.request
    var judging: JSON.Object = ["scorer": scorer, "output": .string(planned.output)]
    judging["by"] = request.by.map(JSON.string)
    judging["repeat"] = request.repeats.map(JSON.string)
    judging["inputs"] = request.inputs.map(JSON.string)
    var members: JSON.Object = [
      "schema": .string(RunDefinition.schema),
      "inputs": .string(planned.outputs.version.reference), "judging": .object(judging),
      "prompt": ["template": .string(judge.rubric)],
      "targets": JSON([judge.target]), "providers": .string(calls.providers),
      "repetitions": .integer(Int64(judge.votes)),
      "into": .string("\(planned.dataset).\(judge.identity.name)"),
    ]
    if !judge.params.isEmpty { members["params"] = .object(judge.params) }
    let (limits, allowsUnpriced) = calls.limits(spent: spent)
    if !limits.isEmpty {
      members["limits"] = .object(
        JSON.Object(limits.map { ($0, JSON.integer(Int64($1))) }))
    }
    if allowsUnpriced { members["allow_unpriced"] = .bool(true) }
    return .object(members)
  }

  /// The run in which a judge is asked, by its document.
  /// - Throws: ``StoreError``: `invalid` for a configuration that is not a judge's, and as a run
  ///   does.
  func judgeRun(_ given: RunDefinition) throws(StoreError) -> JudgeRun {
    let judging = given.judging ?? JSON.Object()
    let scorer = judging["scorer"] ?? .null
    let document = try ScorerDocument(
      .array([scorer]), output: judging["output"]?.string ?? "output")
    guard let judge = document.measures[0] as? JudgeScorer else {
      throw StoreError(.invalid, "the run has a fault:\n/judging/scorer: is not one of type judge")
    }
    let run = try resolved(given)
    var request = ScoreRequest(run.inputs.reference, scorers: [scorer])
    request.by = judging["by"]?.string
    request.repeats = judging["repeat"]?.string
    request.inputs = judging["inputs"]?.string
    let outputs = try ScoredOutputs(run.inputs, request, [judge], in: self)
    let rubric = try prompt(judge.rubric).prompt
    let text = rubric.json.object?["text"]?.string ?? ""
    let asked: PromptDocument
    do throws(DocumentFaults) {
      asked = try PromptDocument(
        text: text + "\n\n" + judge.question.instruction,
        system: rubric.json.object?["system"]?.string)
    } catch {
      throw StoreError(.invalid, "the rubric \(judge.rubric) cannot be sent:\n\(error)")
    }
    return try JudgeRun(judge, outputs, run, asked)
  }
}

extension ScoredOutputs {
  /// The rows of each model, models in the order of their first.
  private var rowsByModel: [(model: DataText, rows: [Int])] {
    var places: [DataText: Int] = [:]
    var groups: [(model: DataText, rows: [Int])] = []
    for (row, model) in models.enumerated() {
      if let place = places[model] {
        groups[place].rows.append(row)
      } else {
        places[model] = groups.count
        groups.append((model, [row]))
      }
    }
    return groups
  }

  /// The rows of a program's scores.
  fileprivate func rows(by command: CommandScorer) async -> [ScoreRow] {
    command.isOfSet ? await setRows(by: command) : await itemRows(by: command)
  }

  private func itemRows(by command: CommandScorer) async -> [ScoreRow] {
    let columns = self.columns(for: command)
    var lines: [UInt8] = []
    var results: [Result<Score, ScoringFailure>?] = []
    var given: [Int] = []
    for row in items.indices {
      do throws(ScoringFailure) {
        let line = try command.line(
          columns.item(row), key(of: row, scorer: ""), id: given.count)
        lines += line.compactBytes + [UInt8(ascii: "\n")]
        given.append(row)
        results.append(nil)
      } catch {
        results.append(.failure(error))
      }
    }
    let written: Result<[UInt8], ScoringFailure> =
      given.isEmpty ? .success([]) : await command.written(for: lines)
    let scores = written.map { WrittenScores(parsing: $0, count: given.count) }
    for (id, row) in given.enumerated() {
      results[row] = scores.flatMap { $0.score(id) }
    }
    return items.indices.flatMap { row in
      ScoreRow.rows(
        command.identity, of: version.reference,
        results[row] ?? .failure(ScoringFailure("it was not given to the program")),
        reference: reference(of: row, for: command)
      ) { name in key(of: row, scorer: name) }
    }
  }

  private func setRows(by command: CommandScorer) async -> [ScoreRow] {
    let sets = rowsByModel
    let columns = self.columns(for: command)
    var lines: [UInt8] = []
    var counts: [(scored: Int, errors: Int)] = []
    for (id, (_, rows)) in sets.enumerated() {
      let (line, missing) = command.line(
        rows.map { (columns.item($0), key(of: $0, scorer: "")) }, id: id)
      lines += line.compactBytes + [UInt8(ascii: "\n")]
      counts.append((rows.count - missing, missing))
    }
    let written = await command.written(for: lines)
    return sets.enumerated().map { id, set in
      let (scored, errors) = counts[id]
      let score: SetScore
      switch written {
      case .success(let bytes):
        score = WrittenScores(parsing: bytes, count: sets.count)
          .setScore(id, scored: scored, errors: errors)
      case .failure(let failure):
        score = SetScore(note: failure.message, scored: 0, errors: scored + errors)
      }
      return ScoreRow.row(command.identity, of: version.reference, score, model: set.model)
    }
  }
}

extension CommandScorer {
  /// The program's output for these lines.
  fileprivate func written(for lines: [UInt8]) async -> Result<[UInt8], ScoringFailure> {
    let program = PipedProgram(
      argv: argv, environment: environment, timeout: .seconds(timeout))
    do throws(ProviderError) {
      return .success(try await program.output(for: lines))
    } catch {
      return .failure(ScoringFailure(error.message))
    }
  }
}
