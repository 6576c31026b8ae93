import Formats
import Foundation
import Glibc
import Model
import Store

/// Appends of one row, each durable when it is answered.
struct Appending {
  let workloads: Workloads

  func oneRow() throws -> Measurement {
    let path = try workloads.fresh("live")
    try Store.create(path: path)
    let live = try LiveAppender(Store(path: path))
    let dataset = try DatasetName("live")
    let floor = try FloorLog(workloads.work + "/floor.log")
    var seconds: [Double] = []
    var floors: [Double] = []
    for number in 0..<2000 {
      let row = Array(#"{"run":7,"step":\#(number),"loss":0.125,"at":"2026-10-01T12:00:00Z"}"#.utf8)
      seconds.append(
        try Clock.time {
          _ = try live.append(dataset, MemorySource(name: "row", bytes: row), sees: nil)
        })
      floors.append(Clock.time { floor.append(row) })
    }
    _ = try live.seal(dataset)
    let sorted = seconds.sorted()
    let (p50, p99) = (sorted[sorted.count / 2], sorted[sorted.count * 99 / 100])
    return Measurement(
      operation: "append one row, in process", seconds: p50, repetitions: seconds.count,
      floorSeconds: Clock.median(floors), floor: "write + fsync of the same bytes",
      storedBytes: storedBytes(below: path), peakBytes: peakMemory(),
      note: "p99 \((p99 * 1e6).rounded() / 1e3) ms")
  }
}

extension Appending {
  /// Rows that came live become a version of a dataset that has rows.
  func seal() throws -> Measurement {
    let path = try workloads.fresh("seal")
    try Store.create(path: path)
    let live = try LiveAppender(Store(path: path))
    let dataset = try DatasetName("live")
    let text = Array(
      (0..<20_000).map {
        #"{"run":7,"step":\#($0),"loss":0.125,"at":"2026-10-01T12:00:00Z"}"# + "\n"
      }.joined().utf8)
    var seconds: [Double] = []
    var floors: [Double] = []
    var parsed = 0
    for _ in 0..<9 {
      _ = try live.append(dataset, MemorySource(name: "rows", bytes: text), sees: nil)
      parsed = try JSONWork.withCount {
        seconds.append(try Clock.time { _ = try live.seal(dataset) })
      }
      floors.append(
        try Clock.time {
          var reader = try JSONReader(MemorySource(name: "rows", bytes: text), layout: .lines)
          while try reader.next() != nil {}
        })
    }
    return Measurement(
      operation: "seal 20,000 live rows, in process", seconds: Clock.median(seconds),
      repetitions: seconds.count, floorSeconds: Clock.median(floors),
      floor: "one parse of the same rows", storedBytes: storedBytes(below: path),
      peakBytes: peakMemory(),
      note: "parsed \(Double(parsed) / Double(text.count)) times the bytes of the rows")
  }
}

/// A file that grows by a row and a sync at a time.
private final class FloorLog {
  private let file: Int32

  init(_ path: String) throws {
    file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644)
    guard file >= 0 else { throw BenchError("\(path) cannot be made") }
  }

  deinit { close(file) }

  func append(_ bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    fsync(file)
  }
}
