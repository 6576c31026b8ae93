import Model
import Platform

/// Brings the values of each group together and finds its quantiles, groups in parallel.
struct QuantileGathering {
  private let measures: [Measure]
  private let partials: [RowGroupPartial]
  private let maps: [[UInt32]]

  /// The values of row groups whose groups went where `maps` says.
  init(_ measures: [Measure], _ partials: [RowGroupPartial], _ maps: [[UInt32]]) {
    self.measures = measures
    self.partials = partials
    self.maps = maps
  }

  /// Sets the windows of all groups.
  func fill(_ state: inout GroupedState) throws(StoreError) {
    let wanted = self.measures.indices.filter { !self.measures[$0].fractions.isEmpty }
    guard !wanted.isEmpty else { return }
    let pieces = pieces(groupCount: state.count)
    // Few groups are shared out one by one, many in runs.
    let groupCount = state.count
    let runs = min(groupCount, 64)
    let (measures, partials) = (measures, partials)
    for column in wanted {
      let fractions = measures[column].fractions
      let found = try parallelMap(count: runs) {
        run throws(StoreError) -> [[QuantileWindow]] in
        var buffer: [Double] = []
        let groups = groupCount * run / runs..<groupCount * (run + 1) / runs
        return groups.map { group in
          buffer.removeAll(keepingCapacity: true)
          for piece in pieces[group] {
            let values = partials[piece.partial].columns[column]
            buffer += values.values[values.range(piece.local)]
          }
          return fractions.map { QuantileWindow(&buffer, fraction: $0) }
        }
      }
      for (group, windows) in found.joined().enumerated() {
        for (fraction, window) in windows.enumerated() {
          state.set(window, column: column, fraction: fraction, group: group)
        }
      }
    }
  }

  /// For each group the row groups that have values of it.
  private func pieces(groupCount: Int) -> [[(partial: Int, local: Int)]] {
    var pieces = [[(partial: Int, local: Int)]](repeating: [], count: groupCount)
    for (partial, map) in maps.enumerated() {
      for (local, group) in map.enumerated() where group != GroupMap.none {
        pieces[Int(group)].append((partial, local))
      }
    }
    return pieces
  }
}
