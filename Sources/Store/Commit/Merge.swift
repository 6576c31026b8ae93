import Columns
import Formats
import Model

/// A file's rows, held in memory, to be merged over a version's rows of the same key.
///
/// Columns that the file has replace the version's, null included; columns it lacks stay, unless
/// its rows are whole ones. A number
/// that both have keeps the version's spelling, in the key and in other columns: 1 over 1.0 changes
/// nothing, and neither do types that only such spellings would give a column. A moment that the
/// version has as a text stays a text, too.
struct Merge {
  private let columns: [ColumnDefinition]
  /// The columns whose values the file's rows replace.
  private let replaced: Set<DataText>
  private let input: RowBatch
  /// Of columns that keep the parent's type though the file's is wider, the rows of the file whose
  /// number is the parent's.
  private let spelled: [Int: Bitmap]
  /// Of columns that are texts in the parent, the moments that the file has.
  private let moments: [Int: ColumnVector]
  private let lines: [UInt32]
  /// The first new value of each column that is not of the parent's type.
  private(set) var misfits: [ReadRemarks.Misfit] = []
  /// The number of values of each column, by its position, that the file's nulls replaced.
  private(set) var nulled: [Int: Int] = [:]
  private var table = KeyTable()
  private var isUsed: [Bool]

  /// - Parameter areWhole: Whether the file's rows have no value in the columns that it lacks.
  init(
    reader: inout some RowReader, parent: Snapshot, key: [String], types: [DataText: ColumnType],
    areWhole: Bool = false
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
          "the row's key is there twice: first \(reader.typing == .all ? "in row" : "on line") "
            + "\(lines[earlier]) (1 and 1.0 are one key)",
          at: StoreError.Location(line: Int(lines[first + row])))
      }
      first += batch.rows.count
    }
    var columns = try learnt.joined(to: parent, named: types, key: key, reader.typing)
    moments = Self.moments(batches, columns)
    var whole = try Self.concatenated(batches, columns)
    var kept: [Int: Bitmap] = [:]
    let (narrow, wider) = try Self.narrowed(columns, whole, table, parent, key, named: types)
    for (position, value) in wider {
      guard let row = value.row, lines[row] > 0 else { continue }
      var misfit = ReadRemarks.Misfit(
        column: columns[position].name, expected: parent.schema.columns[position].type,
        wider: value.type, line: Int(lines[row]),
        text: ReadRemarks.quoted(whole.vectors[position], row))
      misfit.isRow = reader.typing == .all
      misfits.append(misfit)
    }
    for (position, column) in narrow {
      columns[position] = parent.schema.columns[position]
      kept[position] = column.kept
    }
    if !narrow.isEmpty {
      whole = RowBatch(
        columns: columns,
        vectors: whole.vectors.enumerated().map { narrow[$0]?.vector ?? $1 }, count: whole.count)
    }
    replaced = (areWhole ? columns.map(\.name).textSet : names).subtracting(key.textSet)
    spelled = kept
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
    let old = try parent.joined(to: columns)
    let keys = Self.keys(of: parent, key)
    let hashes = keys.hashes
    let matches = (0..<old.count).map { table.find(keys, $0, hash: hashes[$0]) }
    for case let row? in matches { isUsed[row] = true }
    let kept = removingOthers ? (0..<old.count).filter { matches[$0] != nil } : Array(0..<old.count)
    let vectors = columns.indices.map { column in
      let isInput = replaced.contains(columns[column].name)
      let (own, new) = (old.vectors[column], input.vectors[column])
      var nulls = 0
      let runs = kept.map { row in
        if isInput, let match = matches[row], spelled[column]?[match] != true,
          !own.hasNumber(row, of: new, match), !hasMoment(column, match, own, row)
        {
          if own.hasValue(row), !new.hasValue(match) { nulls += 1 }
          return RowRun(source: 1, start: Int32(match), count: 1)
        } else {
          return RowRun(source: 0, start: Int32(row), count: 1)
        }
      }
      if nulls > 0 { nulled[column, default: 0] += nulls }
      return ColumnVector.gather(
        runs.joined(), from: [old.vectors[column], input.vectors[column]],
        type: columns[column].type)
    }
    return RowBatch(columns: columns, vectors: vectors, count: kept.count)
  }

  /// A sentence about each column whose values the file's nulls replaced.
  var doubts: [String] {
    nulled.sorted { $0.key < $1.key }.map { position, count in
      "column '\(columns[position].name)': \(count == 1 ? "1 value" : "\(count) values") became "
        + "null, of rows that the file has without it; columns that no row of it has stay"
    }
  }

  /// Returns true when a text of the version writes the moment that the file has.
  private func hasMoment(_ column: Int, _ match: Int, _ own: ColumnVector, _ row: Int) -> Bool {
    guard let moments = moments[column], moments.hasValue(match), own.hasValue(row),
      case .int64(let values) = moments.values, let text = own.values.text(row)
    else { return false }
    let written = String(decoding: text.words.bytes[text.range], as: UTF8.self)
    return Timestamp(iso8601: written)?.microseconds == values[match]
  }

  /// The moments that a file has for columns of texts, by position.
  private static func moments(
    _ batches: [InputBatch], _ columns: [ColumnDefinition]
  ) -> [Int: ColumnVector] {
    var moments: [Int: ColumnVector] = [:]
    for (position, column) in columns.enumerated() where column.type == .string {
      let parts = batches.compactMap { batch in
        batch.rows.columns.position(of: column.name).map { batch.rows.vectors[$0] }
      }
      guard parts.count == batches.count, !parts.isEmpty,
        parts.allSatisfy({ $0.type == .timestamp })
      else { continue }
      let runs = parts.enumerated().map { source, part in
        RowRun(source: Int32(source), start: 0, count: Int32(part.count))
      }
      moments[position] = ColumnVector.gather(runs, from: parts, type: .timestamp)
    }
    return moments
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

  /// A column of the file with the type of the parent's.
  private struct NarrowColumn {
    /// The values that rows will have.
    let vector: ColumnVector
    /// The rows whose number the parent has, which keeps its spelling.
    let kept: Bitmap
  }

  /// The columns, by position, that would be of a wider type than the parent's for the sake of
  /// values that no row will have, and the first value of the others that is not of the type.
  ///
  /// All values of the former that are new, of a row that the parent lacks or another than the
  /// parent's, are of the parent's type.
  private static func narrowed(
    _ columns: [ColumnDefinition], _ input: RowBatch, _ table: KeyTable, _ parent: Snapshot,
    _ key: [String], named: [DataText: ColumnType]
  ) throws(StoreError) -> (narrow: [Int: NarrowColumn], wider: [Int: ColumnVector.Wider]) {
    let schema = parent.schema
    let keyPositions = key.compactMap(schema.index(of:))
    let open = schema.columns.indices.filter {
      schema.columns[$0] != columns[$0] && named[columns[$0].name] == nil
    }
    guard !open.isEmpty, keyPositions.count == key.count else { return ([:], [:]) }
    let decoder = try ChunkDecoder()
    var kept = open.map { _ in Bitmap(count: input.count) }
    for group in parent.manifest.groups.indices {
      let positions = Array(Set(keyPositions + open)).sorted()
      let batch = try parent.batch(group: group, columns: positions, decoder)
      let keys = keys(of: batch, key)
      let matches = keys.hashes.enumerated().map { table.find(keys, $0, hash: $1) }
      for (index, position) in open.enumerated() {
        guard let place = positions.firstIndex(of: position) else { continue }
        // Keys that match are one.
        let isKey = key.hasText(columns[position].name)
        let old = try batch.vectors[place].widened(to: columns[position].type)
        let new = input.vectors[position]
        let comparison = CellComparison(old, new)
        for case let (row, match?) in matches.enumerated()
        where isKey || comparison.areEqual(row, match) || old.hasNumber(row, of: new, match) {
          kept[index][match] = true
        }
      }
    }
    var narrow: [Int: NarrowColumn] = [:]
    var wider: [Int: ColumnVector.Wider] = [:]
    for (position, kept) in zip(open, kept) {
      var isNew = Bitmap(repeating: true, count: input.count)
      for row in kept.setPlaces { isNew[Int(row)] = false }
      do throws(ColumnVector.Wider) {
        let vector = try input.vectors[position].narrowed(
          to: schema.columns[position].type, rows: isNew)
        narrow[position] = NarrowColumn(vector: vector, kept: kept)
      } catch {
        wider[position] = error
      }
    }
    return (narrow, wider)
  }

  private static func keys(of batch: RowBatch, _ key: [String]) -> KeyIdentities {
    let vectors = key.map { name in
      batch.columns.position(of: name).map { batch.vectors[$0] }
        ?? .nulls(.json, count: batch.count)
    }
    return KeyIdentities(columns: vectors, count: batch.count)
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
