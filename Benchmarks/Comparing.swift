import Statistics
import Foundation
import Model
import Service
import Store
import Wire

/// Two runs laid beside one another, item by item.
struct Comparing {
  let workloads: Workloads

  /// 20,000 items with three metrics, one of them a latency with its quantiles, and the usual draws.
  func runs() throws -> Measurement {
    let path = try workloads.fresh("compare")
    try Store.create(path: path)
    let store = try Store(path: path)
    for (number, name) in ["base", "candidate"].enumerated() {
      let file = workloads.work + "/\(name).jsonl"
      try rows(stream: UInt64(number)).write(toFile: file, atomically: true, encoding: .utf8)
      _ = try Saving.push(file, store, name)
    }
    let service = LocalStoreService(store, author: "bench")
    var options = ComparisonOptions()
    options.higher = ["score", "faithfulness"]
    options.lower = ["latency_ms"]
    var request = ComparisonRequest(base: "base", candidates: ["candidate"])
    request.options = options
    var (seconds, floors): ([Double], [Double]) = ([], [])
    for _ in 0..<3 {
      seconds.append(try Clock.time { _ = try service.compare(request) })
      floors.append(draw(options.resamples))
    }
    return Measurement(
      operation: "compare 20,000 items by 3 metrics", seconds: Clock.median(seconds),
      repetitions: seconds.count, floorSeconds: Clock.median(floors),
      floor: "9,999 draws of 20,000 values and their sums, on one core", peakBytes: peakMemory())
  }

  private func rows(stream: UInt64) -> String {
    var random = RandomStream(seed: 7, stream: stream)
    return (0..<20_000).map { item in
      """
      {"id":"q\(item)","score":\(random.unit()),"faithfulness":\(random.unit().squareRoot()),\
      "latency_ms":\(200 + 3_000 * random.unit())}

      """
    }.joined()
  }

  /// The least that one bootstrap of one metric does.
  private func draw(_ resamples: Int) -> Double {
    let values = (0..<20_000).map { Double($0) }
    var total = 0.0
    let seconds = Clock.time {
      for resample in 0..<resamples {
        var random = RandomStream(seed: 1, stream: UInt64(resample))
        for _ in 0..<values.count { total += values[random.index(below: values.count)] }
      }
    }
    return total > 0 ? seconds : .nan
  }
}
