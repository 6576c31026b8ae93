import Model
import Routing
import Store
import Wire

extension LocalStoreService {
  /// What a deployment rests on.
  struct Evidence {
    var backtest: VersionRecord.Lineage?
    var override: String?
  }

  /// What of a backtest's report a gate looks at.
  private struct Verdict: Decodable {
    static let schema = "assay.backtest/1"

    let schema: String
    /// The digest of the rule set that was tried.
    let rules: Digest
    let verdict: String
    /// What was not shown, in words.
    let failures: [String]?
  }

  /// Checks that the gates of a version are met.
  /// - Throws: ``StoreError``: `conflict` when they are not, with what is missing.
  func evidence(
    for version: Version, _ set: RuleSet, report: Reference?, override: String?
  ) throws(StoreError) -> Evidence {
    var evidence = Evidence()
    var failures: [String] = []
    if let report {
      let (saved, json) = try document(report)
      evidence.backtest = VersionRecord.Lineage(
        dataset: saved.dataset, number: saved.number, snapshot: saved.snapshot)
      failures = try Self.failures(of: json, saved, for: set.digest, version)
    } else if let gate = set.gate {
      failures = [
        "a backtest on \(gate.dataset) that passes; make one with 'assay router backtest "
          + "\(version.reference) --on \(gate.dataset) --save NAME' and name it with --backtest"
      ]
    }
    if failures.isEmpty { return evidence }
    guard let override, !override.isEmpty else {
      throw StoreError(
        .conflict,
        "the gates of \(version.reference) are not met (gate_not_met): "
          + failures.joined(separator: "; ") + "; or give a reason with --override")
    }
    evidence.override = override
    return evidence
  }

  /// Why a report does not speak for a rule set.
  private static func failures(
    of json: [UInt8], _ report: Version, for digest: Digest, _ version: Version
  ) throws(StoreError) -> [String] {
    let verdict: Verdict
    do throws(StoreError) {
      verdict = try Documents.decode(Verdict.self, from: json)
    } catch {
      throw StoreError(.usage, "\(report.reference) is no report of a backtest: \(error.message)")
    }
    guard verdict.schema == Verdict.schema else {
      throw StoreError(
        .usage, "\(report.reference) is '\(verdict.schema)', not '\(Verdict.schema)'")
    }
    guard verdict.rules == digest else {
      return ["\(report.reference) is about other rules, of digest \(verdict.rules)"]
    }
    // Rules without gates have the verdict "none".
    if ["pass", "none"].contains(verdict.verdict) { return [] }
    return ["\(report.reference) says \(verdict.verdict)"] + (verdict.failures ?? [])
  }
}
