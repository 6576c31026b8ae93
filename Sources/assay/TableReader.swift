import Formats
import Model

/// Opens files to be read as tables.
enum TableReader {
  /// A reader of the rows of `file` (`-` for standard input).
  /// - Throws: ``StoreError``: `missing` when there is no such file, `unavailable` when it cannot
  ///   be read, `usage` for types that the format does not have.
  static func open(
    _ file: String, _ format: FileFormat, types: [String: ColumnType]
  ) throws(StoreError) -> any RowReader {
    let source = try FileSource.open(path: file)
    let options = ReadOptions(types: types)
    switch format {
    case .jsonl: return try JSONReader(source, layout: .lines, options: options)
    case .json: return try JSONReader(source, layout: .array, options: options)
    case .csv: return CSVReader(source: source, options: options)
    }
  }
}
