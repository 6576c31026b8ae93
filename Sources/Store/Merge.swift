import Columns
import Formats
import Model

/// A file's rows, held in memory, to be laid over a version's rows of the same key.
///
/// Columns that the file has replace the version's, null included; columns it lacks stay. A number
/// that both have stays as the version spells it, in the key and elsewhere: 1 over 1.0 changes
/// nothing, and so do types that only such spellings would give a column.
struct Merge {
  private let columns: [ColumnDefinition]
  /// The columns whose values the file's rows replace.
  private let replaced: Set<DataText>
  private let input: RowBatch
  private let lines: [UInt32]
  private var table = KeyTable()
  private var isUsed: [Bool]

  init(
    reader: inout some RowReader, parent: Snapshot, key: [String], types: [DataText: ColumnType]
  ) throws(StoreError) {
    var (batches, learnt, isSteady) = try Self.batches(&reader)
    if !isSteady {
      // A value that came late gave a column another type, and the ones before it are to be read
      // as the file has them.
      try reader.restart()
      (batches, learnt, _) = try Self.batches(&reader)
    }
    let names = learnt.columns.map(\.name).textSet
    lines = batches.flatMap(\.lines)
    for name in key where !names.contains(name) {
      throw StoreError(
        .invalid, "the file has no key column '\(name)'", at: StoreError.Location())
    }
    var first = 0
    for batch in batches {
      let keys = Self.keys(of: batch.rows, key)
      if let (row, earlier) = table.insert(keys, hashes: keys.hashes) {
        throw StoreError(
          .invalid,
          "the row's key is there twice: first on line \(lines[earlier]) (1 and 1.0 are one key)",
          at: StoreError.Location(line: Int(lines[first + row])))
      }
      first += batch.rows.count
    }
    var columns = try learnt.joined(to: parent, named: types, reader.typing)
    var whole = try Self.concatenated(batches, columns)
    // Types that columns would have for the sake of values that no row will have.
    let unneeded = try Self.unneededTypes(columns, whole, table, parent, key)
      .filter { types[$0] == nil }
    for (position, column) in parent.schema.columns.enumerated()
    where unneeded.contains(column.name) { columns[position] = column }
    if !unneeded.isEmpty { whole = try whole.without(unneeded).conformed(to: columns) }
    replaced = names.subtracting(key.textSet).subtracting(unneeded)
    self.columns = columns
    input = whole
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
    let keys = Self.keys(of: parent, key)
    let hashes = keys.hashes
    let matches = (0..<old.count).map { table.find(keys, $0, hash: hashes[$0]) }
    for case let row? in matches { isUsed[row] = true }
    let kept = removingOthers ? (0..<old.count).filter { matches[$0] != nil } : Array(0..<old.count)
    let vectors = columns.indices.map { column in
      let isInput = replaced.contains(columns[column].name)
      let (own, new) = (old.vectors[column], input.vectors[column])
      let runs = kept.map { row in
        if isInput, let match = matches[row], !own.hasNumber(row, of: new, match) {
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

  private static func concatenated(
    _ batches: [InputBatch], _ columns: [ColumnDefinition]
  ) throws(StoreError) -> RowBatch {
    var parts: [RowBatch] = []
    for batch in batches { parts.append(try batch.rows.conformed(to: columns)) }
    return RowBatch.concatenated(parts, columns: columns)
  }

  /// The columns of another type than the parent's, of whose values in the file none is new: of a
  /// row that the parent lacks, or another than the parent's, which keeps its spelling.
  private static func unneededTypes(
    _ columns: [ColumnDefinition], _ input: RowBatch, _ table: KeyTable, _ parent: Snapshot,
    _ key: [String]
  ) throws(StoreError) -> Set<DataText> {
    let schema = parent.schema
    let keyPositions = key.compactMap(schema.index(of:))
    var open = schema.columns.indices.filter { schema.columns[$0] != columns[$0] }
    guard !open.isEmpty, keyPositions.count == key.count else { return [] }
    let decoder = try ChunkDecoder()
    var isFound = [Bool](repeating: false, count: input.count)
    for group in parent.manifest.groups.indices {
      let positions = Array(Set(keyPositions + open)).sorted()
      let batch = try parent.batch(group: group, columns: positions, decoder)
      let keys = keys(of: batch, key)
      let matches = keys.hashes.enumerated().map { table.find(keys, $0, hash: $1) }
      for case let row? in matches { isFound[row] = true }
      for position in open where !key.hasText(columns[position].name) {
        guard let place = positions.firstIndex(of: position) else { continue }
        let old = try batch.vectors[place].widened(to: columns[position].type)
        let new = input.vectors[position]
        let comparison = CellComparison(old, new)
        let isChanged = matches.enumerated().contains { row, match in
          guard let match else { return false }
          return !comparison.areEqual(row, match) && !old.hasNumber(row, of: new, match)
        }
        if isChanged { open.removeAll { $0 == position } }
      }
    }
    let added = isFound.indices.filter { !isFound[$0] }
    open.removeAll { position in added.contains { input.vectors[position].hasValue($0) } }
    return open.map { columns[$0].name }.textSet
  }

  private static func keys(of batch: RowBatch, _ key: [String]) -> KeyIdentities {
    let vectors = key.map { name in
      batch.columns.position(of: name).map { batch.vectors[$0] }
        ?? .nulls(.json, count: batch.count)
    }
    return KeyIdentities(columns: vectors, count: batch.count)
  }
}

extension RowBatch {
  /// The rows without the columns of these names.
  fileprivate func without(_ names: Set<DataText>) -> RowBatch {
    if names.isEmpty { return self }
    let kept = columns.indices.filter { !names.contains(columns[$0].name) }
    return RowBatch(
      columns: kept.map { columns[$0] }, vectors: kept.map { vectors[$0] }, count: count)
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
