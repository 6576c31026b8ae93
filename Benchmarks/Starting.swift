import Foundation

/// The binary as a process: what a shell or CI pays for it.
struct Starting {
  let workloads: Workloads

  private var binary: String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("assay").path
  }

  func version() throws -> Measurement {
    try measure("start-up, assay --version", times: 40) { _ in ["--version"] }
  }

  func push() throws -> Measurement {
    let path = try workloads.fresh("o1-process")
    _ = try Floors.command(binary, ["init", path])
    return try measure("save 300 rows, as a process", times: 40) { number in
      [
        "push", "bake-off", workloads.bakeOff(number), "--key", "id", "--store", path, "--quiet",
      ]
    }
  }

  private func measure(
    _ name: String, times: Int, _ arguments: (Int) -> [String]
  ) throws -> Measurement {
    var seconds: [Double] = []
    var floors: [Double] = []
    for number in 0..<times {
      seconds.append(try Floors.command(binary, arguments(number)))
      floors.append(try Floors.command("/bin/true", []))
    }
    return Measurement(
      operation: name, seconds: Clock.median(seconds), repetitions: times,
      floorSeconds: Clock.median(floors), floor: "/bin/true")
  }
}
