import Columns
import Formats
import Model

/// A value as a test writes it down.
enum TestCell: Equatable {
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  /// A float64 that was written as an integer.
  case wholeNumber(Double)
  case text(String)
}

/// All rows of an input, put together from its batches.
struct TestTable {
  var columns: [ColumnDefinition] = []
  var lines: [UInt32] = []
  var batches: [RowBatch] = []

  /// The values of a column; nil where it is null.
  func cells(_ name: String) -> [TestCell?] {
    batches.flatMap { batch -> [TestCell?] in
      guard let index = batch.columns.firstIndex(where: { $0.name == name }) else {
        return Array(repeating: nil, count: batch.count)
      }
      return (0..<batch.count).map { cell(batch.vectors[index], $0) }
    }
  }
}

/// The value of one row.
func cell(_ vector: ColumnVector, _ row: Int) -> TestCell? {
  guard vector.hasValue(row) else { return nil }
  switch vector.values {
  case .none: return nil
  case .bool(let bits): return .bool(bits[row])
  case .int64(let values): return .integer(values[row])
  case .float64(let values, let integral):
    return integral?[row] == true ? .wholeNumber(values[row]) : .number(values[row])
  case .text(let texts): return .text(texts.string(row))
  case .dictionary(let codes, let words): return .text(words.string(Int(codes[row])))
  }
}

/// Reads all of a text.
func readAll(
  _ text: some Sequence<UInt8>, layout: JSONReader.Layout = .lines,
  options: ReadOptions = ReadOptions()
) throws(StoreError) -> TestTable {
  let source = MemorySource(
    name: layout == .lines ? "test.jsonl" : "test.json", bytes: Array(text))
  var reader = try JSONReader(source, layout: layout, options: options)
  var table = TestTable()
  while let batch = try reader.next() {
    table.columns = batch.rows.columns
    table.lines += batch.lines
    table.batches.append(batch.rows)
  }
  return table
}

/// Reads all of a text.
func readAll(
  _ text: String, layout: JSONReader.Layout = .lines, options: ReadOptions = ReadOptions()
) throws(StoreError) -> TestTable {
  try readAll(text.utf8, layout: layout, options: options)
}
