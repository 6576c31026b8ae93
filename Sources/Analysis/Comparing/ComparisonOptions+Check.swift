import Statistics
package import Model
package import Wire

extension ComparisonOptions {
  /// Goes on where every number makes sense.
  /// - Throws: ``StoreError`` of kind `usage`.
  package func check() throws(StoreError) {
    guard confidence > 0.5, confidence < 1 else {
      throw StoreError(.usage, "the confidence is a number above 0.5 and below 1, such as 0.95")
    }
    guard (100...100_000).contains(resamples) else {
      throw StoreError(.usage, "resamples is a number of draws, 100 to 100000")
    }
    // As much as every reader of JSON can hold.
    guard seed < 1 << 53 else {
      throw StoreError(.usage, "the seed is a number below 2^53")
    }
    guard (0...1_000).contains(worst) else {
      throw StoreError(.usage, "of the items that got worse, 0 to 1000 can be named")
    }
    try RequestLimits.require(gates.count, atMost: RequestLimits.gates, "gates")
    let names = [metrics, higher, lower, slices, key ?? [], allowedChanges ?? []]
    try RequestLimits.require(
      names.reduce(0) { $0 + $1.count }, atMost: RequestLimits.names, "columns")
    guard grammar == nil || Gate.Grammar(rawValue: grammar ?? 0) != nil else {
      throw StoreError(
        .usage, "there is no grammar \(grammar ?? 0) of gates; use 2, or 1 for gates of before")
    }
  }

  /// The columns of a table that a comparison reads; the others may be long texts.
  package func columns(
    of all: [ColumnDefinition], key: [String], by: String?
  ) -> [String] {
    let others = [cluster, repeats, by].compactMap { $0 }
    // What a gate names is read whatever it holds, so that one about texts can say so.
    let guarded = gates.compactMap { (try? Gate($0, grammar: .first))?.metric }
    let named = (metrics + higher + lower + slices + key + others + guarded).textSet
      .union(roles.names)
    let outputs = MetricRoles.usualNames(.output)
    return all.filter { column in
      if named.contains(column.name) || Comparability.isRead(column.name) { return true }
      switch column.type {
      case .bool, .int64, .float64: return true
      case .json:
        return MetricDirection.inferred(column.name) != nil || MetricRoles.isUsual(column.name)
      case .string:
        let isOutput = outputs.contains(column.name.lowercased())
        return isOutput ? repeats != nil : MetricRoles.isUsual(column.name)
      case .timestamp, .file, .vector: return false
      }
    }.map(\.name)
  }
}
