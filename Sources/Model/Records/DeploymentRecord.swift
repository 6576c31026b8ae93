/// A deployment: the version of a rule set that decides from then on.
///
/// The newest one in a dataset's log names the live version; an older version is deployed again to
/// return to it, so that its digest in traces keeps its meaning.
package struct DeploymentRecord: Hashable, Sendable {
  /// The reason of a deployment.
  package enum Reason: String, Hashable, Sendable, CaseIterable, Codable {
    case activate, rollback
    /// The version was live for a share of the units, and gets another ramp.
    case rampStep = "ramp_step"
    /// A guardrail returned to an earlier version automatically.
    case autoRollback = "auto_rollback"
  }

  /// A plan by which a version replaces another in steps.
  package struct Ramp: Hashable, Sendable {
    /// The version that the remaining units stay with.
    package let over: Int
    /// Shares in basis points, growing; the last one stays.
    package let steps: [Int]
    /// The time from one step to the next.
    package let seconds: Int
    package let salt: String
    /// The paths of the fields that name a unit.
    package let fields: [String]

    /// A plan that begins with the deployment.
    package init(over: Int, steps: [Int], seconds: Int, salt: String, fields: [String]) {
      self.over = over
      self.steps = steps
      self.seconds = seconds
      self.salt = salt
      self.fields = fields
    }
  }

  /// The version that decides.
  package let number: Int
  /// The version that was live before; nil for the first.
  package let previous: Int?
  package let reason: Reason
  package let message: String
  /// The report that the version's gates required.
  package var backtest: VersionRecord.Lineage?
  /// The reason for deploying the version although its gates were not met; nil where they were.
  package let override: String?
  package let ramp: Ramp?

  /// A deployment of version `number` in the place of `previous`.
  package init(
    number: Int, previous: Int?, reason: Reason, message: String,
    backtest: VersionRecord.Lineage? = nil, override: String? = nil, ramp: Ramp? = nil
  ) {
    self.number = number
    self.previous = previous
    self.reason = reason
    self.message = message
    self.backtest = backtest
    self.override = override
    self.ramp = ramp
  }
}

extension DeploymentRecord {
  var json: JSON {
    var members: JSON.Object = [
      "number": .integer(Int64(number)), "reason": .string(reason.rawValue),
      "message": .string(message),
    ]
    if let previous { members["previous"] = .integer(Int64(previous)) }
    if let backtest { members["backtest"] = backtest.json }
    if let override { members["override"] = .string(override) }
    if let ramp {
      members["ramp"] = .object([
        "over": .integer(Int64(ramp.over)), "seconds": .integer(Int64(ramp.seconds)),
        "steps": .array(ramp.steps.map { .integer(Int64($0)) }), "salt": .string(ramp.salt),
        "fields": .array(ramp.fields.map { .string($0) }),
      ])
    }
    return .object(members)
  }

  init(parsing json: JSON) throws(StoreError) {
    var members = try Members(json, of: "deployment")
    number = try members.take("number", \.positive)
    reason = try members.take("reason") { $0.string.flatMap(Reason.init(rawValue:)) }
    message = try members.take("message", \.string)
    previous = try members.takeIfThere("previous", \.positive)
    backtest = try members.nestedIfThere("backtest", VersionRecord.Lineage.init(parsing:))
    override = try members.takeIfThere("override", \.string)
    ramp = try members.nestedIfThere("ramp", Ramp.init(parsing:))
    try members.finish()
  }
}

extension DeploymentRecord.Ramp {
  fileprivate init(parsing json: JSON) throws(StoreError) {
    var members = try Members(json, of: "ramp")
    over = try members.take("over", \.positive)
    seconds = try members.take("seconds", \.positive)
    salt = try members.take("salt", \.string)
    steps = try members.take("steps") { json in
      guard let items = json.array, !items.isEmpty else { return nil }
      let steps = items.compactMap(\.count)
      return steps.count == items.count ? steps : nil
    }
    fields = try members.take("fields", \.strings)
    try members.finish()
  }
}
