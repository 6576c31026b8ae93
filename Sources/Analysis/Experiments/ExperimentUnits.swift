import Statistics
package import Model
import Wire

/// The units of a live split: what each was given first, and what came of it.
package struct ExperimentUnits: Sendable {
  /// The arms that a unit can be given.
  package struct Plan: Sendable, Hashable {
    package let variant: String
    package let target: String
    /// The share it should have; all sum to 1.
    package let share: Double

    /// A share of the units.
    package init(variant: String, target: String, share: Double) {
      self.variant = variant
      self.target = target
      self.share = share
    }
  }

  /// One arm's decisions.
  struct Arm: Sendable {
    let plan: Plan
    /// The outcomes of each unit's decisions.
    var units: [[Int]] = []
    var decisions = 0
    /// For each unit, its decisions without an outcome.
    var awaited: [Int] = []
    var outcomes: [Int] { units.flatMap { $0 } }
  }

  private(set) var arms: [Arm]
  private(set) var findings: [ComparisonDocument.Finding] = []
  /// The assigned target of each outcome row, to see who answered instead.
  private(set) var assigned: [Int: String] = [:]

  /// The units among some rows of decisions, each with the arm that it was given first.
  /// - Parameters:
  ///   - column: The column that names the arm, `variant` or `version`.
  ///   - unit: The column that identifies units; a decision without a value is its own.
  ///   - rows: The rows of the decisions that are part of the experiment.
  package init(
    _ decisions: ColumnTable, rows: [Int], by column: String, unit: String = "unit_hash",
    plan: [Plan], outcomes: ColumnTable?
  ) throws(StoreError) {
    arms = plan.map { Arm(plan: $0) }
    let ids = try decisions.texts("decision_id")
    let keys = try decisions.labels("decision_id")
    let names = try decisions.texts(column)
    let targets = decisions.has("assigned_target") ? try decisions.texts("assigned_target") : []
    let hashes = decisions.has(unit) ? try decisions.texts(unit) : []
    let times = decisions.has("evaluated_at_us") ? try decisions.numbers("evaluated_at_us") : []
    let found = try outcomes.map { (table) throws(StoreError) in
      try ItemKeys(table, rows: Array(0..<table.count), columns: ["decision_id"])
    }
    var places: [DataText: (arm: Int, unit: Int)] = [:]
    var counts = (unplanned: 0, strayed: Set<DataText>(), repeated: 0)
    let ordered = rows.sorted { left, right in
      let (one, two) = (times.isEmpty ? 0 : times[left] ?? 0, times.isEmpty ? 0 : times[right] ?? 0)
      return (one, left) < (two, right)
    }
    for row in ordered {
      guard let id = ids[row] else { continue }
      guard let arm = plan.firstIndex(where: { $0.variant.hasBytes(of: names[row] ?? "") }) else {
        counts.unplanned += 1
        continue
      }
      let unit = DataText(hashes.isEmpty ? id : hashes[row] ?? id)
      let place = places[unit] ?? (arm, arms[arm].units.count)
      if places[unit] == nil {
        places[unit] = place
        arms[arm].units.append([])
        arms[arm].awaited.append(0)
      } else if place.arm != arm {
        counts.strayed.insert(unit)
      }
      arms[place.arm].decisions += 1
      let results = found?.rows[ItemKey([keys[row] ?? .null])] ?? []
      if results.count > 1 { counts.repeated += 1 }
      guard let result = results.last else {
        arms[place.arm].awaited[place.unit] += 1
        continue
      }
      arms[place.arm].units[place.unit].append(result)
      if !targets.isEmpty { assigned[result] = targets[row] }
    }
    for (count, what, isLeftOut) in [
      (counts.unplanned, "decisions for what is no part of the split", true),
      (
        counts.strayed.count,
        "units that got two variants: they count for the first, whatever came later", false
      ),
      (counts.repeated, "decisions with several outcomes: the last one counts", false),
    ] where count > 0 {
      findings.append(.init("units", arm: nil, what, count: count, isLeftOut: isLeftOut))
    }
  }

  /// The mean of a column over each unit's outcomes, of the units that have a value.
  func means(_ values: [Double?], arm: Int) -> [Double] {
    arms[arm].units.compactMap { rows in
      let present = rows.compactMap { values[$0] }
      return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
    }
  }
}
