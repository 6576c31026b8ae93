import Foundation

/// The binary as a process: what a shell or CI pays for each operation.
struct Processes {
  let workloads: Workloads

  private var binary: String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("assay").path
  }

  func version() throws -> Measurement {
    try measure("start-up, assay --version", times: 40) { _ in ["--version"] }
  }

  func push() throws -> Measurement {
    let path = try store("o1-process")
    return try measure("save 300 rows, as a process", times: 40) { number in
      push("bake-off", workloads.bakeOff(number), path)
    }
  }

  func large() throws -> Measurement {
    try measure("save 120,000 rows, as a process", times: 3) { _ in
      push("nightly", workloads.nightly, try store("o2-process"))
    }
  }

  func history(versions: Int) throws -> Measurement {
    let path = try store("o3-process")
    return try measureAll("save \(versions) versions, as processes", times: versions) { number in
      push("history", workloads.history(number + 1), path)
    }
  }

  func runs(_ count: Int) throws -> Measurement {
    let path = try store("w4-process")
    return try measureAll("save \(count) runs, as processes", times: count) { number in
      push("runs", workloads.run(number), path)
    }
  }

  func pull(version: Int) throws -> Measurement {
    let target = workloads.work + "/pulled.jsonl"
    return try measure("read version \(version), as a process: JSONL file", times: 7) { _ in
      ["pull", "history@\(version)", "-o", target, "--store", workloads.existing("o3")]
    }
  }

  func diff(_ old: Int, _ new: Int) throws -> Measurement {
    try measure("diff versions \(old) and \(new), as a process", times: 15) { _ in
      ["diff", "history@\(old)", "history@\(new)", "--store", workloads.existing("o3")]
    }
  }

  func verify() throws -> Measurement {
    try measure("verify the history, as a process", times: 1) { _ in
      ["verify", "--store", workloads.existing("o3")]
    }
  }

  func query(_ name: String, _ sql: String) throws -> Measurement {
    try measure("across 500 runs, as a process: \(name)", times: 9) { _ in
      ["query", sql, "--store", workloads.existing("w4")]
    }
  }

  private func store(_ name: String) throws -> String {
    let path = try workloads.fresh(name)
    _ = try Floors.command(binary, ["init", path])
    return path
  }

  private func push(_ name: String, _ file: String, _ store: String) -> [String] {
    ["push", name, file, "--key", "id", "--store", store, "--quiet"]
  }

  private func measure(
    _ name: String, times: Int, _ arguments: (Int) throws -> [String]
  ) throws -> Measurement {
    let (seconds, floors) = try run(times, arguments)
    return Measurement(
      operation: name, seconds: Clock.median(seconds), repetitions: times,
      floorSeconds: Clock.median(floors), floor: "/bin/true")
  }

  /// Measures processes that follow on one another, all together.
  private func measureAll(
    _ name: String, times: Int, _ arguments: (Int) throws -> [String]
  ) throws -> Measurement {
    let (seconds, floors) = try run(times, arguments)
    return Measurement(
      operation: name, seconds: seconds.reduce(0, +), repetitions: 1,
      floorSeconds: floors.reduce(0, +), floor: "/bin/true as often")
  }

  private func run(
    _ times: Int, _ arguments: (Int) throws -> [String]
  ) throws -> (seconds: [Double], floors: [Double]) {
    var seconds: [Double] = []
    var floors: [Double] = []
    for number in 0..<times {
      let arguments = try arguments(number)
      seconds.append(try Floors.command(binary, arguments))
      floors.append(try Floors.command("/bin/true", []))
    }
    return (seconds, floors)
  }
}
