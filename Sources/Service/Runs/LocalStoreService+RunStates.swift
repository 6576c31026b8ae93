import Analysis
package import Model
import Providers
import Running
import Store
package import Wire

extension LocalStoreService {
  /// A run: the version of its document, and the outputs that it gave, if any.
  struct NamedRun {
    let document: Version
    let definition: RunDefinition
    let into: DatasetName
    let outputs: Version?
  }

  /// The run that a reference names: `triage@4` by its outputs, `triage.run@2` by its document, and
  /// `triage` the newest one, whether it has given outputs yet or was interrupted.
  /// - Throws: ``StoreError``: `missing` when there is no such version, `usage` for one that no run
  ///   made.
  func namedRun(_ text: String) throws(StoreError) -> NamedRun {
    let reference = try Reference(parsing: text)
    try requireSight(of: reference.dataset)
    if try latest(reference.dataset) == nil,
      try latest(DatasetName(reference.dataset.text + ".run")) != nil
    {
      // It was interrupted before there were outputs.
      return try namedRun("\(reference.dataset).run")
    }
    let version = try store.resolve(reference)
    var document = version
    var outputs: Version?
    if version.record.kind != .runs {
      guard let run = version.record.attributes[RunAttribute.document] else {
        throw StoreError(
          .usage,
          "\(version.reference) was not made by a run; name the outputs of one, or its document, such "
            + "as \(version.dataset).run@1")
      }
      outputs = version
      document = try seen(run)
      if reference.selector == .latest, reference.back == 0,
        let newest = try RunLog.unfinished(reference.dataset, in: store).max(),
        newest > document.number
      {
        return try namedRun("\(document.dataset)@\(newest)")
      }
    }
    guard let json = try? JSON(parsing: try self.document(document.pinned).json, depth: 64) else {
      throw StoreError(.usage, "\(document.reference) is not the document of a run")
    }
    let definition = try Self.definition(json)
    let into = try DatasetName(definition.into)
    if outputs == nil, try latest(into) != nil {
      outputs = try store.versions(of: into).first {
        $0.record.attributes[RunAttribute.document] == document.reference
      }
    }
    return NamedRun(document: document, definition: definition, into: into, outputs: outputs)
  }

  /// The document of a run, as it can be executed again.
  package func runDocument(_ text: String) throws(StoreError) -> JSON {
    try namedRun(text).definition.json
  }

  /// The state of a run: by its journal, where it goes on or was interrupted, else by its outputs.
  package func runStatus(_ text: String) throws(StoreError) -> RunReportDocument {
    let run = try namedRun(text)
    let isOpen = try RunLog.unfinished(run.into, in: store).contains(run.document.number)
    guard isOpen else { return try finishedStatus(run) }
    let isRunning = try RunLog.isExecuted(run.into, in: store)
    var report = RunReportDocument(
      run: run.document.reference, state: isRunning ? "running" : "interrupted")
    let prepared = try prepare(run.definition.json)
    let history = try history(of: run.document.number, into: run.into)
    let known = try knownOutcomes(prepared, run: run.document).outcomes
    let results = known.merging(history.results) { $1 }
    report.targets = prepared.plan.states(results)
    report.calls = history.sends.values.reduce(0, +)
    report.reused = known.count
    report.costNanodollars = history.charged
    report.jobs = history.jobs.count
    let unknown = isRunning ? history.unknown : history.unknown.filter { $0.job == nil }
    var bounds = unknown.map(\.bound)
    report.unknown = unknown.count
    if let carried = history.carried, carried.unknown > 0, !isRunning {
      report.unknown += carried.unknown
      bounds.append(carried.bound)
    }
    report.unknownNanodollars =
      bounds.contains { $0 == nil } ? nil : bounds.reduce(Int64(0)) { $0.adding($1 ?? 0) }
    report.oldestMilliseconds = unknown.first.map {
      max(0, store.clock().microseconds - $0.time.microseconds) / 1_000
    }
    return report
  }

  private func finishedStatus(_ run: NamedRun) throws(StoreError) -> RunReportDocument {
    guard let outputs = run.outputs else {
      return RunReportDocument(run: run.document.reference, state: "not begun")
    }
    let attributes = outputs.record.attributes
    var report = RunReportDocument(
      run: run.document.reference, state: attributes[RunAttribute.status] ?? "unknown")
    report.stop = attributes[RunAttribute.stop]
    report.version = document(for: outputs)
    report.answers = attributes[RunAttribute.answers].flatMap { Digest(parsing: $0) }
    report.calls = attributes[RunAttribute.calls].flatMap { Int($0) } ?? 0
    report.unknown = attributes[RunAttribute.unknown].flatMap { Int($0) } ?? 0
    let prepared = try prepare(run.definition.json)
    var results: [Digest: JSON.Object] = [:]
    for columns in try outcomes(of: outputs) {
      guard let key = (columns["call_key"]?.string).flatMap({ Digest(parsing: $0) }) else {
        continue
      }
      results[key] = columns
    }
    report.targets = prepared.plan.states(results)
    report.changes = try changes(of: outputs, run.definition)
    return report
  }

  /// Asks the process that executes a run to send no more calls; a run that no process executes any
  /// more ends with what it has.
  /// - Returns: Nil when a process was asked; else the outcome.
  package func cancelRun(
    _ text: String, author: String
  ) async throws(StoreError) -> RunReportDocument? {
    let run = try namedRun(text)
    if try RunLog.cancel(run.into, in: store) { return nil }
    guard try RunLog.unfinished(run.into, in: store).contains(run.document.number) else {
      throw StoreError(
        .usage, "\(run.document.reference) does not go on: there is nothing to cancel")
    }
    var request = RunRequest(document: run.definition.json)
    request.author = author
    let ready = try ready(request)
    ready.stop()
    return try await self.run(ready, repeatsUnknown: { _, _ in true }, progress: { _ in })
  }

  /// The calls that a run would make, and bounds of their costs; nothing is sent or saved.
  package func estimateRun(_ document: JSON) throws(StoreError) -> RunEstimateDocument {
    let prepared = try prepare(document)
    let known = try knownOutcomes(prepared, run: nil, resumes: false).outcomes
    var earlier: [DataText: (sum: Int64, count: Int64)] = [:]
    if let latest = try latest(prepared.into) {
      for (name, cost) in try statedCosts(of: latest) {
        guard let cost else { continue }
        let sum = earlier[name, default: (0, 0)].sum
        earlier[name, default: (0, 0)].sum = sum.adding(cost)
        earlier[name, default: (0, 0)].count += 1
      }
    }
    let targets = prepared.plan.targets.enumerated().map { index, target in
      let calls = prepared.plan.calls.filter { $0.target == index }
      let unmade = calls.filter { known[$0.key] == nil }
      let bounds = unmade.map(\.bound)
      let mean = earlier[DataText(target.name)]
      return RunEstimateDocument.Target(
        model: target.name, calls: unmade.count, known: calls.count - unmade.count,
        likelyNanodollars: mean.map {
          ($0.sum / $0.count).multiplied(by: Int64(unmade.count))
        },
        mostNanodollars: bounds.contains { $0 == nil }
          ? nil : bounds.reduce(Int64(0)) { $0.adding($1 ?? 0) })
    }
    return RunEstimateDocument(
      inputs: prepared.inputs.reference, providers: prepared.providers.reference,
      items: prepared.plan.items.count, targets: targets,
      notes: prepared.notes
        + (prepared.definition.hasJudge ? ["the calls of its judges are not counted here"] : []))
  }

  /// The model of each row of outputs, and its cost in nanodollars; nil for an unknown one.
  func statedCosts(of version: Version) throws(StoreError) -> [(model: DataText, cost: Int64?)] {
    let names = try store.snapshot(version).schema.columns.map(\.name)
    guard names.hasText("model"), names.hasText("cost_usd") else { return [] }
    let table = try table(version.pinned, columns: ["model", "cost_usd"]).table
    let models = try table.texts("model")
    let costs = try table.numbers("cost_usd")
    return zip(models, costs).map { model, cost in
      (DataText(model ?? ""), cost.flatMap { Int64(exactly: ($0 * 1e9).rounded()) })
    }
  }
}

extension RunPlan {
  /// The state of each target, given outcomes.
  fileprivate func states(_ results: [Digest: JSON.Object]) -> [RunReportDocument.Target] {
    targets.enumerated().map { index, target in
      let calls = calls.filter { $0.target == index }
      let done = calls.compactMap { results[$0.key] }
      return RunReportDocument.Target(
        model: target.name, done: done.count, total: calls.count,
        errors: done.count { RunColumns.isError($0) }, stop: nil)
    }
  }
}
