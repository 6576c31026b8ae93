import ArgumentParser
import Formats
import Model

/// A format as `--format` names it, also those that are still to come.
enum TableFormat: String, CaseIterable, ExpressibleByArgument {
  case jsonl, json, csv, parquet, arrow

  /// The format to read or write `path` in.
  /// - Throws: ``StoreError`` of kind `usage` when neither the option nor the path's extension
  ///   names a format of this version.
  static func choose(_ option: TableFormat?, path: String) throws(StoreError) -> FileFormat {
    let name = option?.rawValue ?? Self.later.first { path.lowercased().hasSuffix("." + $0) }
    if let name {
      guard let format = FileFormat(rawValue: name) else {
        throw StoreError(
          .usage, "\(name) comes with a later version; use jsonl, json or csv")
      }
      return format
    }
    if let format = FileFormat(path: path) { return format }
    let what = path == "-" ? "standard input has no extension" : "'\(path)' has no known extension"
    throw StoreError(.usage, "\(what): name the format with --format jsonl, json or csv")
  }

  private static let later = [TableFormat.parquet, .arrow].map(\.rawValue)
}
