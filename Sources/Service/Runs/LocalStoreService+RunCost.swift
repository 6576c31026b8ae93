package import Model
import Providers
import Running
import Store
package import Wire

extension LocalStoreService {
  /// The costs of a run by other prices; no row is changed.
  ///
  /// A row's cost is that of its answer: what failed attempts before it used is not known.
  package func runCost(
    _ text: String, prices reference: String
  ) throws(StoreError) -> RunCostDocument {
    let run = try namedRun(text)
    guard let outputs = run.outputs else {
      throw StoreError(.missing, "\(run.document.reference) has no outputs yet")
    }
    let (prices, table, notes) = try priceTable(reference)
    let (_, set) = try providerSet(run.definition.providers)
    let stated = try statedCosts(of: outputs)
    let rows = try outcomes(of: outputs)
    var counts: [DataText: Counts] = [:]
    var order: [DataText] = []
    for (row, (model, cost)) in zip(rows, stated) {
      if counts[model] == nil { order.append(model) }
      let name = row["provider"]?.string ?? ""
      let provider = set.provider(name)
      let reported = row["model_reported"]?.string
      let isShared = row["reused"] == .bool(true)
      var priced: Int64? = isShared || RunColumns.isError(row) ? 0 : nil
      for candidate in [row["model_requested"]?.string, reported] where priced == nil {
        guard let candidate else { continue }
        priced =
          table.cost(
            of: RunColumns.usage(row), provider: provider?.pricedAs ?? name, model: candidate,
            at: store.clock()
          ).nanodollars
      }
      counts[model, default: Counts()].add(stated: cost, priced: priced)
    }
    return RunCostDocument(
      version: outputs.reference, prices: prices.reference,
      targets: order.map { model in
        let count = counts[model] ?? Counts()
        return .init(
          model: model.string, rows: count.rows, statedNanodollars: count.stated,
          unstated: count.unstated, nanodollars: count.priced, unpriced: count.unpriced)
      }, notes: notes)
  }

  private struct Counts {
    var rows = 0
    var stated: Int64 = 0
    var unstated = 0
    var priced: Int64 = 0
    var unpriced = 0

    mutating func add(stated cost: Int64?, priced other: Int64?) {
      rows += 1
      if let cost { stated = stated.adding(cost) } else { unstated += 1 }
      if let other { priced = priced.adding(other) } else { unpriced += 1 }
    }
  }
}
