import Analysis
import Columns
package import Model
import Routing
import Store
package import Wire

extension LocalStoreService {
  package func experiment(
    _ request: ExperimentRequest
  ) throws(StoreError) -> ExperimentDocument {
    let name = try DatasetName(request.name)
    var plain = request
    let decisions = try AnalysedVersion(try decisions(of: name, request), of: store)
    plain.decisions = decisions.reference
    let table = try self.table(
      decisions, columns: try decisionColumns(decisions), where: nil)
    var sources = [decisions.source]
    let outcomes = try liveOutcomes(of: name, &plain)
    var results: ColumnTable?
    if let outcomes {
      let outcomes = try AnalysedVersion(outcomes, of: store)
      sources.append(outcomes.source)
      results = try self.table(
        outcomes, columns: outcomes.schema.columns.map(\.name), where: nil)
    }
    let split = try liveSplit(of: name, &plain)
    let rows = try split.rows(of: table)
    let units = try ExperimentUnits(
      table, rows: rows, by: split.column, unit: split.unit, plan: split.plan, outcomes: results)
    return try ExperimentAnalysis(units, outcomes: results, request: plain).document(
      plain, by: split.column, sources: sources,
      findings: rows.isEmpty
        ? [.init("decisions", arm: nil, "none is recorded of this split yet")] : [])
  }

  /// The version of decisions that a request names, otherwise that of the router.
  private func decisions(
    of name: DatasetName, _ request: ExperimentRequest
  ) throws(StoreError) -> Version {
    if let text = request.decisions { return try seen(text) }
    do throws(StoreError) {
      return try seen(name.text + ".decisions")
    } catch {
      guard error.kind == .missing else { throw error }
      throw StoreError(.missing, "no decision of \(name) was recorded; a server records them")
    }
  }

  /// The columns of decisions that are read; the others explain the decision.
  private func decisionColumns(_ decisions: AnalysedVersion) throws(StoreError) -> [String] {
    let wanted: Set = [
      "decision_id", "version", "rule", "variant", "assigned_target", "unit_hash",
      "ramp_unit_hash", "evaluated_at_us", "deployment_id",
    ]
    let names = decisions.schema.columns.map(\.name)
    for column in ["decision_id", "version"] where !names.contains(column) {
      throw StoreError(
        .usage, "\(decisions.reference) has no column '\(column)', so it holds no decisions")
    }
    return names.filter { wanted.contains($0) }
  }

  /// The outcomes of a router's decisions; nil while there are none.
  private func liveOutcomes(
    of name: DatasetName, _ request: inout ExperimentRequest
  ) throws(StoreError) -> Version? {
    do throws(StoreError) {
      let version = try seen(request.outcomes ?? name.text + ".outcomes")
      request.outcomes = version.reference
      return version
    } catch {
      guard error.kind == .missing, request.outcomes == nil else { throw error }
      return nil
    }
  }
}
