import Model
import Wire

extension ComparisonAnalysis {
  /// The pairs with their tests judged together: all metrics of all candidates are one family, all
  /// slices of a column of a candidate another.
  static func judged(_ pairs: [PairDocument], level: Double) -> [PairDocument] {
    var family = pairs.flatMap(\.metrics)
    MetricComparison.judge(&family, level: level)
    var next = 0
    return pairs.map { pair in
      let metrics = Array(family[next..<next + pair.metrics.count])
      next += pair.metrics.count
      var columns: [String] = []
      for slice in pair.slices where !columns.hasText(slice.column) {
        columns.append(slice.column)
      }
      let slices = columns.flatMap { column in
        judged(pair.slices.filter { $0.column.hasBytes(of: column) }, level: level)
      }
      return PairDocument(
        base: pair.base, candidate: pair.candidate, metrics: metrics, latency: pair.latency,
        costPerSuccess: pair.costPerSuccess, slices: slices,
        buckets: pair.buckets.map { judged($0, level: level) })
    }
  }

  private static func judged(_ slices: [SliceDocument], level: Double) -> [SliceDocument] {
    var family = slices.flatMap(\.metrics)
    MetricComparison.judge(&family, level: level)
    var next = 0
    return slices.map { slice in
      let metrics = Array(family[next..<next + slice.metrics.count])
      next += slice.metrics.count
      return SliceDocument(
        column: slice.column, value: slice.value, items: slice.items, metrics: metrics)
    }
  }
}
