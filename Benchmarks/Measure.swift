import Foundation
import Glibc

/// One measured operation; printed as a line of JSON and gathered into the report.
struct Measurement: Codable {
  var operation: String
  /// Median seconds.
  var seconds: Double
  var repetitions: Int
  /// What the machine needed for the bare work in the same run, and what that work was.
  var floorSeconds: Double?
  var floor: String?
  var megabytesPerSecond: Double?
  var storedBytes: Int?
  /// The most memory the process had (its own, with the floor's), in bytes.
  var peakBytes: Int?
  /// What else was measured in the same run.
  var figures: [Figure]?
  var note: String?

  var ratio: Double? { floorSeconds.map { seconds / $0 } }
}

/// A figure that stands beside a measurement.
struct Figure: Codable {
  var name: String
  /// Median seconds.
  var seconds: Double
}

enum Clock {
  /// Seconds of a clock that never goes back.
  static func now() -> Double {
    Double(DispatchTime.now().uptimeNanoseconds) / 1e9
  }

  static func time(_ body: () throws -> Void) rethrows -> Double {
    let start = now()
    try body()
    return now() - start
  }

  /// Seconds of processor time that the process has used, on all cores together.
  ///
  /// On a machine that is shared it tells more than the time that went by.
  static func processor() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1
      ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
  }
}

/// The most memory this process has had so far, in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// The bytes of all files below a folder, less the index.
func storedBytes(below folder: String) -> Int {
  guard let names = FileManager.default.enumerator(atPath: folder) else { return 0 }
  var total = 0
  for case let name as String in names where !name.hasPrefix("index.sqlite") {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
    total += attributes?[.size] as? Int ?? 0
  }
  return total
}
