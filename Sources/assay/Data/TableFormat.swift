import ArgumentParser
import Formats
import Model

/// A format as `--format` names it.
enum TableFormat: String, CaseIterable, ExpressibleByArgument {
  case jsonl, json, csv, parquet, arrow

  private var format: FileFormat {
    switch self {
    case .jsonl: .jsonl
    case .json: .json
    case .csv: .csv
    case .parquet: .parquet
    case .arrow: .arrow
    }
  }

  /// The format to read or write `path` in.
  /// - Throws: ``StoreError`` of kind `usage` when neither the option nor the path's extension
  ///   names a format.
  static func choose(_ option: TableFormat?, path: String) throws(StoreError) -> FileFormat {
    if let format = option?.format ?? FileFormat(path: path) { return format }
    let what = path == "-" ? "standard input has no extension" : "'\(path)' has no known extension"
    let names = allCases.map(\.rawValue).joined(separator: ", ")
    throw StoreError(.usage, "\(what): name the format with --format, one of \(names)")
  }
}
