import Columns
import Model

/// A column of a CSV file whose type is known.
struct CSVReaderColumn {
  let definition: ColumnDefinition
  /// True when it goes without saying that empty cells are null: its type was known before, and
  /// they cannot be empty texts.
  private let hidesEmptyCells: Bool
  /// True when no cell has a value, except words that mean null where there is no value.
  let isNull: Bool
  /// True when its numbers are those of a dataset's key, though texts stand beside them.
  let respellsNumbers: Bool
  /// The readings of the cells in this pass.
  private(set) var readings = CSVReadings()

  /// A column of which no row was read yet.
  init(
    _ definition: ColumnDefinition, hidesEmptyCells: Bool, isNull: Bool, respellsNumbers: Bool
  ) {
    self.definition = definition
    self.hidesEmptyCells = hidesEmptyCells
    self.isNull = isNull
    self.respellsNumbers = respellsNumbers
  }

  /// Takes note of how cells were read.
  mutating func take(_ more: CSVReadings) {
    var more = more
    if hidesEmptyCells { more.forgetEmpty() }
    readings.add(more)
  }

  /// Begins another pass.
  mutating func forget() { readings = CSVReadings() }
}

/// The result of the first pass over a CSV file for a column.
struct CSVLearning {
  let name: String
  private let named: ColumnType?
  private let expected: ExpectedColumns.Column?
  /// The type of the column when no cell has a value.
  private let typeOfNulls: ColumnType?
  private let form: CSVCellForm
  /// Reads cells as the type that is expected; nil once one did not fit.
  private var trial: CSVColumn?
  private var inference: CSVInference
  /// The first cell that was not of the expected type, and the first that is of no wider number.
  private(set) var misfits: [ReadRemarks.Misfit] = []
  private var fits: Bool
  /// True when the dataset has texts, even if the cells have none.
  private let isText: Bool
  /// True when the rows join those of the dataset.
  private let isJoined: Bool

  /// A column with the type that was `named` for it, or else that of the dataset.
  init(
    _ name: String, named: ColumnType?, expected columns: ExpectedColumns, _ form: CSVCellForm
  ) {
    let expected = columns[name]
    self.name = name
    self.named = named
    self.expected = named == nil ? expected : nil
    typeOfNulls = columns.typeWithoutValues(name)
    self.form = form
    fits = named == nil && expected != nil
    isText = fits && expected?.type == .string
    isJoined = columns.isJoined
    // Any cell is a text, or JSON, and vectors are looked for in texts.
    if fits, let type = expected?.type, ![.string, .json, .file].contains(type),
      type.vectorForm == nil
    {
      trial = CSVColumn(type: type, form: form)
    }
    let isWidened = columns.isJoined && expected?.hasValues == true && !isText
    inference = CSVInference(joining: isWidened ? expected?.type : nil)
  }

  /// Takes note of every `stride`th cell from `column` on; `lines` are those of the rows.
  mutating func observe(
    _ cells: [CSVCell], column: Int, stride: Int, in bytes: UnsafeRawBufferPointer,
    lines: [UInt32]
  ) {
    guard named == nil, !fits || trial != nil || isText else { return }
    while var trial, let expected {
      guard let row = unsafe trial.append(cells, column: column, stride: stride, from: bytes) else {
        trial.discard()
        self.trial = trial
        break
      }
      fits = false
      let wider: ColumnType = trial.type == .int64 ? .float64 : .string
      self.trial = wider == .float64 ? CSVColumn(type: wider, form: form) : nil
      if expected.hasValues {
        let text = unsafe cells[row * stride + column].text(in: bytes)
        unsafe misfits.append(
          ReadRemarks.Misfit(
            column: name, expected: expected.type, wider: wider, line: Int(lines[row]),
            text: ReadRemarks.quoted(text)))
      }
    }
    unsafe inference.observe(
      cells, column: column, stride: stride, in: bytes, lines: lines, form: form)
  }

  /// The column, once all cells were seen.
  var column: CSVReaderColumn {
    let known = named ?? (fits ? expected?.type : inference.isEmpty ? typeOfNulls : nil)
    // Files are looked for in what is JSON, vectors in texts.
    let kept = known == .file ? .json : known?.vectorForm != nil ? .string : known
    let type = named ?? kept ?? typeOfCells
    return CSVReaderColumn(
      ColumnDefinition(name: name, type: type),
      hidesEmptyCells: known.map { $0 != .string && $0 != .json } ?? false,
      isNull: named == nil && !fits && inference.isEmpty,
      respellsNumbers: kept == nil && joinsTextsToNumbers)
  }

  /// The look that the cells of a column of text have, and whether the dataset has texts there.
  var look: (look: CSVLook, isKept: Bool)? {
    guard named == nil, column.definition.type == .string else { return nil }
    return inference.look.map { ($0, isText) }
  }

  /// The type that the cells have, of a column that is text for the dataset's sake.
  ///
  /// Keys that join others have to be texts as these are.
  var hidden: ReadRemarks.Hidden? {
    guard isText, fits, [.bool, .int64, .float64].contains(inference.type),
      !isJoined || expected?.isKey == false
    else { return nil }
    return ReadRemarks.Hidden(column: name, type: inference.type, isJoined: isJoined)
  }

  /// The type that the cells say; numbers of a key stay numbers beside texts, as in other formats.
  private var typeOfCells: ColumnType { joinsTextsToNumbers ? .json : inference.type }

  /// True when the cells are texts, and the existing ones are numbers of a key.
  private var joinsTextsToNumbers: Bool {
    guard named == nil, let expected, expected.isKey, expected.hasValues else { return false }
    return inference.type == .string && [.int64, .float64].contains(expected.type)
  }

  /// The error for an unreadable column: a cell of a key is not of the type that has to stay.
  var refusal: StoreError? { expected?.refusesOthers == true ? misfits.first?.refusal : nil }

  /// The remark about fractions that could be integers with points between thousands, in a file
  /// whose cells are separated as where people write them so.
  var groupingDoubt: String? {
    guard named == nil, let first = inference.firstGrouped else { return nil }
    return "column '\(name)' is read with decimal points, line \(first.line) as \(first.text): "
      + "where points stand between thousands, write numbers without them"
  }

  /// The remark about a column that became text only because of its cells.
  var doubt: String? {
    named == nil && expected == nil && look == nil ? inference.doubt(name) : nil
  }
}
