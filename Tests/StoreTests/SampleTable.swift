import Columns
import Formats
import Model
import Store
import TestSupport

/// A table in memory that tests edit and push.
struct SampleTable {
  var columns: [ColumnDefinition]
  var vectors: [ColumnVector]
  var count: Int { vectors[0].count }

  /// `count` rows with an `id` (`row-17`) and columns of every type.
  init(count: Int, using random: inout SeededGenerator) {
    var ids = TextValues()
    for row in 0..<count { ids.append("row-\(row)".utf8) }
    columns = [ColumnDefinition(name: "id", type: .string)]
    vectors = [ColumnVector(type: .string, count: count, validity: nil, values: .text(ids))]
    for type in [ColumnType.bool, .int64, .float64, .string, .timestamp] {
      columns.append(ColumnDefinition(name: "\(type)", type: type))
      vectors.append(RandomVectors.vector(type, count: count, using: &random))
    }
  }

  var batch: RowBatch { RowBatch(columns: columns, vectors: vectors, count: count) }

  /// The rows at `rows`, in that order.
  func picking(_ rows: [Int]) -> SampleTable {
    var picked = self
    let runs = rows.map { RowRun(source: 0, start: Int32($0), count: 1) }
    picked.vectors = vectors.map { ColumnVector.gather(runs, from: [$0], type: $0.type) }
    return picked
  }

  /// Removes, changes and adds a few rows; new ids begin with `tag`.
  func edited(_ tag: String, using random: inout SeededGenerator) -> SampleTable {
    var other = SampleTable(count: count, using: &random)
    var ids = TextValues()
    for row in 0..<count { ids.append("\(tag)-\(row)".utf8) }
    other.vectors[0] = ColumnVector(
      type: .string, count: count, validity: nil, values: .text(ids))
    var runs = [[RowRun]](repeating: [], count: vectors.count)
    for row in 0..<count {
      let dice = Int.random(in: 0..<100, using: &random)
      if dice == 0 { continue }
      for column in vectors.indices {
        let isChanged = column > 0 && dice < 5 && Bool.random(using: &random)
        runs[column].append(
          RowRun(source: isChanged ? 1 : 0, start: Int32(row), count: 1))
        if dice == 99 { runs[column].append(RowRun(source: 1, start: Int32(row), count: 1)) }
      }
    }
    var result = self
    for column in vectors.indices {
      result.vectors[column] = ColumnVector.gather(
        runs[column], from: [vectors[column], other.vectors[column]], type: columns[column].type)
    }
    return result
  }
}

/// Gives batches that are in memory.
struct BatchReader: RowReader {
  private let batches: [RowBatch]
  private var position = 0

  init(_ batches: [RowBatch]) { self.batches = batches }

  /// The rows of `table`, `rowsPerBatch` at a time.
  init(_ table: SampleTable, rowsPerBatch: Int = .max) {
    let step = min(rowsPerBatch, max(table.count, 1))
    batches = stride(from: 0, to: table.count, by: step).map { start in
      table.picking(Array(start..<min(table.count, start + step))).batch
    }
  }

  var typing: FileTyping { .all }

  mutating func next() throws(StoreError) -> InputBatch? {
    guard position < batches.count else { return nil }
    defer { position += 1 }
    let rows = batches[position]
    let first = batches[..<position].reduce(1) { $0 + $1.count }
    return InputBatch(rows: rows, lines: (0..<rows.count).map { UInt32(first + $0) })
  }

  mutating func restart() throws(StoreError) { position = 0 }
}

/// A store in a folder of its own.
struct TemporaryStore {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    try Store.create(path: directory.path)
    store = try Store(path: directory.path)
  }

  /// The same store as another process would open it.
  func reopened() throws -> Store { try Store(path: directory.path) }
}

extension Store {
  /// Pushes a table with the key `id`.
  @discardableResult
  func push(
    _ table: SampleTable, to name: String = "d", key: [String] = ["id"],
    rowsPerBatch: Int = .max, _ edit: (inout PushOptions) -> Void = { _ in }
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = key
    edit(&options)
    return try push(
      DatasetName(name), BatchReader(table, rowsPerBatch: rowsPerBatch), options)
  }

  /// All rows of a version as one vector a column.
  func table(_ reference: String) throws -> SampleTable {
    let snapshot = try snapshot(try resolve(Reference(parsing: reference)))
    let batches = try snapshot.batches(
      groups: snapshot.manifest.groups.indices, columns: Array(snapshot.schema.columns.indices))
    var table = SampleTable(columns: snapshot.schema.columns)
    table.vectors = snapshot.schema.columns.enumerated().map { position, column in
      let runs = batches.enumerated().map { source, batch in
        RowRun(source: Int32(source), start: 0, count: Int32(batch.count))
      }
      return ColumnVector.gather(
        runs, from: batches.map { $0.vectors[position] }, type: column.type)
    }
    return table
  }
}

extension SampleTable {
  init(columns: [ColumnDefinition]) {
    self.columns = columns
    vectors = []
  }
}
