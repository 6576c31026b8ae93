import Columns
import Model

/// Computes the table of groups of one query, row groups in parallel.
struct AggregateScan {
  /// A row group that may have rows that pass.
  private struct Item: Sendable {
    let part: Int
    let group: Int
    let rows: Int
    let key: AggregateMemory.MergedKey?
  }

  private let query: AggregateQuery
  private let plan: AggregatePlan
  private let limits: QueryLimits
  private let memory: AggregateMemory?

  init(_ query: AggregateQuery, _ state: QueryState) {
    self.query = query
    plan = AggregatePlan(query)
    limits = state.limits
    memory = state.source.aggregateMemory
  }

  /// The groups; nil when only SQLite can say what the query gives.
  func result() throws(StoreError) -> RowBatch? {
    let items = try self.items()
    let known = memory?.entry(plan.identity)
    if let known, let state = try extend(known, items) { return state.result(of: query) }
    var held = 0
    defer { limits.hold(bytes: -held) }
    let partials = try compute(items, known: known?.partials ?? [:])
    for partial in partials { held += partial.memoryBytes }
    var state = newState()
    var maps: [[UInt32]] = []
    for (item, partial) in zip(items, partials) {
      maps.append(state.merge(partial, version: plan.versionKeys(item.part)))
    }
    limits.hold(bytes: state.memoryBytes)
    held += state.memoryBytes
    try limits.check()
    try QuantileGathering(plan.measures, partials, maps).fill(&state)
    let result = state.result(of: query)
    if result != nil { keep(state, items, partials) }
    return result
  }

  private func newState() -> GroupedState {
    GroupedState(
      plan, types: plan.groups.map { query.table.columns[$0].type }, hasGroupBy: query.hasGroupBy)
  }

  /// The row groups of the parts whose versions may pass.
  private func items() throws(StoreError) -> [Item] {
    let table = plan.table
    var items: [Item] = []
    for index in table.parts.indices {
      if let truth = plan.filter?.truth(table, part: index), truth != RowFilter.Truth.yes {
        continue
      }
      let part = table.parts[index]
      let version = plan.dependsOnVersion ? AggregateMemory.VersionKey(part) : nil
      for (group, rows) in try part.groupRowCounts().enumerated() {
        let digests =
          memory == nil ? nil : try part.chunkDigests(columns: plan.columns, group: group)
        items.append(
          Item(
            part: index, group: group, rows: rows,
            key: digests.map {
              AggregateMemory.MergedKey(
                rowGroup: AggregateMemory.RowGroupKey(
                  rows: rows, digests: $0, version: plan.readsVersion ? version : nil),
                version: version)
            }))
      }
    }
    return items
  }

  /// The aggregates of row groups, those not known computed on all cores.
  ///
  /// Row groups of the same chunks are computed once.
  private func compute(
    _ items: [Item], known: [AggregateMemory.RowGroupKey: RowGroupPartial]
  ) throws(StoreError) -> [RowGroupPartial] {
    var places: [Int] = []
    var wanted: [Item] = []
    var found: [RowGroupPartial?] = []
    var first: [AggregateMemory.RowGroupKey: Int] = [:]
    for item in items {
      if let key = item.key?.rowGroup {
        if let place = first[key] {
          places.append(place)
          continue
        }
        first[key] = found.count
      }
      places.append(found.count)
      let partial = item.key.flatMap { known[$0.rowGroup] }
      found.append(partial)
      if partial == nil { wanted.append(item) }
    }
    let work = wanted
    let (plan, limits) = (plan, limits)
    let computed = try parallelMap(count: work.count) {
      index throws(StoreError) -> RowGroupPartial in
      try limits.check()
      let item = work[index]
      let partial = try RowGroupPartial(
        plan, part: item.part, group: item.group, rows: item.rows)
      limits.hold(bytes: partial.memoryBytes)
      return partial
    }
    limits.hold(bytes: -computed.reduce(0) { $0 + $1.memoryBytes })
    var next = computed.makeIterator()
    for index in found.indices where found[index] == nil { found[index] = next.next() }
    return places.map { found[$0] ?? .empty }
  }

  /// The state of an earlier query with the row groups that came after it; nil when it was not over
  /// the first of these row groups, or a quantile moved out of its window.
  private func extend(
    _ known: AggregateMemory.Entry, _ items: [Item]
  ) throws(StoreError) -> GroupedState? {
    let count = known.merged.count
    guard count <= items.count,
      zip(known.merged, items).allSatisfy({ $0 == $1.key })
    else { return nil }
    guard count < items.count else { return known.state }
    let added = Array(items[count...])
    let partials = try compute(added, known: known.partials)
    var state = known.state
    for (item, partial) in zip(added, partials) {
      let map = state.merge(partial, version: plan.versionKeys(item.part))
      state.extendWindows(partial, map: map)
    }
    guard state.hasQuantiles else { return nil }
    keep(state, items, partials, known.partials)
    return state
  }

  /// Remembers the state, and the row groups' aggregates where they are not too large.
  private func keep(
    _ state: GroupedState, _ items: [Item], _ partials: [RowGroupPartial],
    _ known: [AggregateMemory.RowGroupKey: RowGroupPartial] = [:]
  ) {
    guard let memory else { return }
    let keys = items.compactMap(\.key)
    guard keys.count == items.count else { return }
    var kept = known
    for (key, partial) in zip(keys.suffix(partials.count), partials) {
      kept[key.rowGroup] = partial
    }
    var bytes = kept.values.reduce(0) { $0 + $1.memoryBytes + 64 }
    if bytes > AggregateMemory.partialLimitBytes {
      kept = [:]
      bytes = 0
    }
    bytes += state.memoryBytes + keys.count * (64 + plan.columns.count * 32)
    memory.keep(
      AggregateMemory.Entry(merged: keys, state: state, partials: kept, bytes: bytes),
      for: plan.identity)
  }
}
