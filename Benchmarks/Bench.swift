import Foundation
import Platform

/// Measures the operations of the design's budget table; each in a process of its own, so that peak
/// memory is its own.
///
/// `bench` runs all and writes docs/benchmarks.md; `bench OPERATION` runs one.
@main
struct Bench {
  static func main() throws {
    ProcessMemory.keepFreedBuffers()
    let workloads = Workloads()
    try workloads.check()
    let saving = Saving(workloads: workloads)
    let reading = Reading(workloads: workloads)
    let querying = Querying(workloads: workloads)
    let processes = Processes(workloads: workloads)
    let comparing = Comparing(workloads: workloads)
    let deciding = Deciding()
    let appending = Appending(workloads: workloads)
    let operations: [(name: String, run: () throws -> Measurement)] = [
      ("o1", saving.small),
      ("o2", saving.large),
      ("o3", { try saving.history(versions: 200) }),
      ("o4", { try reading.columns(version: 100) }),
      ("o4-jsonl", { try reading.jsonl(version: 100) }),
      ("o5", { try reading.diff(100, 101) }),
      ("o7", reading.verify),
      ("w4", { try saving.runs(500) }),
      ("o6a", querying.byModel),
      ("o6b", querying.byRunAndModel),
      ("o6c", querying.filtered),
      ("o6d", querying.oneRow),
      ("compare", comparing.runs),
      ("live", appending.oneRow),
      ("seal", appending.seal),
      ("route-1", { try deciding.decide(1) }),
      ("route-10", { try deciding.decide(10) }),
      ("route-100", { try deciding.decide(100) }),
      ("route-1000", { try deciding.decide(1000) }),
      ("start", processes.version),
      ("o1-process", processes.push),
      ("o2-process", processes.large),
      ("o3-process", { try processes.history(versions: 200) }),
      ("o4-process", { try processes.pull(version: 100) }),
      ("o5-process", { try processes.diff(100, 101) }),
      ("o7-process", processes.verify),
      ("w4-process", { try processes.runs(500) }),
      ("o6a-process", { try processes.query("by model", Querying.byModel("runs@*")) }),
      ("o6c-process", { try processes.query("filter, limit 100", Querying.filter) }),
      ("o6d-process", { try processes.query("one row by key", Querying.row(workloads)) }),
      ("flip", { try reading.flippedBits(tries: 40) }),
    ]
    let wanted = Array(CommandLine.arguments.dropFirst())
    for operation in operations where wanted.contains(operation.name) {
      let data = try JSONEncoder().encode(try operation.run())
      print(String(decoding: data, as: UTF8.self))
    }
  }
}
