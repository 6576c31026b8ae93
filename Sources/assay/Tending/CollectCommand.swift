import ArgumentParser
import Model
import Wire

/// `assay gc`: removes files that nothing refers to.
struct CollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Find files that nothing refers to; remove them with --apply.",
    discussion: """
      Interrupted saves leave such files behind. No version and no digest changes. Files younger than \
      the grace period stay, since a running save may be about to refer to them; less than a minute \
      needs --force.
      """)

  @Flag(help: "Remove them.") var apply = false
  @Option(help: "Keep files younger than this: 90s, 10m, 1h, 2d.") var grace = "1h"
  @Flag(help: "Allow a grace period below 1m; only while no process saves.") var force = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let seconds = try graceSeconds()
    let report = try global.openService().collectGarbage(apply: apply, graceSeconds: seconds)
    let output = try Output()
    if global.json {
      try output.json(report)
    } else {
      try print(report, output)
    }
    try output.finish()
  }

  private func graceSeconds() throws(StoreError) -> Int {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = grace.last.flatMap({ units[$0] }), let count = Int(grace.dropLast()),
      (0...1_000_000).contains(count)
    else {
      throw StoreError(.usage, "'\(grace)' is not a time span; write 90s, 10m, 1h or 2d")
    }
    guard count * unit >= GarbageRequest.leastGraceSeconds || force else {
      throw StoreError(
        .usage,
        "--grace \(grace) may remove what a save under way has written; give it a minute or more, "
          + "or add --force while no process saves")
    }
    return count * unit
  }

  private func print(_ report: GarbageDocument, _ output: Output) throws {
    let verb = report.isApplied ? "removed" : "would remove"
    for file in report.files { try output.line("\(verb) \(file.name)  \(file.bytes) bytes") }
    for file in report.youngFiles {
      try output.line("left \(file.name)  \(file.bytes) bytes: younger than \(grace)")
    }
    for pack in report.newPacks { try output.line("packed \(pack.name)  \(pack.bytes) bytes") }
    let bytes = report.files.reduce(0) { $0 + $1.bytes }
    let hint = report.isApplied || report.files.isEmpty ? "" : "; do it with --apply"
    try output.line("\(verb) \(report.files.count) files, \(bytes) bytes\(hint)")
  }
}
