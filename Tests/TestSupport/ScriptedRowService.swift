package import Columns
import LiveRouting
package import Model
import Synchronization

/// A ``RowService`` in memory, which can fail.
package final class ScriptedRowService: RowService {
  private struct State {
    var lines: [DatasetName: [String]] = [:]
    var appends: [Int] = []
    var failure: StoreError?
  }

  private let state = Mutex(State())

  /// A service that has no rows.
  package init() {}

  /// The number of rows in each call, in order.
  package var appends: [Int] { state.withLock { $0.appends } }

  /// The rows of a dataset as JSON lines, in the order in which they came.
  package func lines(of dataset: DatasetName) -> [String] {
    state.withLock { $0.lines[dataset] ?? [] }
  }

  /// Makes calls throw `error`; nil makes them work again.
  package func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

  package func appendRows(to dataset: DatasetName, _ rows: RowBatch) throws(StoreError) {
    let lines = (0..<rows.count).map { Self.line(rows, $0) }
    try state.withLock { state throws(StoreError) in
      if let failure = state.failure { throw failure }
      guard lines.contains(where: { $0 != "{}" }) else {
        throw StoreError(.invalid, "the rows have no values")
      }
      state.lines[dataset, default: []] += lines
      state.appends.append(rows.count)
    }
  }

  /// A row as JSON, without its nulls.
  private static func line(_ rows: RowBatch, _ row: Int) -> String {
    var members: [String] = []
    for (column, vector) in zip(rows.columns, rows.vectors) where vector.hasValue(row) {
      var value: [UInt8] = []
      switch vector.values {
      case .bool(let bits): value = Array("\(bits[row])".utf8)
      case .int64(let integers): value = Array("\(integers[row])".utf8)
      case .text(let texts) where column.type == .json: value = Array(texts.bytes[texts.range(row)])
      case .text(let texts): JSON.append(texts.string(row), to: &value)
      default: continue
      }
      members.append("\"\(column.name)\":" + String(decoding: value, as: UTF8.self))
    }
    return "{" + members.joined(separator: ",") + "}"
  }
}
