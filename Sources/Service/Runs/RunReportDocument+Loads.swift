import Model
import Running
import Statistics
import Wire

extension RunReportDocument.Load {
  /// The latencies of rows by their model and load, from the moment at which each call was due; nil
  /// for rows of an ordinary run.
  static func all(of rows: [JSON.Object]) -> [RunReportDocument.Load]? {
    var order: [Place] = []
    var groups: [Place: (times: [Double], errors: Int)] = [:]
    for row in rows {
      guard let load = row[RunColumns.load]?.integer, let model = row["model"]?.string else {
        continue
      }
      let place = Place(model: DataText(model), load: Int(load))
      if groups[place] == nil { order.append(place) }
      guard !RunColumns.isError(row), let time = row["latency_ms"]?.integer else {
        groups[place, default: ([], 0)].errors += 1
        continue
      }
      let late = row["late_ms"]?.integer ?? 0
      groups[place, default: ([], 0)].times.append(Double(time + late))
    }
    guard !order.isEmpty else { return nil }
    return order.map { place in
      let group = groups[place] ?? ([], 0)
      func quantile(_ share: Double) -> Double? {
        QuantileEstimate.of(group.times, quantile: share)?.value
      }
      return RunReportDocument.Load(
        model: place.model.string, load: place.load, answers: group.times.count,
        errors: group.errors, p50: quantile(0.5), p95: quantile(0.95))
    }
  }

  private struct Place: Hashable {
    let model: DataText
    let load: Int
  }
}
