import Model
import Wire

/// The items of several models that are whole: with as many attempts as any of the models has, each
/// of which has the values that are asked for.
struct ModelPresence: Sendable {
  /// The share of a model's items, in per cent, that have to be whole for its rows to speak for
  /// another model in its place; a draft asks as much of the rows that it is tried on.
  static let leastPercent = 95

  /// By model, for each item, whether it has rows of it, and whether those are whole.
  private let has: [DataText: [Bool]]
  private let whole: [DataText: [Bool]]
  private(set) var findings: [ComparisonDocument.Finding] = []

  /// - Parameters:
  ///   - rows: For each model its rows of each item, of which there may be none.
  ///   - numbers: The columns that are asked for, by name, row by row.
  ///   - differing: The items at which the models were asked different things.
  init(
    _ rows: [(model: String, items: [[Int]])], keys: [ItemKey],
    numbers: [(name: String, values: [Double?])], differing: Set<Int>
  ) {
    let needed = keys.indices.map { item in rows.map { $0.items[item].count }.max() ?? 0 }
    var has: [DataText: [Bool]] = [:]
    var whole: [DataText: [Bool]] = [:]
    for (model, items) in rows {
      has[model] = items.map { !$0.isEmpty }
      whole[model] = items.indices.map { item in
        !differing.contains(item) && items[item].count >= needed[item]
          && numbers.allSatisfy { column in items[item].allSatisfy { column.values[$0] != nil } }
      }
      let short = items.indices.filter { !items[$0].isEmpty && items[$0].count < needed[$0] }
      if !short.isEmpty {
        let lost = short.reduce(0) { $0 + needed[$1] - items[$1].count }
        findings.append(
          .init(
            "attempts", arm: model, "items with fewer than another model has, \(lost) in all",
            count: short.count,
            examples: short.prefix(PairedItems.exampleCount).map { keys[$0].names }))
      }
      for (name, values) in numbers {
        let partial = items.filter { $0.contains { values[$0] != nil } }
        let lost = partial.reduce(0) { sum, rows in sum + rows.count { values[$0] == nil } }
        if lost == 0 { continue }
        findings.append(
          .init(
            name, arm: model, ComparisonDocument.Finding.lostAttempts, count: lost,
            isLeftOut: true))
      }
    }
    self.has = has
    self.whole = whole
  }

  /// The number of items of `base`, of some, and of those that are whole for it and `model`.
  func count(
    of base: String, with model: String, among items: [Int]? = nil
  ) -> (items: Int, whole: Int) {
    let own = (items ?? Array((has[base] ?? []).indices)).filter { has[base]?[$0] ?? false }
    return (
      own.count, own.count { whole[base]?[$0] ?? false && whole[model]?[$0] ?? false }
    )
  }

  /// Returns true when nearly all items of `base`, of some, are whole for it and `model`.
  func isEnough(of base: String, with model: String, among items: [Int]? = nil) -> Bool {
    let count = count(of: base, with: model, among: items)
    return count.whole * 100 >= Self.leastPercent * count.items
  }

  /// The models that are whole at nearly as many items as any.
  func wholest(_ models: [String]) -> [String] {
    let counts = models.map { whole[$0]?.count { $0 } ?? 0 }
    let most = counts.max() ?? 0
    return zip(models, counts).filter { $1 * 100 >= Self.leastPercent * most }.map(\.0)
  }
}
