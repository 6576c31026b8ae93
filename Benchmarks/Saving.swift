import Foundation
import Formats
import Model
import Store

/// Saves: small commits, one large one, a history, many runs.
struct Saving {
  let workloads: Workloads

  static func push(
    _ path: String, _ store: Store, _ name: String, key: [String]? = ["id"]
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = key
    options.author = "bench"
    let reader = try JSONReader(FileSource.open(path: path), layout: .lines)
    return try store.push(DatasetName(name), reader, options)
  }

  func small() throws -> Measurement {
    let path = try workloads.fresh("o1")
    try Store.create(path: path)
    let store = try Store(path: path)
    var seconds: [Double] = []
    var floors: [Double] = []
    for number in 0..<60 {
      let file = workloads.bakeOff(number)
      seconds.append(try Clock.time { _ = try Self.push(file, store, "bake-off") })
      floors.append(Floors.save(file, in: workloads.work))
    }
    return Measurement(
      operation: "save 300 rows, in process", seconds: Clock.median(seconds),
      repetitions: seconds.count, floorSeconds: Clock.median(floors),
      floor: "write + fsync of the same bytes", storedBytes: storedBytes(below: path),
      peakBytes: peakMemory())
  }

  func large() throws -> Measurement {
    var seconds: [Double] = []
    var floors: [Double] = []
    var stored = 0
    for _ in 0..<3 {
      let path = try workloads.fresh("o2")
      try Store.create(path: path)
      let store = try Store(path: path)
      seconds.append(try Clock.time { _ = try Self.push(workloads.nightly, store, "nightly") })
      stored = storedBytes(below: path)
      floors.append(try Floors.compress(workloads.nightly, in: workloads.work))
    }
    let median = Clock.median(seconds)
    return Measurement(
      operation: "save 120,000 rows", seconds: median, repetitions: seconds.count,
      floorSeconds: Clock.median(floors), floor: "zstd -3 on one core",
      megabytesPerSecond: Double(fileSize(workloads.nightly)) / median / 1e6, storedBytes: stored,
      peakBytes: peakMemory())
  }

  func history(versions: Int) throws -> Measurement {
    let path = try workloads.fresh("o3")
    try Store.create(path: path)
    let store = try Store(path: path)
    var seconds: [Double] = []
    for version in 1...versions {
      let file = workloads.history(version)
      seconds.append(try Clock.time { _ = try Self.push(file, store, "history") })
    }
    let floor = Floors.hash((1...versions).map(workloads.history))
    let total = seconds.reduce(0, +)
    var note: String?
    var figures: [Figure]?
    if versions >= 20 {
      let early = Clock.median(Array(seconds[6..<9] + seconds[10..<13]))
      let late = Clock.median(Array(seconds[(versions - 6)..<(versions - 1)]))
      note = String(
        format: "commit 10 %.1f ms, commit %d %.1f ms (%.2fx)", early * 1e3, versions, late * 1e3,
        late / early)
      figures = [
        Figure(name: "commit 10", seconds: early),
        Figure(name: "commit \(versions)", seconds: late),
      ]
    }
    return Measurement(
      operation: "save \(versions) versions of 20,000 rows", seconds: total, repetitions: 1,
      floorSeconds: floor, floor: "read + SHA-256 of all",
      storedBytes: storedBytes(below: path), peakBytes: peakMemory(), figures: figures,
      note: note)
  }

  func runs(_ count: Int) throws -> Measurement {
    let path = try workloads.fresh("w4")
    try Store.create(path: path)
    let store = try Store(path: path)
    let seconds = try Clock.time {
      for number in 0..<count { _ = try Self.push(workloads.run(number), store, "runs") }
    }
    let floor = Floors.hash((0..<count).map(workloads.run))
    return Measurement(
      operation: "save \(count) runs of 2,000 rows", seconds: seconds, repetitions: 1,
      floorSeconds: floor, floor: "read + SHA-256 of all",
      storedBytes: storedBytes(below: path), peakBytes: peakMemory())
  }
}
