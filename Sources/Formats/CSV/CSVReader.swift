import Columns
package import Model

/// Rows of a CSV file as RFC 4180 has them, the first line naming the columns.
///
/// The file is read twice: once to learn each column's type, once for the rows, so that types never
/// widen. An empty cell without quotes is null, `""` is the empty text; other quotes say nothing. A
/// column is `bool` when all its values are `true` or `false`, `int64` when all are JSON integers
/// of 64 bits, `float64` when all are JSON numbers that a double holds (beside at least one also
/// `nan`, `inf`, `-inf`, and numbers as `+5`, `.5` and `-0`), else `string` with its text
/// untouched: `007` and `1e999` lose nothing. Truth and what is not finite may be spelt as other
/// tools do (`True`, `NaN`, `-Infinity`), and in columns of truth values, numbers and times, and of
/// nothing else, the words that tools write for null are null. ``remarks`` says where that was so.
///
/// A column that a dataset has gets its type when all cells fit it. A file of no rows gives one
/// batch without rows, which has its columns.
package struct CSVReader: RowReader {
  private static let batchBytes = 16 << 20

  private let name: String
  private let types: [DataText: ColumnType]
  private let allowsMissing: Bool
  private let form: CSVForm
  private let cellForm: CSVCellForm
  private var expected = ExpectedColumns()
  private var window: CSVWindow
  /// Known once the file has been read to its end.
  private var columns: [CSVReaderColumn] = []
  private var learnt = ReadRemarks()
  private var state = State.new

  private enum State { case new, atFirstRow, amidRows, atEnd }

  /// A reader of `source`, which is first read when rows are requested, `chunkBytes` at a time.
  package init(
    source: any ByteSource, options: ReadOptions = ReadOptions(), chunkBytes: Int = 1 << 20
  ) {
    name = source.name
    types = options.types
    allowsMissing = options.allowsMissing
    form = options.csv
    cellForm = CSVCellForm(options.csv)
    window = CSVWindow(source: source, chunkBytes: chunkBytes)
  }

  package var typing: FileTyping { .none }

  package var remarks: ReadRemarks {
    var remarks = learnt
    let isNamed = window.lineBeforeHeader > 0
    if form.separator == nil, isNamed || window.separator != CSVTokenizer.comma {
      let known = CSVForm.separators.first { $0.byte == window.separator }?.name ?? ""
      remarks.readings.append(
        "separator " + (known.utf8.count > 1 ? known : "'\(known)'")
          + (isNamed ? ", which line 1 names" : ""))
    } else if isNamed {
      remarks.readings.append("line 1 as one that names a separator, which another was named for")
    }
    var phrases = CSVReadingPhrases()
    for column in columns {
      phrases.add(column.readings, of: column.definition.name)
      if let line = column.readings.firstRoundedLine {
        remarks.rounded.append(
          ReadRemarks.Rounded(column: column.definition.name, line: Int(line)))
      }
    }
    remarks.readings += phrases.texts
    return remarks
  }

  package mutating func expect(_ columns: ExpectedColumns) throws(StoreError) {
    expected = columns
    state = .new
  }

  package mutating func next() throws(StoreError) -> InputBatch? {
    if state == .new {
      try learn()
      try restart()
    }
    guard state != .atEnd else { return nil }
    var builders = columns.map {
      CSVColumn(
        type: $0.definition.type, form: cellForm, isNull: $0.isNull,
        respellsNumbers: $0.respellsNumbers)
    }
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
    for index in builders.indices {
      vectors.append(try builders[index].finish(lines: lines))
      columns[index].take(builders[index].readings)
    }
    let definitions = columns.map(\.definition)
    return InputBatch(
      rows: RowBatch(columns: definitions, vectors: vectors, count: lines.count), lines: lines)
  }

  package mutating func restart() throws(StoreError) {
    guard state != .new else { return }
    try window.rewind()
    guard try window.header() == columns.map(\.definition.name) else { throw changed() }
    for index in columns.indices { columns[index].forget() }
    state = .atFirstRow
  }

  /// Reads the whole file for the names and types of its columns.
  private mutating func learn() throws(StoreError) {
    let sample = try window.beginning(CSVSeparator.sampleBytes)
    let line = CSVSeparator.Line(sample.bytes)
    window.lineBeforeHeader = line?.byteCount ?? 0
    let rows = Array(sample.bytes.dropFirst(window.lineBeforeHeader))
    window.separator =
      form.separator ?? line?.separator ?? CSVSeparator.find(in: rows, isWhole: sample.isWhole)
    try window.rewind()
    let names = try window.header()
    try check(types, among: names)
    var learning: [CSVLearning] = []
    for name in names {
      learning.append(
        CSVLearning(
          name, named: types[name], expected: expected, cellForm)
      )
    }
    while try window.advance() {
      let (cells, lines) = (window.tokenizer.cells, window.tokenizer.lines)
      unsafe window.bytes.withUnsafeBytes { bytes in
        for column in learning.indices {
          unsafe learning[column].observe(
            cells, column: column, stride: names.count, in: bytes, lines: lines)
        }
      }
    }
    if let refusal = learning.lazy.compactMap(\.refusal).first {
      throw StoreError(
        refusal.kind, refusal.message, at: .init(file: name, line: refusal.location?.line))
    }
    columns = learning.map(\.column)
    learnt.misfits = learning.flatMap(\.misfits)
    learnt.hidden = learning.compactMap(\.hidden)
    learnt.doubts =
      spaced(names) + learning.compactMap(\.doubt) + groupingDoubts(learning)
      + CSVLook.sentences(
        learning.compactMap { column in
          column.look.map { (column: column.name, look: $0.look, isKept: $0.isKept) }
        })
    state = .atFirstRow
  }

  /// A sentence about names between spaces, which no dataset has so.
  private func spaced(_ names: [String]) -> [String] {
    let spaced = names.filter {
      ($0.hasPrefix(" ") || $0.hasSuffix(" ")) && expected.place(of: $0) == nil
    }
    if spaced.isEmpty { return [] }
    return [
      ReadRemarks.columns(spaced, "has a space", "have spaces")
        + " at an end of the name, which is another name than without: write the header without"
    ]
  }

  /// Sentences about fractions between semicolons, which many write with a decimal comma.
  private func groupingDoubts(_ columns: [CSVLearning]) -> [String] {
    guard window.separator == UInt8(ascii: ";"), !form.hasDecimalComma else { return [] }
    return columns.compactMap(\.groupingDoubt)
  }

  private func check(
    _ types: [DataText: ColumnType], among names: [String]
  ) throws(StoreError) {
    let known = names.textSet
    for (text, type) in types.sorted(by: { $0.key < $1.key }) {
      let name = text.string
      guard known.contains(text) else {
        if allowsMissing { continue }
        throw .unknownColumn(name, among: names, file: self.name)
      }
      guard type != .json, type != .file else {
        throw StoreError(
          .usage,
          "the column '\(name)' of a CSV file cannot be read as \(type.rawValue): read it "
            + "as string, or give the data as JSON Lines", at: .init(file: self.name))
      }
    }
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
    let column = columns[misfit.column].definition
    guard types[column.name] != nil else { throw changed() }
    throw window.error(
      "this cell is not of the type \(column.type.rawValue), which was named for the column "
        + "'\(column.name)': correct it, or read the column as string", row: misfit.row,
      column: misfit.column)
  }

  private func changed() -> StoreError {
    StoreError(
      .invalid, "the file was changed while it was being read: try again when it is complete",
      at: .init(file: name))
  }
}
