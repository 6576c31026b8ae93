import ArgumentParser
import Model

extension FileFormat: ExpressibleByArgument {
  /// The format to read or write `path` in.
  /// - Throws: ``StoreError`` of kind `usage` when neither the option nor the path's extension
  ///   names a format.
  static func choose(_ option: FileFormat?, path: String) throws(StoreError) -> FileFormat {
    if let format = option ?? FileFormat(path: path) { return format }
    let name = path.lowercased()
    if let end = [".xlsx", ".xls", ".xlsm", ".ods"].first(where: name.hasSuffix) {
      throw StoreError(
        .usage,
        "'\(path)' is a workbook, and \(end) files are neither read nor written: save the sheet as "
          + "CSV, which spreadsheets read and write")
    }
    let what = path == "-" ? "standard input has no extension" : "'\(path)' has no known extension"
    let names = allCases.map(\.rawValue).joined(separator: ", ")
    throw StoreError(.usage, "\(what): name the format with --format, one of \(names)")
  }
}
