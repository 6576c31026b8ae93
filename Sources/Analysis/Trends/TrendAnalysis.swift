import Statistics
package import Model
package import Wire

/// Numbers of versions as trends, and the places where they moved.
package enum TrendAnalysis {
  /// The coverage of intervals.
  package static let level = 0.95
  /// The seed of permutation tests, so that the same versions have the same change points.
  private static let seed: UInt64 = 1

  /// A series of one group's numbers, by ascending version.
  package static func series(
    group: String?, _ points: [TrendDocument.Point]
  ) throws(StoreError) -> TrendDocument.Series {
    let changes = try ChangePoints.find(
      points.map(\.value), seed: seed, draws: AnalysisControl.draws
    ).map { change in
      TrendDocument.Change(
        version: points[change.position].version, before: change.before, after: change.after,
        pValue: change.pValue)
    }
    return TrendDocument.Series(group: group, points: points, changes: changes)
  }

  /// The change of a series with the largest step, the later one of equals; with the version whose
  /// number comes before it.
  package static func largestChange(
    _ series: TrendDocument.Series
  ) -> (change: TrendDocument.Change, previous: Int)? {
    var largest: TrendDocument.Change?
    for change in series.changes
    where abs(change.after - change.before) >= largest.map({ abs($0.after - $0.before) }) ?? 0 {
      largest = change
    }
    guard let largest,
      let previous = series.points.last(where: { $0.version < largest.version })
    else { return nil }
    return (largest, previous.version)
  }
}
