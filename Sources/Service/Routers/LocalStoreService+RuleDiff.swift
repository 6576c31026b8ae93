import Analysis
package import Model
import Routing
import Store
package import Wire

extension LocalStoreService {
  package func compareRules(
    _ old: Reference, _ new: Reference, _ request: RuleDiffRequest
  ) throws(StoreError) -> RuleDiffDocument {
    let (before, after) = (try rules(old), try rules(new))
    let decisions = try request.rows.map { (rows) throws(StoreError) in
      try self.decisions(before.rules, after.rules, on: rows, limit: request.limit)
    }
    return RuleDiffDocument(
      old: before.version.reference, new: after.version.reference,
      changes: after.rules.set.changes(from: before.rules.set).map(RuleChangeDocument.init),
      movement: after.rules.set.movement(from: before.rules.set).map(MovementDocument.init),
      decisions: decisions)
  }

  private func decisions(
    _ before: CompiledRules, _ after: CompiledRules, on rows: Reference, limit: Int
  ) throws(StoreError) -> RuleDiffDocument.Decisions {
    let schema = try store.snapshot(try store.resolve(rows)).schema
    let (version, table) = try self.table(
      rows, columns: RowContexts.columns(of: schema, for: [before, after]))
    let contexts = try RowContexts(table, key: schema.key, for: [before, after])
    var counts: [[DataText]: Int] = [:]
    var examples: [RuleDiffDocument.Decisions.Row] = []
    var changed = 0
    for row in 0..<contexts.count {
      let (context, name) = (contexts.context(row), contexts.name(row))
      let unit = RequestUnit(name, source: "key")
      let (old, new): (Decision, Decision)
      do throws(JSONFault) {
        old = try before.decide(context, unit: unit, unrecorded: contexts.missing)
        new = try after.decide(context, unit: unit, unrecorded: contexts.missing)
      } catch {
        throw StoreError(
          .usage,
          "row \(row + 1) of \(version.reference) is no context: \(error.message) "
            + "(byte \(error.offset + 1))")
      }
      counts[[DataText(old.target.name), DataText(new.target.name)], default: 0] += 1
      guard !old.target.name.hasBytes(of: new.target.name) else { continue }
      changed += 1
      if examples.count < limit {
        examples.append(
          RuleDiffDocument.Decisions.Row(
            row: row, item: name, oldTarget: old.target.name, newTarget: new.target.name,
            oldRule: old.ruleName, newRule: new.ruleName))
      }
    }
    let matrix = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      RuleDiffDocument.Decisions.Cell(
        oldTarget: $0.key[0].string, newTarget: $0.key[1].string, rows: $0.value)
    }
    return RuleDiffDocument.Decisions(
      version: version.reference, rows: contexts.count, changed: changed, matrix: matrix,
      examples: examples)
  }
}
