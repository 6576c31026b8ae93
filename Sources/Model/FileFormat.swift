/// A format that tables are read from and written in.
package enum FileFormat: String, Sendable, CaseIterable {
  /// One JSON object per line.
  case jsonl
  /// One JSON array of objects.
  case json
  /// Comma-separated values with a header row, as RFC 4180 has them, also with tabs for commas.
  case csv
  /// Apache Parquet.
  case parquet
  /// Apache Arrow's file format (Feather version 2); its stream format too when it is read.
  case arrow

  /// The format that a path's extension names, also before `.gz` or `.zst`; nil when it names none.
  package init?(path: String) {
    var name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    if let compression = FileCompression(path: name) {
      name.removeLast(compression.fileExtension.count)
    }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...] {
    case "jsonl", "ndjson": self = .jsonl
    case "json": self = .json
    case "csv", "tsv": self = .csv
    case "parquet": self = .parquet
    case "arrow", "feather", "ipc", "arrows": self = .arrow
    default: return nil
    }
  }
}

extension FileFormat {
  /// True when a row is found by its line; rows of other files are counted.
  package var hasLines: Bool {
    switch self {
    case .jsonl, .json, .csv: true
    case .parquet, .arrow: false
    }
  }

  /// The media type in HTTP.
  package var mediaType: String {
    switch self {
    case .jsonl: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    case .parquet: "application/vnd.apache.parquet"
    case .arrow: "application/vnd.apache.arrow.file"
    }
  }

  /// The format of a media type, whatever its parameters; nil when there is none.
  package init?(mediaType: String) {
    let essence = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    switch essence {
    case "application/x-ndjson", "application/jsonl", "application/x-jsonlines": self = .jsonl
    case "application/json": self = .json
    case "text/csv", "text/tab-separated-values": self = .csv
    case "application/vnd.apache.parquet": self = .parquet
    case "application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream": self = .arrow
    default: return nil
    }
  }
}

/// A form of the text that the rows of a query's result are written in.
package enum TextFormat: String, Codable, Sendable, CaseIterable {
  /// Aligned columns for people; long cells are cut.
  case table
  /// One JSON object per line.
  case jsonl
  /// One JSON array of objects.
  case json
  /// Comma-separated values with a header row.
  case csv
  /// A table of Markdown; long cells are cut.
  case markdown

  /// The media type of the text.
  package var mediaType: String {
    switch self {
    case .table: "text/plain; charset=utf-8"
    case .jsonl: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    case .markdown: "text/markdown; charset=utf-8"
    }
  }
}

/// The compression of a file's bytes, which its extension names.
package enum FileCompression: Sendable, CaseIterable {
  case gzip, zstd

  /// The compression that a path's extension names; nil for a file that is not compressed.
  package init?(path: String) {
    let name = path.lowercased()
    guard let match = Self.allCases.first(where: { name.hasSuffix($0.fileExtension) })
    else { return nil }
    self = match
  }

  /// The compression of a file that begins with these bytes; nil when they show none.
  ///
  /// No table begins so: the second byte of either is not UTF-8 after the first, and Parquet and
  /// Arrow begin otherwise.
  package init?(firstBytes bytes: some Collection<UInt8>) {
    // https://www.rfc-editor.org/rfc/rfc1952#page-6
    // https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
    if bytes.starts(with: [0x1F, 0x8B, 8]) {
      self = .gzip
    } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else {
      return nil
    }
  }

  /// The extension of a file so compressed, with its dot.
  package var fileExtension: String {
    switch self {
    case .gzip: ".gz"
    case .zstd: ".zst"
    }
  }
}
