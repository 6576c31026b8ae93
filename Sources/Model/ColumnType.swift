/// What the values of a column are.
///
/// Raw values are written into manifests and chunk headers (`tag`), so neither ever changes.
package enum ColumnType: String, Sendable, Hashable, CaseIterable {
  case bool
  case int64
  case float64
  case string
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp
  /// Nested values and mixed types, each kept as compact JSON text.
  case json
  /// A content-addressed attachment, kept as JSON text of digest, media type, size and name.
  case file

  /// The byte that stands for the type in a chunk.
  package var tag: UInt8 {
    switch self {
    case .bool: 1
    case .int64: 2
    case .float64: 3
    case .string: 4
    case .timestamp: 5
    case .json: 6
    case .file: 7
    }
  }

  /// The type a chunk's byte stands for.
  package init?(tag: UInt8) {
    guard let type = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
    self = type
  }
}
