import Columns
import Model

/// Rows of a text format whose columns of lists are to be vectors.
struct VectorReader: RowReader {
  private var base: any RowReader
  private let forms: [(name: String, form: VectorForm)]
  private let file: String

  /// The types of columns without those of vectors, for which the format's own `type` stands.
  static func split(
    _ types: [DataText: ColumnType], type: ColumnType
  ) -> (types: [DataText: ColumnType], forms: [(name: String, form: VectorForm)]) {
    var forms: [(name: String, form: VectorForm)] = []
    var plain = types
    for (name, named) in types {
      guard let form = named.vectorForm else { continue }
      plain[name] = type
      forms.append((name.string, form))
    }
    return (plain, forms)
  }

  /// The rows of `base`, a file that errors call `file`, with vectors of `forms` in these columns.
  init(_ base: any RowReader, _ forms: [(name: String, form: VectorForm)], file: String) {
    self.base = base
    self.forms = forms
    self.file = file
  }

  var typing: FileTyping { base.typing }
  var remarks: ReadRemarks { base.remarks }

  mutating func expect(_ columns: ExpectedColumns) throws(StoreError) { try base.expect(columns) }

  mutating func next() throws(StoreError) -> InputBatch? {
    guard let batch = try base.next() else { return nil }
    var columns = batch.rows.columns
    var vectors = batch.rows.vectors
    for (name, form) in forms {
      guard let position = columns.position(of: name) else { continue }
      do throws(ColumnVector.NoVector) {
        vectors[position] = try vectors[position].vectors(form)
      } catch {
        throw StoreError(
          .invalid, "column '\(name)': \(ColumnTypes.misfit(form))",
          at: .init(file: file, line: Int(batch.lines[error.row])))
      }
      columns[position] = ColumnDefinition(name: columns[position].name, type: .vector(form))
    }
    return InputBatch(
      rows: RowBatch(columns: columns, vectors: vectors, count: batch.rows.count),
      lines: batch.lines)
  }

  mutating func restart() throws(StoreError) { try base.restart() }

  mutating func adopt(_ shapes: [DataText: ValueShape]) { base.adopt(shapes) }
}
