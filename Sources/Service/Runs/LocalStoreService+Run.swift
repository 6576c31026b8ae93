import Analysis
import Columns
import Formats
package import Model
import Providers
package import Running
import Store
package import Wire

extension LocalStoreService {
  /// The attributes with which versions of outputs describe their run.
  enum RunAttribute {
    static let document = "run"
    static let status = "run.status"
    static let stop = "run.stop"
    static let answers = "run.answers"
    static let calls = "run.calls"
    static let unknown = "run.unknown"
    static let unsent = "run.unsent"
    /// The version of the prompt; comparisons name another one by this name.
    static let prompt = "prompt_version"
  }

  /// Executes a run: makes the calls that have no outcome, and saves the outcomes as a version.
  ///
  /// A run whose process ended before it did goes on where it was. Cancelling the task cancels the
  /// calls under way.
  /// - Parameters:
  ///   - document: A document `run/1`, with references of any form.
  ///   - control: Asks to send no more calls.
  /// - Throws: ``StoreError`` when the run cannot begin, or what happens cannot be kept.
  package func run(
    _ document: JSON, message: String, author: String, control: RunControl,
    progress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(StoreError) -> RunReportDocument {
    let prepared = try prepare(document)
    let (report, outcome) = try await made(prepared, message, author, control, progress)
    return await scored(report, outcome, of: prepared, author, control, progress)
  }

  /// Executes a run that is prepared, as ``run(_:message:author:control:progress:)``.
  func made(
    _ prepared: PreparedRun, _ message: String, _ author: String, _ control: RunControl,
    _ progress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(StoreError) -> (report: RunReportDocument, outcome: RunOutcome) {
    try prepared.requireBounds()
    let saved = try keepDocument(of: prepared, message, author)
    let log = try RunLog(store, prepared.into, number: saved.number)
    try log.forgetCancel()
    let known = try knownOutcomes(prepared, run: saved)
    let history = try history(of: saved.number, into: prepared.into)
    let latest = try store.catchUp(prepared.into)
    let outcome = try await execute(
      prepared, saved.reference, log, history, known, control, progress)
    try log.forgetCancel()
    let report = try keep(outcome, of: prepared, saved, latest, message, author)
    try log.remove()
    return (report, outcome)
  }

  /// The report with the scores of the outputs, where the document has scorers.
  ///
  /// What cannot be scored can be later: that is no reason to lose the report of a run.
  private func scored(
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

  /// Saves the document of a run; the latest one again makes no version.
  private func keepDocument(
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

  func history(of number: Int, into dataset: DatasetName) throws(StoreError) -> RunHistory {
    var history = RunHistory()
    for bytes in try RunLog.records(of: dataset, number: number, in: store) {
      history.add(try JournalRecord(parsing: bytes))
    }
    return history
  }

  /// The outcomes that calls of a run already have: in the latest version, and in the journals of
  /// runs into the same dataset that were interrupted.
  func knownOutcomes(
    _ prepared: PreparedRun, run: Version?
  ) throws(StoreError) -> [Digest: JSON.Object] {
    let reuses = prepared.definition.reusesAnswers
    var known: [Digest: JSON.Object] = [:]
    if reuses {
      for number in try RunLog.unfinished(prepared.into, in: store) where number != run?.number {
        let results = try history(of: number, into: prepared.into).results
        known.merge(results) { $1 }
      }
    }
    for version in try versions(with: prepared) {
      for columns in try outcomes(of: version) {
        guard columns["reused"] != .bool(true),
          let key = (columns["call_key"]?.string).flatMap({ Digest(parsing: $0) })
        else { continue }
        // A run that measures again takes only what it has measured itself.
        let isOwn = run.map { columns["run"] == .string($0.reference) } ?? false
        if reuses || isOwn { known[key] = columns }
      }
    }
    return known.filter { RunColumns.isReusable($0.value) }
  }

  /// The versions whose answers stand for calls of a run, the newest last: the latest one, and all
  /// of a judge, who is asked about one version of outputs and then another.
  private func versions(with prepared: PreparedRun) throws(StoreError) -> [Version] {
    guard prepared.definition.judging != nil, try latest(prepared.into) != nil else {
      return try [latest(prepared.into)].compactMap { $0 }
    }
    return try store.versions(of: prepared.into).reversed()
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
      providers[DataText(target.provider.name)] = Provider(target.provider)
    }
    var environment = RunEnvironment(time: store.clock)
    environment.progress = progress
    let callees = providers
    let runner = Runner(
      prepared.plan, prepared.definition, named: name, prepared.prices,
      journal: StoredCallJournal(log: log, store: store), history: history, known: known,
      in: environment
    ) { (target, request) async throws(ProviderError) -> Answer in
      guard let provider = callees[target.provider.name] else {
        preconditionFailure("each target of a plan has its provider")
      }
      return try await provider.call(target, request)
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
