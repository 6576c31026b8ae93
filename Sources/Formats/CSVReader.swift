import Columns
package import Model

/// Rows of a CSV file as RFC 4180 has them, the first line naming the columns.
///
/// The file is read twice: once to learn each column's type, once for the rows, so that types never
/// widen. An empty cell without quotes is null, `""` is the empty text. A column is `bool` when all
/// its values are `true` or `false`, `int64` when all are JSON integers of 64 bits, `float64` when
/// all are JSON numbers that a double holds (beside at least one also `nan`, `inf` and `-inf`, as
/// ``CSVWriter`` has them), else `string` with its text untouched: `007`, `+5` and `1e999` lose
/// nothing. A file of no rows gives one batch without rows, which has its columns.
package struct CSVReader: RowReader {
  private static let batchBytes = 16 << 20

  private let name: String
  private let types: [String: ColumnType]
  private let allowsMissing: Bool
  private var window: CSVWindow
  /// Known once the file has been read to its end.
  private var columns: [ColumnDefinition] = []
  private var state = State.new

  private enum State { case new, atFirstRow, amidRows, atEnd }

  /// A reader of `source`, which is first read when rows are asked for, `chunkBytes` at a time.
  package init(
    source: any ByteSource, options: ReadOptions = ReadOptions(), chunkBytes: Int = 1 << 20
  ) {
    name = source.name
    types = options.types
    allowsMissing = options.allowsMissing
    window = CSVWindow(source: source, chunkBytes: chunkBytes)
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    if state == .new {
      try learn()
      try restart()
    }
    guard state != .atEnd else { return nil }
    var builders = columns.map { CSVColumn(type: $0.type) }
    var lines: [UInt32] = []
    var byteCount = 0
    while byteCount < Self.batchBytes {
      guard try window.advance() else {
        let isFirst = state == .atFirstRow
        state = .atEnd
        if lines.isEmpty, !isFirst { return nil }
        break
      }
      state = .amidRows
      byteCount += window.rowBytes
      lines.append(contentsOf: window.tokenizer.lines)
      try append(to: &builders)
    }
    var vectors: [ColumnVector] = []
    for index in builders.indices { vectors.append(builders[index].finish()) }
    return InputBatch(
      rows: RowBatch(columns: columns, vectors: vectors, count: lines.count), lines: lines)
  }

  package mutating func restart() throws(StoreError) {
    guard state != .new else { return }
    try window.rewind()
    guard try window.header() == columns.map(\.name) else { throw changed() }
    state = .atFirstRow
  }

  /// Reads the whole file for the names and types of its columns.
  private mutating func learn() throws(StoreError) {
    let names = try window.header()
    for (name, type) in types.sorted(by: { $0.key < $1.key }) {
      guard names.contains(name) else {
        if allowsMissing { continue }
        throw unknownColumn(name, among: names)
      }
      guard type != .json, type != .file else {
        throw StoreError(
          .usage,
          "the column '\(name)' of a CSV file cannot be read as \(type.rawValue): read it "
            + "as string, or give the data as JSON Lines", at: .init(file: self.name))
      }
    }
    var inferences = [CSVInference](repeating: CSVInference(), count: names.count)
    let open = names.indices.filter { types[names[$0]] == nil }
    while try window.advance() {
      let cells = window.tokenizer.cells
      unsafe window.bytes.withUnsafeBytes { bytes in
        for column in open {
          unsafe inferences[column].observe(cells, column: column, stride: names.count, in: bytes)
        }
      }
    }
    columns = zip(names, inferences).map { name, inference in
      ColumnDefinition(name: name, type: types[name] ?? inference.type)
    }
    state = .atFirstRow
  }

  private func append(to builders: inout [CSVColumn]) throws(StoreError) {
    let cells = window.tokenizer.cells
    var misfit: (row: Int, column: Int)?
    unsafe window.bytes.withUnsafeBytes { bytes in
      for column in columns.indices {
        let row = unsafe builders[column].append(
          cells, column: column, stride: columns.count, from: bytes)
        if let row, row < misfit?.row ?? .max { misfit = (row, column) }
      }
    }
    guard let misfit else { return }
    let column = columns[misfit.column]
    guard types[column.name] != nil else { throw changed() }
    throw window.error(
      "this cell is no \(column.type.rawValue), which the column '\(column.name)' was said to "
        + "hold: correct it, or read the column as string", row: misfit.row,
      column: misfit.column)
  }

  private func changed() -> StoreError {
    StoreError(
      .invalid, "the file was changed while it was being read: try again when it is complete",
      at: .init(file: name))
  }

  private func unknownColumn(_ name: String, among names: [String]) -> StoreError {
    let near = NearNames(of: name, among: names).names.map { "'\($0)'" }.joined(separator: ", ")
    return StoreError(
      .usage,
      "a type is given for the column '\(name)', which the file does not have: "
        + (near.isEmpty ? "check its header" : "did you mean \(near)?"), at: .init(file: self.name))
  }
}

/// The names that a mistyped one may stand for.
struct NearNames {
  /// At most three, the nearest first.
  let names: [String]

  /// Names that differ from `name` by no more than a third of its letters, or only by case.
  init(of name: String, among candidates: [String]) {
    let limit = max(1, name.count / 3)
    let scored = candidates.map { ($0, Self.distance(name.lowercased(), $0.lowercased())) }
    names = scored.filter { $0.1 <= limit }.sorted { $0.1 < $1.1 }.prefix(3).map(\.0)
  }

  /// How many letters must be put in, taken out or replaced (Levenshtein).
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var costs = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var diagonal = costs[0]
      costs[0] = row + 1
      for column in right.indices {
        let replaced = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = costs[column + 1]
        costs[column + 1] = min(replaced, diagonal + 1, costs[column] + 1)
      }
    }
    return costs[right.count]
  }
}
