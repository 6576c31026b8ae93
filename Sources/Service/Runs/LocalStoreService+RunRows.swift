import Formats
import Model
import Running
import Store
import Wire

extension LocalStoreService {
  /// Saves the outcomes of a run as the next version, and describes it; equal ones make none.
  func keep(
    _ outcome: RunOutcome, of prepared: PreparedRun, _ run: Version, _ latest: Version?,
    _ message: String, _ author: String
  ) throws(StoreError) -> RunReportDocument {
    let rows = try markingChanges(prepared.plan.rows(outcome.results), prepared.definition)
    var report = RunReportDocument(run: run.reference, state: outcome.status.rawValue)
    report.take(outcome)
    report.notes = prepared.notes
    guard !rows.isEmpty else {
      report.notes.append("there is no version: no call has an outcome")
      return report
    }
    let answers = AnswersDigest.of(rows)
    report.answers = answers
    report.loads = RunReportDocument.Load.all(of: rows)
    var push = PushRequest()
    push.kind = .outputs
    push.key = RunColumns.key
    push.precondition = .number(latest?.number ?? 0)
    push.message = message
    push.author = author
    push.lineage = (prepared.sources + [run]).map(\.pinned)
    push.attributes = Self.attributes(outcome, run, answers)
    push.attributes[RunAttribute.prompt] = prepared.prompt?.reference
    let pushed = try pushRows(rows, prepared, push)
    report.version = document(for: pushed.version)
    report.isNew = pushed.isNew
    report.notes += pushed.warnings
    if pushed.isNew {
      report.difference = Self.afterSave(
        of: pushed.version, "what changed cannot be counted", &report.notes
      ) { () throws(StoreError) in try ChangeCounts(pushed.version, in: store) }
    }
    report.changes = Self.afterSave(
      of: pushed.version, "it cannot be held against the run before", &report.notes
    ) { () throws(StoreError) in try changes(of: pushed.version, prepared.definition) }
    return report
  }

  private static func attributes(
    _ outcome: RunOutcome, _ run: Version, _ answers: Digest
  ) -> [String: String] {
    var attributes = [
      RunAttribute.document: run.reference, RunAttribute.status: outcome.status.rawValue,
      RunAttribute.answers: answers.description, RunAttribute.calls: String(outcome.sends),
    ]
    attributes[RunAttribute.stop] = outcome.stop?.rawValue
    if outcome.unknown > 0 {
      attributes[RunAttribute.unknown] = String(outcome.unknown)
      attributes[RunAttribute.unknownBound] = outcome.unknownBound.map { String($0) }
    }
    attributes[RunAttribute.spent] = String(outcome.atMost)
    attributes[RunAttribute.sends] = String(outcome.allSends)
    let unsent = outcome.targets.reduce(0) { $0 + $1.unsent }
    if unsent > 0 { attributes[RunAttribute.unsent] = String(unsent) }
    return attributes
  }

  private func pushRows(
    _ rows: [JSON.Object], _ prepared: PreparedRun, _ push: PushRequest
  ) throws(StoreError) -> PushResult {
    var types = RunColumns.types(hasMessages: prepared.hasMessages)
    for column in prepared.carried { types[DataText(column.name)] = column.type }
    var places: [DataText: Int] = [:]
    for item in prepared.plan.items { places[DataText(item.id)] = item.row }
    var whole = rows
    for index in whole.indices {
      let place = (whole[index]["item"]?.string).flatMap { places[$0] }
      for column in prepared.carried {
        whole[index][column.name] = place.map { column.cells[$0] }
      }
    }
    let aligned = RunColumns.aligned(whole)
    let present = (aligned.first?.object?.names ?? []).textSet
    types = types.filter { present.contains($0.key) }
    var lines: [UInt8] = []
    for row in aligned { lines += row.compactBytes + [UInt8(ascii: "\n")] }
    var options = options(push)
    options.types = types
    let reader = try JSONReader(
      MemorySource(name: "the outputs", bytes: lines), layout: .lines,
      options: ReadOptions(types: types))
    return try store.push(prepared.into, reader, options) { _ in }
  }
}

extension RunReportDocument {
  /// The order of failures: by the time at which they ended, those of one moment by their calls.
  private static func order(_ columns: JSON.Object) -> (String, String) {
    (columns["completed_at"]?.string ?? "", columns["call_key"]?.string ?? "")
  }

  fileprivate mutating func take(_ outcome: RunOutcome) {
    stop = outcome.stop?.rawValue
    targets = outcome.targets.map {
      Target(model: $0.name, done: $0.done, total: $0.total, errors: $0.errors, stop: $0.stop)
    }
    var counts: [DataText: Int] = [:]
    let failed = outcome.results.values.filter { RunColumns.isError($0) }
    for columns in failed {
      if let kind = columns["error_class"]?.string { counts[DataText(kind), default: 0] += 1 }
    }
    errors = counts.map { ErrorCount(errorClass: $0.key.string, count: $0.value) }
      .sorted { ($1.count, $0.errorClass) < ($0.count, $1.errorClass) }
    let first = failed.min { Self.order($0) < Self.order($1) }
    firstError = first.flatMap { columns in
      columns["error"]?.string.map { "\(columns["error_class"]?.string ?? "error"): \($0)" }
    }
    calls = outcome.sends
    retries = outcome.retries
    reused = outcome.reused
    jobs = outcome.jobs
    unknown = outcome.unknown
    unknownNanodollars = outcome.unknown > 0 ? outcome.unknownBound : nil
    costNanodollars = outcome.cost
    unpriced = outcome.unknownCosts
  }
}
