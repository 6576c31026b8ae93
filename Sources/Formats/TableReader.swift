package import Model

/// Opens files to be read as tables.
package enum TableReader {
  /// A reader of the rows of the file at `path` (`-` for standard input).
  /// - Parameters:
  ///   - compression: The compression of the file's bytes; nil to detect it from their beginning.
  ///   - name: The name of the file in errors.
  ///   - allowsMissing: Whether a column that has a type may be missing.
  ///   - base64: The columns whose bytes are to be Base64 text.
  ///   - csv: The form of a CSV file.
  ///   - limitBytes: The most bytes that it may decompress to: in each layer of compression, and
  ///     laid out as rows in memory.
  /// - Throws: ``StoreError``: `missing` when there is no such file, `unavailable` when it cannot
  ///   be read, `usage` for types that the format does not have, and for what only CSV files are
  ///   asked.
  package static func open(
    path: String, _ format: FileFormat, compression: FileCompression?, name: String,
    types: [DataText: ColumnType] = [:], base64: [String] = [], allowsMissing: Bool = false,
    csv: CSVForm = CSVForm(), limitBytes: Int = .max
  ) throws(StoreError) -> any RowReader {
    var options = ReadOptions(types: types)
    options.allowsMissing = allowsMissing
    options.csv = csv
    options.base64 = base64
    if let column = base64.first, format != .parquet, format != .arrow {
      throw StoreError(
        .usage,
        "the column '\(column)' has texts and no bytes: only Parquet and Arrow have bytes to be read "
          + "as Base64", at: .init(file: name))
    }
    guard format == .csv || csv == CSVForm() else {
      throw StoreError(
        .usage, "words for null, a decimal sign and a separator go with CSV files only",
        at: .init(file: name))
    }
    let reader = try open(
      path: path, format, compression: compression, name: name, options, limitBytes: limitBytes)
    return limitBytes == .max
      ? reader : LimitedReader(reader, limitBytes: limitBytes, name: name)
  }

  private static func open(
    path: String, _ format: FileFormat, compression: FileCompression?, name: String,
    _ options: ReadOptions, limitBytes: Int
  ) throws(StoreError) -> any RowReader {
    switch format {
    case .jsonl, .json, .csv:
      let source = try FileSource.open(
        path: path, compression: compression, name: name, limitBytes: limitBytes,
        recognizesCompression: true)
      var plain = options
      let (types, forms) = VectorReader.split(options.types, type: format == .csv ? .string : .json)
      plain.types = types
      let reader: any RowReader =
        if format == .csv {
          CSVReader(source: source, options: plain)
        } else {
          try JSONReader(source, layout: format == .jsonl ? .lines : .array, options: plain)
        }
      return forms.isEmpty ? reader : VectorReader(reader, forms, file: name)
    case .parquet, .arrow:
      let file = try SeekableFile.open(
        path: path, compression: compression, name: name, limitBytes: limitBytes)
      if format == .arrow { return try ArrowReader(file, options: options) }
      return try ParquetReader(file, options: options)
    }
  }
}
