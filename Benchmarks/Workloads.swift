import Foundation

/// The files of the workloads, as the generator in `gen.py` lays them out.
struct Workloads {
  let folder: String
  /// Where stores are made.
  let work: String

  init() {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["BENCH_HOME"] ?? NSHomeDirectory() + "/.cache/assay-bench"
    folder = environment["BENCH_DATA"] ?? home + "/data"
    work = environment["BENCH_WORK"] ?? home + "/stores"
  }

  func check() throws {
    guard FileManager.default.fileExists(atPath: nightly) else {
      throw BenchError(
        "there are no workloads in \(folder): make them with gen.py (see Benchmarks/README.md) or "
          + "name their folder in BENCH_DATA")
    }
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
  }

  func bakeOff(_ number: Int) -> String { folder + "/w1/" + padded(number % 60, 3) + ".jsonl" }
  var nightly: String { folder + "/w2/nightly.jsonl" }
  func history(_ version: Int) -> String { folder + "/w3/v" + padded(version, 3) + ".jsonl" }
  func run(_ number: Int) -> String { folder + "/w4/run_" + padded(number, 4) + ".jsonl" }

  /// A folder for a new store; what was there before is removed.
  func fresh(_ name: String) throws -> String {
    let path = work + "/" + name
    try? FileManager.default.removeItem(atPath: path)
    return path
  }

  func existing(_ name: String) -> String { work + "/" + name }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

func fileSize(_ path: String) -> Int {
  (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
}
