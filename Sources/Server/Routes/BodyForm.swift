import HTTPTypes
import Model
import NIOCore
import Platform

/// The format of a body, from its headers.
enum BodyForm {
  /// The format and the compression of a table; `format`, from the URL, takes precedence.
  /// - Throws: ``HTTPProblem`` with 415 for a type or an encoding that the server does not read.
  static func read(
    _ headers: HTTPFields, format: FileFormat?
  ) throws(HTTPProblem) -> (FileFormat, FileCompression?) {
    let type = headers[.contentType]
    guard let format = format ?? type.flatMap({ FileFormat(mediaType: $0) }) else {
      throw HTTPProblem(
        .unsupportedMediaType, .usage,
        "state the body's type: 'Content-Type: application/x-ndjson' (or application/json, text/csv), "
          + "or ?format=" + FileFormat.allCases.map(\.rawValue).joined(separator: "|"))
    }
    switch headers[.contentEncoding]?.lowercased() {
    case nil, "identity": return (format, nil)
    case "gzip", "x-gzip": return (format, .gzip)
    case "zstd": return (format, .zstd)
    default:
      throw HTTPProblem(
        .unsupportedMediaType, .usage, "a body is compressed with gzip or zstd, or not at all")
    }
  }
}

extension SpooledBytes {
  /// The bytes as a file that can be opened by its path as long as it is kept.
  func asFile(folder: String) throws(StoreError) -> TemporaryFile {
    if let file { return file }
    let file = try TemporaryFile(folder: folder)
    if let memory { try file.write(Array(memory.readableBytesView)[...], at: 0) }
    return file
  }
}
