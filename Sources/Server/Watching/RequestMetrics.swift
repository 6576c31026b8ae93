import Synchronization

/// Counts and times of requests, in the text form of Prometheus
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// Any thread may call.
final class RequestMetrics: Sendable {
  private struct Key: Hashable {
    let operation: String
    let status: Int
  }

  private struct Count {
    var requests = 0
    var bytes = 0
  }

  private struct Times {
    var buckets = [Int](repeating: 0, count: bounds.count)
    var seconds = 0.0
    var count = 0
  }

  private struct State {
    var counts: [Key: Count] = [:]
    var times: [String: Times] = [:]
    var inFlight = 0
  }

  /// Upper bounds of the buckets, in seconds.
  private static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

  private let state = Mutex(State())

  /// Takes a request in, unless `limit` of them are under way.
  func begin(limit: Int) -> Bool {
    state.withLock { state in
      guard state.inFlight < limit else { return false }
      state.inFlight += 1
      return true
    }
  }

  /// Releases a request that was admitted.
  func end() { state.withLock { $0.inFlight -= 1 } }

  /// Counts an answer of `bytes` bytes that was ready after `seconds`.
  func count(_ operation: String, status: Int, bytes: Int, seconds: Double) {
    state.withLock { state in
      state.counts[Key(operation: operation, status: status), default: Count()].requests += 1
      state.counts[Key(operation: operation, status: status), default: Count()].bytes += bytes
      let bucket = Self.bounds.firstIndex { seconds <= $0 }
      if let bucket { state.times[operation, default: Times()].buckets[bucket] += 1 }
      state.times[operation, default: Times()].seconds += seconds
      state.times[operation, default: Times()].count += 1
    }
  }

  /// All counts, with values of the moment added.
  func text(gauges: [(name: String, help: String, value: Int)]) -> String {
    let state = state.withLock { $0 }
    var text = Self.head("assay_requests_total", "counter", "Requests answered.")
    let counts = state.counts.sorted {
      ($0.key.operation, $0.key.status) < ($1.key.operation, $1.key.status)
    }
    for (key, count) in counts {
      text += "assay_requests_total\(Self.labels(key)) \(count.requests)\n"
    }
    text += Self.head("assay_response_bytes_total", "counter", "Bytes of the bodies answered.")
    for (key, count) in counts {
      text += "assay_response_bytes_total\(Self.labels(key)) \(count.bytes)\n"
    }
    text += Self.head(
      "assay_request_duration_seconds", "histogram", "Time until an answer was ready.")
    for (operation, times) in state.times.sorted(by: { $0.key < $1.key }) {
      text += Self.histogram(operation, times)
    }
    let inFlight = ("assay_requests_in_flight", "Requests under way.", state.inFlight)
    for (name, help, value) in [inFlight] + gauges {
      text += Self.head(name, "gauge", help) + "\(name) \(value)\n"
    }
    return text
  }

  private static func histogram(_ operation: String, _ times: Times) -> String {
    let name = "assay_request_duration_seconds"
    var text = ""
    var sum = 0
    for (bound, count) in zip(bounds, times.buckets) {
      sum += count
      text += "\(name)_bucket{operation=\"\(operation)\",le=\"\(bound)\"} \(sum)\n"
    }
    text += "\(name)_bucket{operation=\"\(operation)\",le=\"+Inf\"} \(times.count)\n"
    text += "\(name)_sum{operation=\"\(operation)\"} \(times.seconds)\n"
    return text + "\(name)_count{operation=\"\(operation)\"} \(times.count)\n"
  }

  private static func labels(_ key: Key) -> String {
    "{operation=\"\(key.operation)\",status=\"\(key.status)\"}"
  }

  private static func head(_ name: String, _ type: String, _ help: String) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }
}
