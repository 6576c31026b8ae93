import Analysis
import Columns
import Formats
import Model
import Platform
import Providers
import Running
import Store
import Wire

extension LocalStoreService {
  /// The attributes with which versions of outputs describe their run.
  enum RunAttribute {
    static let document = "run"
    static let status = "run.status"
    static let stop = "run.stop"
    static let answers = "run.answers"
    static let calls = "run.calls"
    static let unknown = "run.unknown"
    static let unknownBound = "run.unknown_bound"
    static let unsent = "run.unsent"
    /// The version of the prompt; comparisons name another one by this name.
    static let prompt = "prompt_version"
    static let spent = "run.spent"
    static let sends = "run.sends"
  }

  /// Makes the calls of a run that have no outcome, and saves the outcomes as a version.
  ///
  /// A run whose process ended before it did goes on where it was. Cancelling the task cancels the
  /// calls under way.
  /// - Parameters:
  ///   - resumes: True to go on with a run that ended, also where answers are not reused.
  ///   - control: Asks to send no more calls.
  ///   - repeatsUnknown: Returns true when calls whose outcomes are not known are made again, given
  ///     how many they are and the most that they can have cost; false to leave them out.
  /// - Throws: ``StoreError`` when the run cannot begin, or what happens cannot be kept.
  func made(
    _ prepared: PreparedRun, resumes: Bool = false, _ message: String, _ author: String,
    _ control: RunControl,
    _ progress: @escaping @Sendable (RunProgress) -> Void,
    _ repeatsUnknown: (Int, Int64?) throws(StoreError) -> Bool = { _, _ in true }
  ) async throws(StoreError) -> (report: RunReportDocument, outcome: RunOutcome) {
    try requireCalls(of: prepared)
    let saved = try keepDocument(of: prepared, message, author)
    let log = try RunLog(store, prepared.into, number: saved.number)
    try log.forgetCancel()
    var known = try knownOutcomes(prepared, run: saved, resumes: resumes)
    var history = try history(of: saved.number, into: prepared.into)
    history.forget(known.others(in: history.results))
    let latest = try store.catchUp(prepared.into)
    if history.isEmpty, let end = try ended(saved, into: prepared.into) {
      // In the journal, so that a crash behind the next version counts nothing twice.
      let record = JournalRecord.carried(end)
      try await log.append([record.bytes])
      history.add(record)
    }
    let unknown = try unknownCalls(prepared, history, known.outcomes, latest)
    if !unknown.isEmpty {
      let bounds = unknown.map(\.bound)
      let most =
        bounds.contains { $0 == nil } ? nil : bounds.reduce(Int64(0)) { $0.adding($1 ?? 0) }
      if try !repeatsUnknown(unknown.count, most) {
        for call in unknown {
          known.set(call.key, prepared.plan.unknownOutcome(call, saved.reference))
        }
      }
    }
    let outcome = try await execute(
      prepared, saved.reference, log, history, known.outcomes, control, progress)
    try log.forgetCancel()
    // A run that is cancelled keeps what it has, too.
    var report = try CancellationFlag.ignored { () throws(StoreError) in
      try keep(outcome, of: prepared, saved, latest, message, author)
    }
    report.notes += known.notes(prepared.plan)
    // Jobs that go on are asked for by their ids, which only the journal has.
    guard outcome.jobs == 0 else { return (report, outcome) }
    do throws(StoreError) {
      try log.remove()
    } catch {
      report.notes.append(
        "the outcomes are saved, but the journal of \(saved.reference) stays, so that its status is "
          + "'interrupted' until it is resumed: \(error.message)")
    }
    return (report, outcome)
  }

  /// The report with the scores of the outputs, where the document has scorers.
  ///
  /// What cannot be scored can be later: that is no reason to lose the report of a run.
  func scored(
    _ report: RunReportDocument, _ outcome: RunOutcome, of prepared: PreparedRun,
    _ author: String, _ control: RunControl,
    _ progress: @escaping @Sendable (RunProgress) -> Void
  ) async -> RunReportDocument {
    let definition = prepared.definition
    guard !definition.scorers.isEmpty, let version = report.version else { return report }
    var report = report
    guard outcome.status != .cancelled else {
      report.unscored = "the run was cancelled"
      return report
    }
    var request = ScoreRequest(version.reference, scorers: definition.scorers)
    request.author = author
    // Those of kind inputs are found by the lineage.
    if prepared.inputs.record.kind != .inputs { request.inputs = prepared.inputs.reference }
    var calls = ScoringCalls()
    calls.providers = prepared.providers.reference
    calls.maxMicrodollars = definition.limits.maxMicrodollars
    calls.spent = outcome.atMost
    calls.allowsUnpriced = definition.allowsUnpriced
    calls.concurrency = definition.limits.concurrency
    calls.control = control
    calls.progress = progress
    do throws(StoreError) {
      report.scores = try await score(request, calling: calls)
    } catch {
      report.unscored = error.message
    }
    return report
  }

  /// Throws unless the calls of a run may be made: their costs have bounds where their sum has one,
  /// and no program is started where none may be.
  func requireCalls(of prepared: PreparedRun) throws(StoreError) {
    try prepared.requireBounds()
    try requireOutputs(in: prepared.into)
    for target in prepared.plan.targets { try callRules.require(target.provider) }
  }

  /// Saves the document of a run; the latest one again makes no version.
  func keepDocument(
    of prepared: PreparedRun, _ message: String, _ author: String
  ) throws(StoreError) -> Version {
    if let latest = try latest(prepared.documents), latest.record.kind != .runs {
      throw StoreError(
        .usage,
        "'\(prepared.documents)' holds \(latest.record.kind.rawValue), where the documents of runs "
          + "into '\(prepared.into)' belong; choose another name with --into")
    }
    var push = PushRequest()
    push.kind = .runs
    push.message = message
    push.author = author
    push.lineage = prepared.sources.map(\.pinned)
    return try saveDocument(
      prepared.definition.json.canonicalBytes, as: prepared.documents, push
    ).version
  }

  /// The end of the last execution of a run that ended; nil when none did.
  private func ended(
    _ run: Version, into dataset: DatasetName
  ) throws(StoreError) -> RunHistory.Carried? {
    guard try latest(dataset) != nil,
      let attributes = try store.versions(of: dataset).first(where: {
        $0.record.attributes[RunAttribute.document] == run.reference
      })?.record.attributes,
      let spent = attributes[RunAttribute.spent].flatMap({ Int64($0) })
    else { return nil }
    return RunHistory.Carried(
      spent: spent, sends: attributes[RunAttribute.sends].flatMap { Int($0) } ?? 0,
      unknown: attributes[RunAttribute.unknown].flatMap { Int($0) } ?? 0,
      bound: attributes[RunAttribute.unknownBound].flatMap { Int64($0) })
  }

  func history(of number: Int, into dataset: DatasetName) throws(StoreError) -> RunHistory {
    var history = RunHistory()
    for bytes in try RunLog.records(of: dataset, number: number, in: store) {
      history.add(try JournalRecord(parsing: bytes))
    }
    return history
  }

  /// The outcomes that calls of a run already have: in the latest versions of its outputs,
  /// and in the journals of runs into the same dataset that were interrupted.
  /// - Parameter resumes: True for a run that goes on, which takes what it has measured itself also
  ///   where answers are not reused.
  func knownOutcomes(
    _ prepared: PreparedRun, run: Version?, resumes: Bool = true
  ) throws(StoreError) -> KnownOutcomes {
    var known = KnownOutcomes(prepared.plan)
    let reuses = prepared.definition.reusesAnswers
    if try latest(prepared.into) != nil, reuses || resumes {
      // A judge is asked about one version of outputs and then another.
      let limit = prepared.definition.judging == nil ? Self.searchedVersions : Int.max
      for version in try store.versions(of: prepared.into, limit: limit) where !known.isWhole {
        guard let maker = version.record.attributes[RunAttribute.document],
          reuses || maker == run?.reference, try has(version, some: known)
        else { continue }
        for columns in try outcomes(of: version) where columns["reused"] != .bool(true) {
          // A run that measures again takes only what it has measured itself.
          let isOwn = run.map { columns["run"] == .string($0.reference) } ?? false
          if reuses || isOwn { known.add(columns) }
        }
      }
    }
    guard reuses else { return known }
    for number in try RunLog.unfinished(prepared.into, in: store) where number != run?.number {
      for columns in try history(of: number, into: prepared.into).results.values {
        known.add(columns)
      }
    }
    return known
  }

  /// Returns true when a version has an outcome of a call that has none yet.
  private func has(_ version: Version, some known: KnownOutcomes) throws(StoreError) -> Bool {
    let names = try store.snapshot(version).schema.columns.map(\.name)
    guard names.hasText("call_key") else { return false }
    return try table(version.pinned, columns: ["call_key"]).table.texts("call_key").contains {
      $0.flatMap { Digest(parsing: $0) }.map(known.lacks) ?? false
    }
  }

  /// The number of versions in which answers are looked for.
  private static let searchedVersions = 20

  /// The calls of a run whose outcomes are not known: by its journal, and by rows of calls that
  /// were left out before.
  private func unknownCalls(
    _ prepared: PreparedRun, _ history: RunHistory, _ known: [Digest: JSON.Object],
    _ latest: Version?
  ) throws(StoreError) -> [RunHistory.Unknown] {
    let calls = Dictionary(prepared.plan.calls.map { ($0.key, $0) }) { first, _ in first }
    var found: [Digest: RunHistory.Unknown] = [:]
    if let latest {
      for row in try outcomes(of: latest)
      where row["error_class"]?.string == RunColumns.unknownOutcome {
        guard let key = (row["call_key"]?.string).flatMap({ Digest(parsing: $0) }) else { continue }
        let time = (row["started_at"]?.string).flatMap { Timestamp(parsing: $0) }
        found[key] = .init(
          key: key, send: 1, bound: calls[key]?.bound, time: time ?? Timestamp(microseconds: 0))
      }
    }
    let jobs = Set(history.jobs.map(\.key))
    for call in history.unknown where !jobs.contains(call.key) { found[call.key] = call }
    return found.values.filter {
      calls[$0.key] != nil && known[$0.key] == nil && history.results[$0.key] == nil
    }.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
  }

  /// The columns of each row that describe its call's outcome; none of a version that no run made.
  func outcomes(of version: Version) throws(StoreError) -> [JSON.Object] {
    let names = try store.snapshot(version).schema.columns.map(\.name)
    let columns = RunColumns.outcomeNames.filter { names.hasText($0) }
    guard columns.hasText("call_key") else { return [] }
    let table = try table(version.pinned, columns: columns).table
    var rows = [JSON.Object](repeating: JSON.Object(), count: table.count)
    for name in columns {
      for (row, value) in try table.json(name).enumerated() where value != .null {
        rows[row].append(name, value)
      }
    }
    return rows
  }

  private func execute(
    _ prepared: PreparedRun, _ name: String, _ log: RunLog, _ history: RunHistory,
    _ known: [Digest: JSON.Object], _ control: RunControl,
    _ progress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(StoreError) -> RunOutcome {
    var providers: [DataText: Provider] = [:]
    for target in prepared.plan.targets where providers[target.provider.name] == nil {
      providers[DataText(target.provider.name)] = Provider(
        target.provider, secrets: callRules.secrets)
    }
    var environment = RunEnvironment(time: store.clock)
    environment.progress = progress
    let callees = providers
    let runner = Runner(
      prepared.plan, prepared.definition, named: name, prepared.prices,
      journal: StoredCallJournal(log: log, store: store), history: history, known: known,
      in: environment
    ) { (target, request, job) async throws(ProviderError) -> Answer in
      guard let provider = callees[target.provider.name] else {
        preconditionFailure("each target of a plan has its provider")
      }
      return try await provider.call(target, request, job: job)
    }
    control.onStop { Task { await runner.stop() } }
    let watch = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(300))
        if log.isCancelled { control.stop() }
      }
    }
    defer { watch.cancel() }
    let result: Result<RunOutcome, StoreError>
    do throws(StoreError) {
      result = .success(try await runner.run())
    } catch {
      result = .failure(error)
    }
    for provider in providers.values { await provider.close() }
    return try result.get()
  }
}

extension PreparedRun {
  /// Throws unless each call has a bound of its cost, where there is a bound of the sum.
  fileprivate func requireBounds() throws(StoreError) {
    guard definition.limits.maxMicrodollars != nil, !definition.allowsUnpriced else { return }
    for call in plan.calls where call.bound == nil {
      let target = plan.targets[call.target]
      throw StoreError(
        .usage,
        "nothing bounds what a call of '\(target.name)' costs, so that --max-usd cannot hold: give "
          + "its provider 'prices' with its model and a 'max_tokens' (--max-tokens), or "
          + "limits.max_cost_per_call_usd_micros; or call it regardless with --allow-unpriced")
    }
  }
}
