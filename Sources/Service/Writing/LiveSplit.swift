import Analysis
import Model
import Routing
import Store
import Wire

/// A split of live traffic: of a rule among variants, or of all requests between two versions
/// during a ramp.
struct LiveSplit: Sendable {
  /// The column of decisions that names the arm.
  let column: String
  /// The column of decisions that identifies units.
  let unit: String
  /// The control first.
  let plan: [ExperimentUnits.Plan]
  /// The values that columns must have for a decision to be part of it.
  fileprivate let wanted: [(column: String, value: String)]
  /// Decisions before that time are not part of it.
  fileprivate let since: Timestamp?

  /// The decisions that are part of it.
  func rows(of table: ColumnTable) throws(StoreError) -> [Int] {
    var rows = Array(0..<table.count)
    for (column, value) in wanted {
      let texts = try table.texts(column)
      rows = rows.filter { texts[$0]?.hasBytes(of: value) == true }
    }
    if let since {
      let times = try table.numbers("evaluated_at_us")
      rows = rows.filter { (times[$0] ?? 0) >= Double(since.microseconds) }
    }
    return rows
  }
}

extension LocalStoreService {
  /// The split of a request; version, rule and control are filled in.
  /// - Throws: ``StoreError``: `missing` where nothing is live, `usage` where nothing is split.
  func liveSplit(
    of name: DatasetName, _ request: inout ExperimentRequest
  ) throws(StoreError) -> LiveSplit {
    let live = try store.deployments(of: name).first
    if request.version == nil, request.rule == nil, let live, let ramp = live.record.ramp,
      live.share(at: store.clock()) < Bucket.count
    {
      return try rampSplit(live, ramp, &request)
    }
    let version: Version
    let rules: CompiledRules
    if let text = request.version {
      (version, rules) = try self.rules(try Reference(dataset: name, parsing: text))
    } else if let live {
      (version, rules) = try self.rules(name, live.record.number)
    } else {
      throw StoreError(
        .missing, "nothing of \(name) is live; name the version that splits with --version")
    }
    request.version = String(version.number)
    let splits = rules.set.rules.compactMap { rule -> (name: String, split: RuleSet.Split)? in
      if case .split(let split) = rule.serve { (rule.name, split) } else { nil }
    }
    let names = splits.map(\.name).joined(separator: ", ")
    guard
      let found = request.rule.map({ name in splits.first { $0.name.hasBytes(of: name) } })
        ?? (splits.count == 1 ? splits[0] : nil)
    else {
      throw StoreError(
        .usage,
        splits.isEmpty
          ? "no rule of \(version.reference) splits its requests"
          : "name the rule of \(version.reference) that splits with --rule: \(names)")
    }
    request.rule = found.name
    let variants = found.split.variants
    let control =
      request.control ?? variants.max { $0.weight < $1.weight }?.name ?? variants[0].name
    guard let first = variants.firstIndex(where: { $0.name.hasBytes(of: control) }) else {
      throw StoreError(
        .usage,
        "the rule '\(found.name)' has no variant '\(control)'; "
          + Spelling.advice(control, variants.map(\.name)))
    }
    request.control = control
    let ordered = [variants[first]] + variants.filter { !$0.name.hasBytes(of: control) }
    return LiveSplit(
      column: "variant", unit: "unit_hash",
      plan: ordered.map {
        .init(
          variant: $0.name, target: $0.target,
          share: Double($0.weight) / Double(Bucket.count))
      }, wanted: [("version", String(version.number)), ("rule", found.name)], since: nil)
  }

  /// The current step of a ramp; units cross over between steps.
  private func rampSplit(
    _ live: Deployment, _ plan: DeploymentRecord.Ramp, _ request: inout ExperimentRequest
  ) throws(StoreError) -> LiveSplit {
    let (old, new) = (String(plan.over), String(live.record.number))
    let share = Double(live.share(at: store.clock())) / Double(Bucket.count)
    let step = Int64(plan.seconds) * 1_000_000
    let elapsed = max(0, store.clock().microseconds - live.time.microseconds)
    let taken = min(elapsed / step, Int64(plan.steps.count - 1))
    request.version = new
    guard request.control == nil || request.control == old || request.control == new else {
      throw StoreError(.usage, "while \(new) takes the place of \(old), one of them is the control")
    }
    request.control = request.control ?? old
    let arms = [
      ExperimentUnits.Plan(variant: old, target: "\(live.dataset)@\(old)", share: 1 - share),
      ExperimentUnits.Plan(variant: new, target: "\(live.dataset)@\(new)", share: share),
    ]
    return LiveSplit(
      column: "version", unit: "ramp_unit_hash",
      plan: request.control == old ? arms : arms.reversed(),
      wanted: [("deployment_id", "\(live.dataset)#\(live.sequence)")],
      since: Timestamp(microseconds: live.time.microseconds + taken * step))
  }
}
