import Columns
package import Model
import Platform

/// Rows of Apache Arrow data, in the file format (also called Feather version 2) or the stream
/// format, distinguished by their first bytes.
///
/// Every column has the type of its field, so types never widen. Integers of all widths are
/// `int64`, floats `float64`; dates and times of day are texts, so that none is taken for a moment;
/// decimals are `int64` or `float64` where those give all their digits back, else their exact text;
/// timestamps without a zone are taken to be in UTC; durations, intervals and periods are their
/// text; bytes are texts when they are UTF-8; what is nested is JSON. Memory is bounded by one
/// record batch of the file and its dictionaries. Data without rows gives one batch without rows,
/// which has its columns.
package struct ArrowReader: RowReader {
  /// A batch that is handed out has at most so many rows, and about so many bytes.
  private static let batchRows = 65_536
  private static let batchBytes = 16 << 20
  /// The bytes that a dictionary value occupies while it is decoded, beside its own.
  private static let wordBytes = 24

  private let name: String
  private var input: ArrowInput
  private let columns: [ColumnDefinition]
  /// The shapes of the columns' values, as far as the file says them.
  package let shapes: [ValueShape?]
  private var spellings: ColumnSpellings
  private let dictionaryFields: [Int64: ArrowField]
  private var decoder = ArrowDecoder()
  private var current: Batch?
  private var rowsRead = 0
  private var hasBatch = false

  /// A record batch that is handed out a run of rows at a time.
  private struct Batch: Sendable {
    let arrays: [ArrowArray]
    let rowCount: Int
    /// The approximate size of its rows in bytes.
    let byteCount: Int
    /// Of columns that have any, which floats were written as integers.
    let marks: [Bitmap?]
    var next = 0
    /// More rows at once turned out too large.
    var mostRows = ArrowReader.batchRows
  }

  /// A reader of `file`.
  /// - Throws: ``StoreError`` of kind `invalid` when the file is no Arrow data or has what is not
  ///   supported, `usage` for types that its columns cannot have.
  package init(_ file: SeekableFile, options: ReadOptions = ReadOptions()) throws(StoreError) {
    name = file.name
    do throws(StoreError) {
      input = try ArrowInput(file)
    } catch {
      throw Self.located(error, file.name)
    }
    let types = ColumnTypes(options, file: file.name)
    try types.requireNames(among: input.schema.fields.map(\.name))
    do throws(StoreError) {
      try input.schema.adopt(options)
    } catch {
      throw Self.located(error, file.name)
    }
    dictionaryFields = input.schema.dictionaryFields()
    columns = try types.applied(
      to: input.schema.fields.map { field in
        ColumnDefinition(
          name: field.name, type: field.vectorForm.map { .vector($0) } ?? field.columnType)
      })
    let nested = zip(columns, input.schema.fields).map { $0.type == .json && $1.type.isNested }
    spellings = ColumnSpellings(columns, isNested: nested)
    for (name, shape) in input.schema.shapes { spellings.adopt(shape, for: name) }
    let known = input.schema.shapes
    shapes = zip(columns, input.schema.fields).map { column, field in
      guard column.type == .json, field.type.isNested else { return nil }
      return known.first { $0.name.hasBytes(of: column.name) }?.shape ?? field.shape
    }
  }

  package mutating func adopt(_ shapes: [DataText: ValueShape]) {
    for (name, shape) in shapes { spellings.adopt(shape, for: name.string) }
  }

  package var typing: FileTyping { .all }

  package mutating func restart() throws(StoreError) {
    input.restart()
    decoder = ArrowDecoder()
    current = nil
    rowsRead = 0
    hasBatch = false
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    do throws(StoreError) {
      while current == nil {
        guard try advance() else {
          guard !hasBatch else { return nil }
          hasBatch = true
          let vectors = columns.map { ColumnVector.nulls($0.type, count: 0) }
          return InputBatch(
            rows: RowBatch(columns: columns, vectors: vectors, count: 0), lines: [])
        }
      }
      guard var batch = current else { return nil }
      let first = batch.next
      let rows = try decode(&batch)
      current = batch.next < batch.rowCount ? batch : nil
      hasBatch = true
      let start = rowsRead + 1
      rowsRead += batch.next - first
      return InputBatch(
        rows: rows, lines: (start..<start + rows.count).map { UInt32(truncatingIfNeeded: $0) })
    } catch {
      throw Self.located(error, name)
    }
  }

  /// Takes up the next message; false after the last.
  private mutating func advance() throws(StoreError) -> Bool {
    guard let (message, place) = try input.message() else { return false }
    switch message.content {
    case .schema: throw ArrowFault.damaged("a second schema")
    case .dictionary(let id, let isDelta, let header):
      try adopt(header, body: try input.file.bytes(place), id: id, isDelta: isDelta)
    case .batch(let header):
      let body = try input.file.bytes(place)
      let budget = input.file.budget
      let arrays = try header.arrays(input.schema.fields, body: body, budget: budget)
      guard header.rowCount > 0 else { return true }
      var marks: [Bitmap?] = []
      for (index, array) in arrays.enumerated() {
        guard let text = message.integralMarks["\(ArrowIntegralMarks.keyPrefix)\(index)"],
          array.field.columnType == .float64
        else {
          marks.append(nil)
          continue
        }
        try budget.take(array.count / 4)
        marks.append(
          ArrowIntegralMarks.marks(
            text, validity: try array.validity(0..<array.count), count: array.count))
      }
      current = Batch(
        arrays: arrays, rowCount: header.rowCount,
        byteCount: arrays.reduce(0) { $0 + $1.byteCount }, marks: marks)
    }
    return true
  }

  /// Keeps the values of a dictionary, after those it had when they are a delta.
  private mutating func adopt(
    _ header: ArrowBatchHeader, body: [UInt8], id: Int64, isDelta: Bool
  ) throws(StoreError) {
    guard let field = dictionaryFields[id] else {
      throw ArrowFault.damaged("a dictionary that no column has")
    }
    let budget = input.file.budget
    let arrays = try header.arrays([field], body: body, budget: budget, isDictionary: true)
    try budget.take(header.rowCount * Self.wordBytes)
    let values = try decoder.vector(arrays[0], 0..<header.rowCount)
    guard isDelta, let known = decoder.dictionaries[id] else {
      decoder.dictionaries[id] = values
      return
    }
    guard known.count + values.count <= ArrowDecoder.limit,
      known.plainBytes + values.plainBytes <= ArrowDecoder.limit * 2
    else {
      throw ArrowFault.beyond(
        "a dictionary of more than \(ArrowDecoder.limit >> 20) MiB",
        "write the column without a dictionary")
    }
    // Each addition copies what there was.
    try budget.take(known.plainBytes + known.count * Self.wordBytes)
    decoder.dictionaries[id] = .gather(
      [
        RowRun(source: 0, start: 0, count: Int32(known.count)),
        RowRun(source: 1, start: 0, count: Int32(values.count)),
      ], from: [known, values], type: values.type)
  }

  /// The next rows of `batch`, fewer when they turn out too large, its columns on all cores.
  private func decode(_ batch: inout Batch) throws(StoreError) -> RowBatch {
    let byBytes = Self.batchBytes / max(1, batch.byteCount / batch.rowCount)
    var count = min(max(1, byBytes), batch.mostRows, batch.rowCount - batch.next)
    while true {
      let rows = batch.next..<batch.next + count
      do throws(StoreError) {
        let vectors = try vectors(batch, rows)
        batch.next += count
        return RowBatch(columns: columns, vectors: vectors, count: count)
      } catch {
        guard error.kind == .exhausted, count > 1 else { throw error }
        count /= 2
        batch.mostRows = count
      }
    }
  }

  private func vectors(_ batch: Batch, _ rows: Range<Int>) throws(StoreError) -> [ColumnVector] {
    let (decoder, columns, spellings) = (decoder, columns, spellings)
    let room = InputBudget.ofBatch()
    return try parallelMap(count: columns.count) { index throws(StoreError) in
      let array = batch.arrays[index]
      var vector =
        if let form = columns[index].type.vectorForm, array.field.hasFloatLists {
          try decoder.vectors(array, rows, form)
        } else {
          try decoder.vector(array, rows)
        }
      try room.take(vector.heldBytes)
      if let marks = batch.marks[index] { vector = vector.marked(marks, rows) }
      do throws(StoreError) {
        return spellings.spelled(
          try ColumnTypes.retyped(vector, to: columns[index].type), at: index)
      } catch {
        throw error.restated("column '\(columns[index].name)': \(error.message)")
      }
    }
  }

  private static func located(_ error: StoreError, _ name: String) -> StoreError {
    var error = error
    if error.location == nil { error.location = .init(file: name) }
    return error
  }
}

extension ArrowArray {
  /// About how many bytes the values take.
  fileprivate var byteCount: Int {
    buffers.reduce(0) { $0 + $1.count } + children.reduce(0) { $0 + $1.byteCount }
  }
}

extension ColumnVector {
  /// The floats with those marked as integers that `marks` says at `rows`, where they are such.
  fileprivate func marked(_ marks: Bitmap, _ rows: Range<Int>) -> ColumnVector {
    guard case .float64(let floats, _) = values else { return self }
    var bits = Bitmap(count: count)
    for row in 0..<count where marks[rows.lowerBound + row] && hasValue(row) {
      bits[row] = Int64(exactly: floats[row]) != nil
    }
    return ColumnVector(
      type: type, count: count, validity: validity,
      values: .float64(floats, integral: bits.setCount == 0 ? nil : bits))
  }
}
