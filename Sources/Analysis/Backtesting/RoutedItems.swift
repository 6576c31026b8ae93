import Model
import Platform
import Routing
import Wire

/// The items of stored rows with what two policies say about each.
struct RoutedItems: Sendable {
  struct Item: Sendable {
    let key: ItemKey
    let active: RoutedChoice
    let candidate: RoutedChoice

    /// True when it gets another target.
    var isMoved: Bool { !active.target.name.hasBytes(of: candidate.target.name) }
  }

  let columns: [String]
  /// In the order of their keys.
  private(set) var items: [Item] = []
  /// The rows of each item.
  private(set) var rows: [[Int]] = []
  private(set) var findings: [ComparisonDocument.Finding] = []

  /// Decides about the items of a table.
  ///
  /// An item whose rows have contexts that are decided differently is left out: no rule may depend
  /// on what only an answer shows. So is one whose context is not recorded.
  /// - Parameter wanted: The keys of the items to decide; nil for all.
  /// - Throws: ``StoreError``: `usage` for a missing column, `invalid` for a context that is not a
  ///   JSON object.
  init(
    _ table: ColumnTable, key: [String], active: RoutingPolicy, candidate: RoutingPolicy,
    map: [DataText: String], among wanted: Set<ItemKey>? = nil
  ) throws(StoreError) {
    columns = key
    let contexts = try RowContexts(
      table, key: key, for: [active, candidate].compactMap(\.compiled), map: map)
    let found = try ItemKeys(table, rows: Array(0..<table.count), columns: key)
    var unclear: [ItemKey] = []
    var unknown: [ItemKey] = []
    for key in found.rows.keys.sorted() where wanted?.contains(key) ?? true {
      let rows = found.rows[key] ?? []
      var seen: [UInt8]?
      var first: Item?
      var isClear = true
      try CancellationFlag.check()
      for row in rows where contexts.isRecorded(row) {
        let context = contexts.context(row)
        if seen == context { continue }
        let item: Item
        do throws(JSONFault) {
          // What a live request without a name has: its decision's.
          let unit = RequestUnit.decision(key.names.joined(separator: "/"))
          item = Item(
            key: key,
            active: try active.choose(context, unit: unit, unrecorded: contexts.missing),
            candidate: try candidate.choose(context, unit: unit, unrecorded: contexts.missing))
        } catch {
          throw StoreError(
            .invalid,
            "the context of \(key.line) in \(table.name) is not as "
              + "expected: \(error.message); if those columns are not requests, name the right ones with "
              + "--map request.task=task")
        }
        if let first {
          isClear =
            isClear && first.active.isSame(as: item.active)
            && first.candidate.isSame(as: item.candidate)
        } else {
          (first, seen) = (item, context)
        }
      }
      guard let first else {
        unknown.append(key)
        continue
      }
      guard isClear else {
        unclear.append(key)
        continue
      }
      items.append(first)
      self.rows.append(rows)
    }
    findings = Self.findings(contexts, unclear: unclear, unknown: unknown)
  }

  /// The fields that no column has, and the items that are left out.
  private static func findings(
    _ contexts: RowContexts, unclear: [ItemKey], unknown: [ItemKey]
  ) -> [ComparisonDocument.Finding] {
    var findings: [ComparisonDocument.Finding] = []
    if !contexts.missing.isEmpty {
      let fields = contexts.missing.map(\.text).joined(separator: ", ")
      findings.append(
        .init(
          "fields", arm: nil,
          "no column has \(fields), which rules ask for"
            + (contexts.arePlain ? "; name one with --map FIELD=COLUMN" : "")))
    }
    for (keys, what) in [
      (
        unclear,
        "items whose rows are decided differently: a rule asks for what is no part of the request"
      ), (unknown, "items whose context is not recorded"),
    ] where !keys.isEmpty {
      findings.append(
        .init(
          "context", arm: nil, what, count: keys.count,
          examples: keys.prefix(PairedItems.exampleCount).map(\.names), isLeftOut: true))
    }
    return findings
  }

  /// The items as the document lists them.
  var document: ComparisonDocument.Items {
    ItemKeys.document(items.map(\.key), columns: columns)
  }

  /// The outcomes of conditions; `isCovered` is true when the result of an item's target is known.
  func conditions(
    _ candidate: CompiledRules, isCovered: [Bool]
  ) -> BacktestDocument.Conditions {
    let rules = candidate.set.rules.indices.filter { candidate.set.rules[$0].isEnabled }
    var unknown = [Int](repeating: 0, count: rules.count)
    var used: [Int?: (items: Int, covered: Int)] = [:]
    var checked = 0
    var itemsWithUnknown = 0
    for (place, item) in items.enumerated() {
      let truths = item.candidate.decision?.checked ?? []
      checked += truths.count
      if truths.contains(.unknown) { itemsWithUnknown += 1 }
      for (rule, truth) in truths.enumerated() where truth == .unknown { unknown[rule] += 1 }
      var use = used[item.candidate.decision?.ruleIndex] ?? (0, 0)
      use.items += 1
      if isCovered[place] { use.covered += 1 }
      used[item.candidate.decision?.ruleIndex] = use
    }
    func use(_ rule: Int?, _ unknown: Int) -> BacktestDocument.RuleUse {
      let found = used[rule] ?? (0, 0)
      return .init(
        rule: rule.map { candidate.set.rules[$0].name }, items: found.items,
        covered: found.covered, unknown: unknown)
    }
    return BacktestDocument.Conditions(
      checked: checked, unknown: unknown.reduce(0, +), itemsWithUnknown: itemsWithUnknown,
      defaulted: used[nil]?.items ?? 0,
      rules: zip(rules, unknown).map { use($0, $1) } + [use(nil, 0)])
  }

  /// The number of items that moved, per pair of rules and targets.
  var changes: [BacktestDocument.Change] {
    struct Cell: Hashable {
      // Names of rules are different by their bytes, and may look alike.
      let activeIndex: Int?
      let index: Int?
      let activeRule: DataText?
      let activeTarget: DataText
      let rule: DataText?
      let target: DataText

      var order: [DataText] {
        [
          activeRule ?? "", activeTarget, rule ?? "", target, DataText("\(activeIndex ?? -1)"),
          DataText("\(index ?? -1)"),
        ]
      }
    }
    var counts: [Cell: Int] = [:]
    for item in items {
      let cell = Cell(
        activeIndex: item.active.decision?.ruleIndex, index: item.candidate.decision?.ruleIndex,
        activeRule: item.active.rule.map { DataText($0) },
        activeTarget: DataText(item.active.target.name),
        rule: item.candidate.rule.map { DataText($0) },
        target: DataText(item.candidate.target.name))
      counts[cell, default: 0] += 1
    }
    return counts.sorted { $0.key.order.lexicographicallyPrecedes($1.key.order) }.map {
      cell, items in
      BacktestDocument.Change(
        activeRule: cell.activeRule?.string, activeTarget: cell.activeTarget.string,
        rule: cell.rule?.string, target: cell.target.string, items: items)
    }
  }

  /// The places of the items that get another target.
  var changed: [Int] {
    items.indices.filter { items[$0].isMoved }
  }

  /// The moves of units that splits keep together; nil where no item has one on both sides.
  var units: BacktestDocument.Units? {
    var units: Set<[UInt8]> = []
    var moved: Set<[UInt8]> = []
    for item in items {
      guard let unit = item.candidate.decision?.unit, item.active.decision?.unit == unit else {
        continue
      }
      units.insert(unit)
      if item.isMoved { moved.insert(unit) }
    }
    return units.isEmpty ? nil : .init(units: units.count, moved: moved.count)
  }
}
