import Analysis
import Columns
import Model
import Running
import Store
import Wire

extension LocalStoreService {
  /// The rows of inputs that are approved: whose items have been, in versions in which they were
  /// what they are in this one.
  func approvedRows(
    _ items: [String], of inputs: Version, key: [String], by ratings: Version
  ) throws(StoreError) -> [Int] {
    guard ratings.record.kind == .ratings else {
      throw StoreError(
        .usage,
        "\(ratings.reference) has no ratings: approve items with 'assay rate \(inputs.dataset) --labels "
          + "approved,rejected'")
    }
    let table = try table(ratings.pinned, columns: nil).table
    let approvals = Approvals(try RatingColumns.events(table))
    let now = try contents(of: inputs, key)
    var known: [DataText: [DataText: Digest]] = [:]
    var rows: [Int] = []
    for (row, name) in items.enumerated() {
      guard let sources = approvals.sources(of: name) else { continue }
      let item = DataText(name)
      var isSame = true
      for source in sources {
        // A rating that names no version, or another dataset, is of whatever there is now.
        guard let source, let reference = try? Reference(parsing: source),
          reference.dataset == inputs.dataset
        else { continue }
        if known[DataText(source)] == nil {
          known[DataText(source)] = try contents(of: try store.resolve(reference), key)
        }
        if known[DataText(source)]?[item] != now[item] { isSame = false }
      }
      if isSame { rows.append(row) }
    }
    return rows
  }

  /// The digest of each item's row.
  private func contents(
    of version: Version, _ key: [String]
  ) throws(StoreError) -> [DataText: Digest] {
    let table = try table(version.pinned, columns: nil).table
    guard key.allSatisfy({ table.has($0) }) else { return [:] }
    let names = table.columns.map(\.name).sorted { DataText($0) < DataText($1) }
    let columns = try names.map { (name) throws(StoreError) in try table.json(name) }
    let items = try OutputKey.texts(of: key, in: table)
    var digests: [DataText: Digest] = [:]
    for (row, item) in items.enumerated() {
      let cells = zip(names, columns).map { ($0, $1[row]) }.filter { $0.1 != .null }
      digests[item] = Digest(hashing: JSON.object(JSON.Object(cells)).canonicalBytes)
    }
    return digests
  }
}
