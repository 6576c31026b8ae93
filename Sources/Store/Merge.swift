import Columns
import Formats
import Model

/// A file's rows, held in memory, to be laid over a version's rows of the same key.
///
/// Columns that the file has replace the version's, null included; columns it lacks stay.
struct Merge {
  private let columns: [ColumnDefinition]
  private let names: Set<String>
  private let input: RowBatch
  private let lines: [UInt32]
  private let keyHashes: [UInt64]
  private var table = KeyTable()
  private var isUsed: [Bool]

  init(
    reader: inout some RowReader, parent: Snapshot, key: [String], types: [String: ColumnType]
  ) throws(StoreError) {
    var (batches, learnt, isSteady) = try Self.batches(&reader)
    if !isSteady {
      // A value that came late gave a column another type, and the ones before it are to be read
      // as the file has them.
      try reader.restart()
      (batches, learnt, _) = try Self.batches(&reader)
    }
    names = Set(learnt.columns.map(\.name))
    columns = try learnt.joined(to: parent, named: types, reader.typing)
    var parts: [RowBatch] = []
    for batch in batches { parts.append(try batch.rows.conformed(to: columns)) }
    input = RowBatch.concatenated(parts, columns: columns)
    lines = batches.flatMap(\.lines)
    for name in key where !names.contains(name) {
      throw StoreError(
        .invalid, "the file has no key column '\(name)'", at: StoreError.Location())
    }
    let keys = Self.keys(of: input, key)
    keyHashes = keys.hashes
    if let (row, earlier) = table.insert(keys, hashes: keyHashes) {
      throw StoreError(
        .invalid, "the row's key is there twice: first on line \(lines[earlier])",
        at: StoreError.Location(line: Int(lines[row])))
    }
    isUsed = [Bool](repeating: false, count: input.count)
  }

  /// All rows, and whether no column's type changed on the way.
  private static func batches(
    _ reader: inout some RowReader
  ) throws(StoreError) -> ([InputBatch], LearntColumns, isSteady: Bool) {
    var batches: [InputBatch] = []
    var learnt = LearntColumns()
    var isSteady = true
    while let batch = try reader.next() {
      isSteady = isSteady && zip(learnt.columns, batch.rows.columns).allSatisfy { $0 == $1 }
      batches.append(batch)
      learnt.add(batch.rows)
    }
    return (batches, learnt, isSteady)
  }

  /// The parent's rows with the file's values over them; remembers which rows of the file were
  /// used.
  mutating func updated(
    _ parent: RowBatch, key: [String], removingOthers: Bool
  ) throws(StoreError) -> RowBatch {
    let old = try parent.conformed(to: columns)
    let keys = Self.keys(of: old, key)
    let hashes = keys.hashes
    let matches = (0..<old.count).map { table.find(keys, $0, hash: hashes[$0]) }
    for case let row? in matches { isUsed[row] = true }
    let kept = removingOthers ? (0..<old.count).filter { matches[$0] != nil } : Array(0..<old.count)
    let vectors = columns.indices.map { column in
      let isInput = names.contains(columns[column].name)
      let runs = kept.map { row in
        if isInput, let match = matches[row] {
          RowRun(source: 1, start: Int32(match), count: 1)
        } else {
          RowRun(source: 0, start: Int32(row), count: 1)
        }
      }
      return ColumnVector.gather(
        runs.joined(), from: [old.vectors[column], input.vectors[column]],
        type: columns[column].type)
    }
    return RowBatch(columns: columns, vectors: vectors, count: kept.count)
  }

  /// The file's rows whose keys the version did not have.
  func added() -> (rows: RowBatch, lines: [UInt32]) {
    let rows = isUsed.indices.filter { !isUsed[$0] }
    let runs = rows.map { RowRun(source: 0, start: Int32($0), count: 1) }.joined()
    let vectors = zip(columns, input.vectors).map { column, vector in
      ColumnVector.gather(runs, from: [vector], type: column.type)
    }
    return (
      RowBatch(columns: columns, vectors: vectors, count: rows.count), rows.map { lines[$0] }
    )
  }

  private static func keys(of batch: RowBatch, _ key: [String]) -> RowKeys {
    let vectors = key.map { name in
      batch.columns.firstIndex { $0.name == name }.map { batch.vectors[$0] }
        ?? .nulls(.json, count: batch.count)
    }
    return RowKeys(columns: vectors, count: batch.count)
  }
}

extension [RowRun] {
  /// The same rows with runs that carry on from one another made one.
  func joined() -> [RowRun] {
    var result: [RowRun] = []
    for run in self {
      if let last = result.last, last.source == run.source, last.start + last.count == run.start {
        result[result.count - 1].count += run.count
      } else {
        result.append(run)
      }
    }
    return result
  }
}

extension RowBatch {
  /// Batches of the same columns as one.
  static func concatenated(_ batches: [RowBatch], columns: [ColumnDefinition]) -> RowBatch {
    if batches.count == 1 { return batches[0] }
    let vectors = columns.enumerated().map { position, column in
      let runs = batches.enumerated().map { source, batch in
        RowRun(source: Int32(source), start: 0, count: Int32(batch.count))
      }
      return ColumnVector.gather(
        runs, from: batches.map { $0.vectors[position] }, type: column.type)
    }
    return RowBatch(
      columns: columns, vectors: vectors, count: batches.reduce(0) { $0 + $1.count })
  }
}
