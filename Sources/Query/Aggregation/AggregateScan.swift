import Columns
import Model
import Platform

/// Computes the table of groups of one query, row groups in parallel.
struct AggregateScan {
  /// A row group that may have rows that pass.
  private struct Item: Sendable {
    let part: Int
    let group: Int
    let rows: Int
    let key: AggregateMemory.RowGroupKey?
  }

  private let query: AggregateQuery
  private let plan: AggregatePlan
  private let limits: QueryLimits
  private let source: any QuerySource
  private let memory: AggregateMemory?

  init(_ query: AggregateQuery, _ state: QueryState) {
    self.query = query
    plan = AggregatePlan(query)
    limits = state.limits
    source = state.source
    memory = source.aggregateMemory
  }

  /// The groups; nil when only SQLite can say what the query gives.
  func result() throws(StoreError) -> RowBatch? {
    let parts = self.parts()
    let place = place(of: parts)
    let known = try place.flatMap { place throws(StoreError) in try entry(place) }
    if let known, let place, let state = try extend(known, parts, place) {
      return state.result(of: query)
    }
    let items = try items(of: parts[...])
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
    if result != nil, let place {
      let merged = place.merged(place.ends.count)
      keep(state, merged, place.plan, items, partials, after: nil)
    }
    return result
  }

  private func newState() -> GroupedState {
    GroupedState(
      plan, types: plan.groups.map { query.table.columns[$0].type }, hasGroupBy: query.hasGroupBy)
  }

  /// The parts whose versions may pass.
  private func parts() -> [Int] {
    plan.table.parts.indices.filter { index in
      plan.filter?.truth(plan.table, part: index).map { $0 == RowFilter.Truth.yes } ?? true
    }
  }

  /// Under which name, and as which parts, the state of a query is remembered.
  private struct Place {
    let plan: Digest
    /// The parts of a key, one after another, and where each ends.
    var bytes: [UInt8] = []
    var ends: [Int] = []

    /// The first `count` parts.
    func merged(_ count: Int) -> AggregateMemory.Merged {
      AggregateMemory.Merged(
        partCount: count,
        digest: Digest(hashing: Array(bytes[..<(count == 0 ? 0 : ends[count - 1])])))
    }
  }

  /// The place of a query over `parts`; nil when nothing is remembered, or there is nothing to.
  ///
  /// The first part is in the name, so that equal queries of two datasets have a place each.
  private func place(of parts: [Int]) -> Place? {
    guard memory != nil, let first = parts.first, let content = plan.table.parts[first].content
    else { return nil }
    let name = "\(GroupedState.format) \(content) \(plan.identity)"
    var place = Place(plan: Digest(hashing: Array(name.utf8)))
    for index in parts {
      let part = plan.table.parts[index]
      guard let content = part.content else { return nil }
      place.bytes += content.bytes
      if plan.dependsOnVersion { AggregateMemory.VersionKey(part).append(to: &place.bytes) }
      place.ends.append(place.bytes.count)
    }
    return place
  }

  /// The cached aggregates of a plan, from this process or from an earlier one.
  private func entry(_ place: Place) throws(StoreError) -> AggregateMemory.Entry? {
    if let known = memory?.entry(place.plan) { return known }
    guard let bytes = try source.keptAggregate(place.plan) else { return nil }
    var reader = StateReader(bytes)
    var state = newState()
    guard let partCount = reader.number(), let digest: [UInt8] = reader.values(),
      let digest = Digest(digest), state.read(&reader, plan.measures), reader.isAtEnd
    else { return nil }
    return AggregateMemory.Entry(
      merged: AggregateMemory.Merged(partCount: partCount, digest: digest), state: state,
      unkeptRows: 0, partials: [:], bytes: state.memoryBytes + AggregateMemory.entryBytes)
  }

  /// The row groups of parts.
  private func items(of parts: ArraySlice<Int>) throws(StoreError) -> [Item] {
    var items: [Item] = []
    for index in parts {
      let part = plan.table.parts[index]
      let version = plan.readsVersion ? AggregateMemory.VersionKey(part) : nil
      for (group, rows) in try part.groupRowCounts().enumerated() {
        let digests =
          memory == nil ? nil : try part.chunkDigests(columns: plan.columns, group: group)
        items.append(
          Item(
            part: index, group: group, rows: rows,
            key: digests.map {
              AggregateMemory.RowGroupKey(rows: rows, digests: $0, version: version)
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
      if let key = item.key {
        if let place = first[key] {
          places.append(place)
          continue
        }
        first[key] = found.count
      }
      places.append(found.count)
      let partial = item.key.flatMap { known[$0] }
      found.append(partial)
      if partial == nil { wanted.append(item) }
    }
    let work = wanted
    let (plan, limits) = (plan, limits)
    let computed = try parallelMap(count: work.count) {
      index throws(StoreError) -> RowGroupPartial in
      try limits.check()
      let item = work[index]
      let partial = try plan.partial(part: item.part, group: item.group, rows: item.rows)
      limits.hold(bytes: partial.memoryBytes)
      return partial
    }
    limits.hold(bytes: -computed.reduce(0) { $0 + $1.memoryBytes })
    var next = computed.makeIterator()
    for index in found.indices where found[index] == nil { found[index] = next.next() }
    return places.map { found[$0] ?? .empty }
  }

  /// The state of an earlier query with the parts that came after it; nil when it was not over the
  /// first of these parts, or a quantile moved out of its window.
  private func extend(
    _ known: AggregateMemory.Entry, _ parts: [Int], _ place: Place
  ) throws(StoreError) -> GroupedState? {
    let count = known.merged.partCount
    guard count <= parts.count, place.merged(count) == known.merged else { return nil }
    let added = try items(of: parts[count...])
    let partials = try compute(added, known: known.partials)
    var state = known.state
    for (item, partial) in zip(added, partials) {
      let map = state.merge(partial, version: plan.versionKeys(item.part))
      state.extendWindows(partial, map: map)
    }
    guard state.hasQuantiles else { return nil }
    let merged = count == parts.count ? known.merged : place.merged(parts.count)
    keep(state, merged, place.plan, added, partials, after: known)
    return state
  }

  /// Remembers the state, and the row groups' aggregates where they are not too large; what took
  /// long is kept on disk as well.
  private func keep(
    _ state: GroupedState, _ merged: AggregateMemory.Merged, _ plan: Digest, _ items: [Item],
    _ partials: [RowGroupPartial], after known: AggregateMemory.Entry?
  ) {
    guard let memory else { return }
    var kept = known?.partials ?? [:]
    for (item, partial) in zip(items, partials) {
      if let key = item.key { kept[key] = partial }
    }
    var bytes = kept.values.reduce(0) { $0 + $1.memoryBytes + 64 }
    if bytes > AggregateMemory.partialLimitBytes {
      kept = [:]
      bytes = 0
    }
    bytes += state.memoryBytes + kept.count * self.plan.columns.count * 32
    bytes += AggregateMemory.entryBytes
    var unkeptRows = items.reduce(known?.unkeptRows ?? 0) { $0 + $1.rows }
    if unkeptRows >= memory.rowsWorthKeeping {
      var writer = StateWriter()
      writer.put(merged.partCount)
      writer.put(merged.digest.bytes)
      state.write(to: &writer)
      // The answer does not depend on it; a full disk is for those to report who have to write.
      try? source.keepAggregate(writer.bytes, for: plan)
      unkeptRows = 0
    }
    memory.keep(
      AggregateMemory.Entry(
        merged: merged, state: state, unkeptRows: unkeptRows, partials: kept, bytes: bytes),
      for: plan)
  }
}
