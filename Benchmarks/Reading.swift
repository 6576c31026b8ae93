import Columns
import Foundation
import Formats
import Model
import Service
import Store
import Wire

/// Reads of the history that ``Saving/history(versions:)`` left: old versions, diffs, verification.
struct Reading {
  let workloads: Workloads

  func columns(version: Int) throws -> Measurement {
    var seconds: [Double] = []
    var floors: [Double] = []
    _ = try Floors.compress(workloads.history(version), in: workloads.work)
    for _ in 0..<7 {
      // A new store each time, so that nothing is in its caches.
      let store = try Store(path: workloads.existing("o3"))
      seconds.append(
        try Clock.time {
          let snapshot = try store.snapshot(
            try store.resolve(Reference(parsing: "history@\(version)")))
          _ = try snapshot.batches(
            groups: snapshot.manifest.groups.indices,
            columns: Array(snapshot.schema.columns.indices))
        })
      floors.append(try Floors.decompress(in: workloads.work))
    }
    return Measurement(
      operation: "read version \(version): columns in memory", seconds: Clock.median(seconds),
      repetitions: seconds.count, floorSeconds: Clock.median(floors),
      floor: "zstd -d of that version to a file", peakBytes: peakMemory())
  }

  func jsonl(version: Int) throws -> Measurement {
    var seconds: [Double] = []
    var floors: [Double] = []
    _ = try Floors.compress(workloads.history(version), in: workloads.work)
    let target = workloads.work + "/pulled.jsonl"
    for _ in 0..<7 {
      let store = try Store(path: workloads.existing("o3"))
      seconds.append(
        try Clock.time {
          let service = LocalStoreService(store, author: "bench")
          let reference = try Reference(parsing: "history@\(version)")
          let sink = try ByteSink.open(path: target)
          _ = try service.data(reference, DataRequest(format: .jsonl)) { _ in
          } write: { bytes throws(StoreError) in
            try sink.write(bytes)
          }
          try sink.finish()
        })
      floors.append(try Floors.decompress(in: workloads.work))
    }
    return Measurement(
      operation: "read version \(version): JSONL file", seconds: Clock.median(seconds),
      repetitions: seconds.count, floorSeconds: Clock.median(floors),
      floor: "zstd -d of that version to a file", peakBytes: peakMemory())
  }

  func diff(_ old: Int, _ new: Int) throws -> Measurement {
    var seconds: [Double] = []
    var counts = ""
    for _ in 0..<15 {
      let store = try Store(path: workloads.existing("o3"))
      seconds.append(
        try Clock.time {
          let diff = try store.diff(
            try store.snapshot(try store.resolve(Reference(parsing: "history@\(old)"))),
            try store.snapshot(try store.resolve(Reference(parsing: "history@\(new)"))))
          counts = "+\(diff.added.count) -\(diff.removed.count) ~\(diff.changed.count)"
        })
    }
    return Measurement(
      operation: "diff versions \(old) and \(new) by key", seconds: Clock.median(seconds),
      repetitions: seconds.count, peakBytes: peakMemory(), note: counts)
  }

  func verify() throws -> Measurement {
    let path = workloads.existing("o3")
    let store = try Store(path: path)
    let start = Clock.now()
    let report = try store.verify()
    let seconds = Clock.now() - start
    return Measurement(
      operation: "verify everything in the history", seconds: seconds, repetitions: 1,
      storedBytes: storedBytes(below: path), peakBytes: peakMemory(),
      note: "\(report.versions) versions, \(report.chunks) chunks, \(report.damage.count) damaged")
  }

  /// Flips one random bit of the small commits' files, `tries` times; counts wrong rows.
  func flippedBits(tries: Int) throws -> Measurement {
    let path = workloads.existing("o1")
    let store = try Store(path: path)
    let version = try store.resolve(Reference(parsing: "bake-off@20"))
    let expected = try digests(store, version)
    let files = try FileManager.default.subpathsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".pack") }.sorted()
    var random = SystemRandomNumberGenerator()
    var wrong = 0
    var missed = 0
    let seconds = try Clock.time {
      for _ in 0..<tries {
        guard let name = files.randomElement(using: &random) else { continue }
        let file = path + "/" + name
        var bytes = [UInt8](FileManager.default.contents(atPath: file) ?? Data())
        let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let damaged = try Store(path: path)
        if let found = try? digests(damaged, version), found != expected { wrong += 1 }
        if try damaged.verify().damage.isEmpty { missed += 1 }
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
      }
    }
    return Measurement(
      operation: "one flipped bit, \(tries) tries", seconds: seconds, repetitions: 1,
      note: "wrong rows without an error: \(wrong); not found by verify: \(missed)")
  }

  private func digests(_ store: Store, _ version: Version) throws -> [Digest] {
    let snapshot = try store.snapshot(version)
    return try snapshot.batches(
      groups: snapshot.manifest.groups.indices,
      columns: Array(snapshot.schema.columns.indices)
    ).flatMap { $0.vectors.map(\.digest) }
  }
}
