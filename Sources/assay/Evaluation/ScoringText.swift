import Reports
import Wire

/// Scores as text for people, with the calls that they took and what is left to be rated.
enum ScoringText {
  static func lines(_ scores: ScoresDocument) -> [String] {
    var lines = ScoresText(scores).lines
    for call in scores.calls ?? [] {
      guard let run = call.run else { continue }
      var line = "\(call.scorer): \(RunText.calls(run)) (\(call.target)"
      if let version = run.version { line += ", \(version.reference)" }
      line += ")"
      if run.state != "complete" { line += "; \(run.state)\(RunText.stop(run))" }
      lines.append(line)
      if let pairs = call.pairs, let disagreements = call.disagreements {
        lines.append(
          "\(call.scorer): \(disagreements) of \(RunText.count(pairs, "pair")) judged differently in "
            + "the two orders, which are ties")
      }
    }
    for task in scores.tasks ?? [] {
      lines.append(
        "\(task.scorer): \(RunText.count(task.outputs, "output")) to be rated: \(task.command)")
    }
    return lines
  }
}
