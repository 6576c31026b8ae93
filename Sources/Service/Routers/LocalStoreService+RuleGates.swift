import Model
import Routing
import Store
import Wire

extension LocalStoreService {
  /// The evidence that a deployment rests on.
  struct Evidence {
    var backtest: VersionRecord.Lineage?
    var override: String?
  }

  /// The members of a backtest's report that gates read.
  private struct Verdict: Decodable {
    static let schema = "assay.backtest/1"

    let schema: String
    /// The digest of the rule set that was tried.
    let rules: Digest
    let verdict: String
    /// The requirements that were not shown to be met, in words.
    let failures: [String]?
    let request: BacktestRequest?
    /// The rows first.
    let sources: [ComparisonDocument.Source]?
  }

  /// Checks that the gates of a version are met.
  /// - Parameter live: The deployment that the version replaces.
  /// - Throws: ``StoreError``: `conflict` when they are not, with what is missing.
  func evidence(
    for version: Version, _ set: RuleSet, report: Reference?, override: String?,
    over live: Deployment?
  ) throws(StoreError) -> Evidence {
    var evidence = Evidence()
    var failures: [String] = []
    if let report {
      let (saved, json) = try document(report)
      evidence.backtest = VersionRecord.Lineage(
        dataset: saved.dataset, number: saved.number, snapshot: saved.snapshot)
      let verdict = try Self.verdict(json, saved)
      failures = try mismatches(verdict, saved, version, set, over: live)
      if let gate = set.gate, !failures.isEmpty { failures.append(Self.advice(version, gate)) }
      // Rules without gates have the verdict "none".
      if verdict.verdict != "pass", set.gate != nil || verdict.verdict != "none" {
        failures += ["\(saved.reference) says \(verdict.verdict)"] + (verdict.failures ?? [])
      }
    } else if let gate = set.gate {
      failures = ["a backtest on \(gate.dataset) that passes", Self.advice(version, gate)]
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

  /// The command that makes the report which gates require.
  private static func advice(_ version: Version, _ gate: RuleSet.BacktestGate) -> String {
    "make one with 'assay router backtest \(version.reference) --on \(gate.dataset) --save NAME' "
      + "and name it with --backtest"
  }

  private static func verdict(_ json: [UInt8], _ report: Version) throws(StoreError) -> Verdict {
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
    return verdict
  }

  /// The reasons for which a report, whatever its verdict, is not about this version, on the rows
  /// that its gates state, against the live rules.
  private func mismatches(
    _ verdict: Verdict, _ report: Version, _ version: Version, _ set: RuleSet,
    over live: Deployment?
  ) throws(StoreError) -> [String] {
    guard verdict.rules == set.digest else {
      return ["\(report.reference) is about other rules, of digest \(verdict.rules)"]
    }
    guard let gate = set.gate else { return [] }
    var mismatches: [String] = []
    if let rows = verdict.sources?.first {
      if try !isStated(rows, by: gate) {
        mismatches.append("\(report.reference) is on \(rows.reference), not on \(gate.dataset)")
      }
    } else {
      mismatches.append("\(report.reference) does not tell which rows it is on")
    }
    if let live {
      let reference = "\(version.dataset)@\(live.record.number)"
      if verdict.request?.active != reference {
        mismatches.append("\(report.reference) is not against \(reference), which is live")
      }
    }
    return mismatches
  }

  /// Returns true when rows are those that gates state.
  ///
  /// Where gates state only a dataset's name, any version of it will do: the report itself fails on
  /// another than the latest of its time.
  private func isStated(
    _ rows: ComparisonDocument.Source, by gate: RuleSet.BacktestGate
  ) throws(StoreError) -> Bool {
    let stated = try Reference(parsing: gate.dataset)
    let found = try Reference(parsing: rows.reference)
    guard stated.dataset == found.dataset else { return false }
    if stated == Reference(dataset: stated.dataset) { return true }
    do throws(StoreError) {
      let version = try store.resolve(stated)
      return version.reference == rows.reference && version.snapshot == rows.snapshot
    } catch {
      guard error.kind == .missing else { throw error }
      return false
    }
  }
}
