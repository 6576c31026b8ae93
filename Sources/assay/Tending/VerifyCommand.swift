import ArgumentParser
import Model
import Wire

/// `assay verify`: checks that everything is as it was written.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that every byte is as it was written.",
    discussion: """
      Reads every file, follows every log and checks the index. Names what is damaged and the versions \
      it touches, and then exits with 1. --expect-head proves that a dataset's history, up to the \
      record of that digest, is the one you know ('record' in assay log --json). --values also finds \
      values that are sound but seldom intended: rows whose keys are equal (1 and 1.0), columns of texts \
      that look like numbers or true and false, columns whose type changes between versions, versions \
      dated in the future; it exits with 1 when it finds any.
      """, subcommands: [VerifyComparisonCommand.self, VerifyReportCommand.self])

  @Option(
    name: .customLong("expect-head"), help: ArgumentHelp("NAME=sha256:…", valueName: "head"))
  var expectedHeads: [String] = []
  @Flag(help: "Check for odd values too: keys, types and dates.") var values = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let heads = try parsedHeads()
    let service = try global.openService(toleratesDamage: true)
    let progress = ProgressLine()
    let report = try service.verify(heads: heads, values: values) { progress.show("\($0)") }
    progress.clear()
    let output = try Output()
    if global.json {
      try output.json(report)
    } else {
      try print(report, output)
    }
    try output.finish()
    if !report.isSound || !(report.findings ?? []).isEmpty { throw ExitCode(1) }
  }

  private func parsedHeads() throws(StoreError) -> [DatasetName: Digest] {
    var heads: [DatasetName: Digest] = [:]
    for pair in expectedHeads {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let digest = Digest(parsing: parts[1]) else {
        throw StoreError(
          .usage, "'\(pair)' expects no head; write NAME=sha256: and 64 hexadecimal digits")
      }
      heads[try DatasetName(String(parts[0]))] = digest
    }
    return heads
  }

  private func print(_ report: VerifyDocument, _ output: Output) throws {
    for damage in report.damage {
      try output.line("\(damage.file): \(damage.what)")
      if !damage.versions.isEmpty {
        try output.line("  touches " + damage.versions.joined(separator: " "))
      }
    }
    if !report.isIndexRight {
      try output.line("the index differs from logs and packs; 'assay reindex' puts it right")
    }
    for segment in report.torn ?? [] { try output.line("\(segment.file) \(segment.what)") }
    if let versions = report.outOfOrder {
      let more = versions.count > 10 ? " and \(versions.count - 10) more" : ""
      try output.line(
        "dated before the version they follow, by a clock that was set back or by hand: "
          + versions.prefix(10).joined(separator: " ") + more)
    }
    for finding in report.findings ?? [] {
      let column = finding.column.map { "column '\($0)': " } ?? ""
      try output.line("\(finding.versions): \(column)\(finding.what)")
    }
    if values, report.findings == nil {
      try output.line("values were not looked at: put the damage right first")
    }
    let checked =
      "\(report.files) files, \(report.bytes) bytes, \(report.records) records, "
      + "\(report.versions) versions, \(report.chunks) chunks"
    try output.line(report.isSound ? "all as written: \(checked)" : "damaged; checked \(checked)")
  }
}
