import Statistics
import Model
import Wire

/// A gate and what it is about.
struct GateRule: Sendable {
  /// The subject that a gate's name means.
  enum Subject: Sendable, Hashable {
    /// A column.
    case metric(String)
    case costPerSuccess
    case latencyP50, latencyP95
    /// The share of the base's items that are compared.
    case items
    /// A column that some arm does not have, and which that is.
    case lacking(String)
  }

  /// The columns that not all arms have.
  struct Absences: Sendable {
    /// Columns that some arm does not have, each with the words for it.
    var columns: [(name: String, reason: String)] = []
    /// Columns that hold numbers on no arm.
    var texts: [String] = []
    /// The parts that the columns of all arms together play.
    var roles = MetricRoles()

    fileprivate func reason(_ column: String?) -> String? {
      columns.first { $0.name == column }?.reason
    }
  }

  /// The names of measures that no column has.
  static let derivedNames = ["cost_per_success", "latency_p50", "latency_p95"]

  let text: String
  let gate: Gate
  let subject: Subject
  private let grammar: Gate.Grammar

  /// Reads a gate: its name is that of a column, of a role that a column plays, or one of
  /// `cost_per_success`, `latency_p50`, `latency_p95` and `items`.
  /// - Parameter columns: The columns of numbers that all arms have.
  /// - Throws: ``StoreError`` of kind `usage`.
  init(
    _ text: String, grammar: Gate.Grammar = .second, roles: MetricRoles, columns: Set<DataText>,
    absences: Absences = Absences()
  ) throws(StoreError) {
    self.text = text
    self.grammar = grammar
    let gate = try Gate(text, grammar: grammar)
    self.gate = gate
    if gate.isOfItems {
      subject = .items
    } else if columns.contains(gate.metric) {
      subject = .metric(gate.metric)
    } else if let reason = absences.reason(gate.metric) {
      subject = .lacking(reason)
    } else if gate.metric == "items", grammar != .first {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is about the share of the base's items that are compared; write "
          + "items >= 95%")
    } else if let found = try Self.derived(text, gate, roles, absences) {
      subject = found
    } else if let role = MetricRoles.Role(rawValue: gate.metric), let column = roles[role] {
      subject = .metric(column)
    } else if let role = MetricRoles.Role(rawValue: gate.metric),
      let reason = absences.reason(absences.roles[role])
    {
      subject = .lacking(reason)
    } else {
      throw Self.unmeasured(text, gate, roles, columns, absences)
    }
  }

  /// The result of a gate about nothing that is measured.
  private static func unmeasured(
    _ text: String, _ gate: Gate, _ roles: MetricRoles, _ columns: Set<DataText>,
    _ absences: Absences
  ) -> StoreError {
    if absences.texts.hasText(gate.metric) {
      return StoreError(
        .usage,
        "the gate \"\(text)\" is about the column '\(gate.metric)', which holds no numbers on any "
          + "arm; a metric is a column of numbers or of true and false")
    }
    var names = columns
    if roles[.latency] != nil { names.formUnion(["latency_p50", "latency_p95"]) }
    if roles[.cost] != nil, roles[.success] != nil { names.insert("cost_per_success") }
    return StoreError(
      .usage,
      "the gate \"\(text)\" is about nothing that is measured; "
        + Spelling.advice(gate.metric, names.sorted().map(\.string)))
  }

  /// The derived measure of a name that no column has; nil for another name.
  private static func derived(
    _ text: String, _ gate: Gate, _ roles: MetricRoles, _ absences: Absences
  ) throws(StoreError) -> Subject? {
    let needed: [MetricRoles.Role]
    let found: Subject
    switch gate.metric {
    case "cost_per_success": (needed, found) = ([.cost, .success], .costPerSuccess)
    case "latency_p50": (needed, found) = ([.latency], .latencyP50)
    case "latency_p95": (needed, found) = ([.latency], .latencyP95)
    default: return nil
    }
    if let role = needed.first(where: { roles[$0] == nil }) {
      if let reason = absences.reason(absences.roles[role]) { return .lacking(reason) }
      let example = role == .latency ? "latency=seconds" : "\(role.rawValue)=COLUMN"
      throw StoreError(
        .usage,
        "the gate \"\(text)\" needs a column of \(role.rawValue); a column is given a part with "
          + "--role \(example)")
    }
    let isFit = gate.kind == .change ? gate.scale == .relative : !gate.isPercent
    guard isFit else {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" needs a bound such as +10% for a change in parts of the base, or a "
          + "number without a sign for the candidate's own value")
    }
    return found
  }

  /// Goes on where the bound is one that the metric can be on both sides of, in a unit that it has.
  /// - Parameters:
  ///   - edition: That of the document; before the third, points of per cent were hundredths of
  ///     anything.
  ///   - values: What the values of a column are.
  /// - Throws: ``StoreError`` of kind `usage`.
  func check(
    _ edition: Edition = .current, _ values: (String) -> MetricValues?
  ) throws(StoreError) {
    // Gates of before keep what they say, be it nothing.
    if grammar == .first { return }
    var found: MetricValues?
    if case .metric(let name) = subject { found = values(name) }
    let isRate = found?.isRate ?? false
    guard gate.isReachable(byRate: isRate) else {
      let advice =
        gate.scale == .relative
        ? "nothing changes by -100% or more of itself; write a bound such as -10%"
        : "the change of a rate lies between -100pp and +100pp; write a bound such as -2pp or +2pp"
      throw StoreError(
        .usage, "the gate \"\(text)\" has a bound that '\(gate.metric)' cannot have: \(advice)")
    }
    if edition > .second, gate.isInPoints, found?.haveNoPoints ?? false {
      func bound(_ unit: String) -> String { text.replacing(/pp\s*$/, with: unit) }
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is in points of per cent, and '\(gate.metric)' is not a rate; write "
          + "\(bound("")) for a change in its own unit, \(bound("%")) for one in parts of the base")
    }
    guard gate.kind == .limit, case .metric(let name) = subject else { return }
    if isRate, gate.bound > 1 {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" has a bound that '\(name)' cannot have: its values lie between 0 and "
          + "1; write \(name) \(gate.relation.rawValue) 0.8 or 80% for the rate itself, and a sign, "
          + "as in +3pp, for a change")
    }
    if gate.isPercent, !(found?.areShares ?? false) {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is in per cent and has no sign, and '\(name)' is not a rate; write + or "
          + "- before the number for a change in parts of the base")
    }
  }

  /// The columns whose values the gate needs.
  func columns(_ roles: MetricRoles) -> [String] {
    switch subject {
    case .metric(let name): [name]
    case .costPerSuccess: [roles[.cost], roles[.success]].compactMap(\.self)
    case .latencyP50, .latencyP95: [roles[.latency]].compactMap(\.self)
    case .items, .lacking: []
    }
  }

  /// Returns true when the gate's subject was judged, by a person, a program or a reference answer,
  /// and not measured.
  func restsOnScores(_ roles: MetricRoles) -> Bool {
    switch subject {
    case .costPerSuccess: true
    case .latencyP50, .latencyP95, .items, .lacking: false
    case .metric(let name): !MetricDirection.isMeasured(name, roles)
    }
  }
}
