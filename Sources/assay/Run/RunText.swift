import Model
import Providers
import Running
import Wire

/// Runs as text for people.
enum RunText {
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// The line that changes while a run goes on.
  static func line(_ progress: RunProgressDocument) -> String {
    let done = progress.targets.reduce(0) { $0 + $1.done }
    let total = progress.targets.reduce(0) { $0 + $1.total }
    var parts = ["\(done) of \(total)"]
    if progress.targets.count > 1 {
      parts[0] +=
        " (" + progress.targets.map { "\($0.model) \($0.done)" }.joined(separator: ", ") + ")"
    }
    parts.append(
      Nanodollars.text(progress.atMostNanodollars)
        + (progress.capNanodollars.map { " of " + Nanodollars.text($0) } ?? ""))
    parts += progress.errors.map { "\($0.count) \($0.errorClass)" }
    if let oldest = progress.oldestMilliseconds, progress.inFlight > 0 {
      parts.append("\(progress.inFlight) under way, the oldest for \(oldest / 1_000) s")
    }
    return parts.joined(separator: "; ")
  }

  /// The outcome of an execution.
  static func outcome(_ report: RunReportDocument) -> [String] {
    if report.state == "complete", let version = report.version, !report.isNew, report.calls == 0 {
      return ["unchanged: \(version.reference), 0 calls, $0"] + unknown(report) + scores(report)
    }
    var lines: [String] = []
    if let version = report.version {
      lines.append(
        report.isNew
          ? "\(version.reference)  \(version.snapshot.short)  \(count(version.rows, "row"))"
            + (report.difference.map { "  " + $0.text } ?? "")
          : "unchanged: \(version.reference)")
    }
    lines.append("\(report.state)\(stop(report)): \(calls(report))")
    lines += targets(report) + loads(report) + unknown(report) + changes(report)
    lines += scores(report)
    if let error = report.firstError { lines.append("the first error: \(error)") }
    if report.state != "complete" { lines.append("go on with: assay run resume \(report.run)") }
    return lines
  }

  private static func scores(_ report: RunReportDocument) -> [String] {
    if let scores = report.scores { return [""] + ScoringText.lines(scores) }
    return report.unscored.map { ["not scored: \($0)"] } ?? []
  }

  /// The calls of a judge, in a line: `12 calls, $0.0031; 3 answers known before`.
  static func calls(_ report: RunReportDocument) -> String {
    var line = count(report.calls - report.retries, "call")
    if report.retries > 0 {
      line += " and \(report.retries) \(report.retries == 1 ? "retry" : "retries")"
    }
    line += ", " + Nanodollars.text(report.costNanodollars)
    if report.unpriced > 0 { line += " and \(count(report.unpriced, "call")) of unknown cost" }
    if report.reused > 0 { line += "; \(count(report.reused, "answer")) known before" }
    return line
  }

  /// The state of a run.
  static func status(_ report: RunReportDocument) -> [String] {
    var lines = ["\(report.run): \(report.state)\(stop(report))"]
    if let version = report.version { lines.append("outputs \(version.reference)") }
    lines += targets(report)
    switch report.state {
    case "running":
      let age = report.oldestMilliseconds.map { ", the oldest for \($0 / 1_000) s" } ?? ""
      lines.append("\(count(report.unknown, "call")) under way\(age)")
      lines.append("at most \(Nanodollars.text(report.costNanodollars)) for the calls that ended")
    case "interrupted":
      lines += unknown(report)
      lines.append("go on with: assay run resume \(report.run)")
    default: lines += unknown(report)
    }
    if let answers = report.answers { lines.append("answers \(answers)") }
    lines += changes(report)
    return lines
  }

  static func stop(_ report: RunReportDocument) -> String {
    switch report.stop {
    case "budget": " (the next call might pass --max-usd)"
    case "calls": " (--max-calls)"
    case "time": " (--max-seconds)"
    default: ""
    }
  }

  private static func targets(_ report: RunReportDocument) -> [String] {
    let width = report.targets.map(\.model.count).max() ?? 0
    var lines = report.targets.map { target in
      var line = target.model + String(repeating: " ", count: width - target.model.count)
      line += "  \(target.done) of \(target.total)"
      if target.errors > 0 { line += ", \(count(target.errors, "error"))" }
      if let stop = target.stop { line += ", not called any more: \(stop)" }
      return line
    }
    if !report.errors.isEmpty {
      lines.append(
        "errors: " + report.errors.map { "\($0.count) \($0.errorClass)" }.joined(separator: ", "))
    }
    return lines
  }

  /// The latencies under each load.
  private static func loads(_ report: RunReportDocument) -> [String] {
    guard let loads = report.loads else { return [] }
    let width = loads.map(\.model.count).max() ?? 0
    func time(_ value: Double?) -> String { value.map { "\(Int($0.rounded())) ms" } ?? "–" }
    return loads.map { load in
      var line = load.model + String(repeating: " ", count: width - load.model.count)
      line += "  \(load.load) at a time: p50 \(time(load.p50)), p95 \(time(load.p95))"
      if load.errors > 0 { line += ", \(count(load.errors, "error"))" }
      return line
    }
  }

  private static func unknown(_ report: RunReportDocument) -> [String] {
    var lines: [String] = []
    if report.jobs > 0 {
      let verb = report.jobs == 1 ? "goes on" : "go on"
      lines.append(
        "\(count(report.jobs, "job")) \(verb); ask for them with: assay run resume \(report.run)")
    }
    guard report.unknown > 0 else { return lines }
    let bound = report.unknownNanodollars.map { " (at most \(Nanodollars.text($0)))" } ?? ""
    return lines + ["\(count(report.unknown, "call"))\(bound) may have been paid twice"]
  }

  /// The differences from the run that was measured again.
  private static func changes(_ report: RunReportDocument) -> [String] {
    guard let changes = report.changes else { return [] }
    var lines = ["against \(changes.against), where the calls are the same:"]
    for model in changes.models {
      var line = "\(model.model)  \(model.changed) of \(count(model.compared, "answer")) changed"
      if model.changed > 0 {
        switch model.isMoreThanNoise {
        case true?: line += ", more than by itself"
        case false?: line += ", no more than by itself"
        case nil: line += "; without attempts, how many do by themselves is not known"
        }
        if model.pairs > 0 {
          line += " (\(model.differing) of \(count(model.pairs, "pair")) of attempts differ)"
        }
      }
      if model.before != model.after {
        let names = [(model.before, model.after), (model.after, model.before)].map { own, other in
          own.map { shortened($0, unlike: other) }.joined(separator: ", ")
        }
        line += "; reported \(names[0].isEmpty ? "nothing" : names[0]) before, "
        line += "\(names[1].isEmpty ? "nothing" : names[1]) now"
      }
      lines.append(line)
    }
    return lines
  }

  /// A reported name with its digests cut to 12 digits, without those that others have too.
  private static func shortened(_ name: String, unlike others: [String]) -> String {
    let known = others.flatMap { $0.split(separator: " ").map(String.init) }
    let words = name.split(separator: " ").map(String.init).compactMap { word -> String? in
      guard let digest = Digest(parsing: word) else { return word }
      return known.hasText(word) ? nil : digest.short
    }
    return words.joined(separator: " ")
  }

  static func estimate(_ estimate: RunEstimateDocument) -> [String] {
    var lines = [
      "\(count(estimate.items, "item")) of \(estimate.inputs), providers \(estimate.providers)"
    ]
    let width = estimate.targets.map(\.model.count).max() ?? 0
    for target in estimate.targets {
      var line = target.model + String(repeating: " ", count: width - target.model.count)
      line += "  \(count(target.calls, "call"))"
      if target.known > 0 { line += ", \(target.known) known" }
      if target.calls > 0 {
        if let likely = target.likelyNanodollars { line += ", likely \(Nanodollars.text(likely))" }
        line +=
          target.mostNanodollars.map { ", at most \(Nanodollars.text($0))" }
          ?? ", cost without a bound"
      }
      lines.append(line)
    }
    return lines
  }

  static func cost(_ cost: RunCostDocument) -> [String] {
    var lines = ["\(cost.version) by \(cost.prices)"]
    let width = cost.targets.map(\.model.count).max() ?? 0
    for target in cost.targets {
      var line = target.model + String(repeating: " ", count: width - target.model.count)
      line += "  \(count(target.rows, "row")), \(Nanodollars.text(target.nanodollars))"
      if target.unpriced > 0 { line += " and \(target.unpriced) without a price" }
      line += "; stated \(Nanodollars.text(target.statedNanodollars))"
      if target.unstated > 0 { line += " and \(target.unstated) unknown" }
      lines.append(line)
    }
    return lines
  }
}
