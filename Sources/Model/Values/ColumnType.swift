/// The type of a column's values.
///
/// Raw values are written into manifests and tags into chunks, so neither ever changes.
package enum ColumnType: Sendable, Hashable {
  case bool
  case int64
  case float64
  case string
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp
  /// Nested values and mixed types, each saved as compact JSON text.
  case json
  /// A content-addressed attachment, saved as JSON text of digest, media type, size and name.
  case file
  /// Lists of a fixed number of floats, such as embeddings, saved as their bytes.
  case vector(VectorForm)

  /// The byte that stands for the type in a chunk; the length of vectors stands beside it.
  package var tag: UInt8 {
    switch self {
    case .bool: 1
    case .int64: 2
    case .float64: 3
    case .string: 4
    case .timestamp: 5
    case .json: 6
    case .file: 7
    case .vector(let form): form.element == .f32 ? 8 : 9
    }
  }

  /// The type a chunk's byte stands for, with `count` elements when it is one of vectors.
  package init?(tag: UInt8, count: Int?) {
    if let count {
      guard tag == 8 || tag == 9,
        let form = VectorForm(count: count, element: tag == 8 ? .f32 : .f64)
      else { return nil }
      self = .vector(form)
      return
    }
    guard let type = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
    self = type
  }

  /// Returns true when a chunk's byte stands for vectors, whose length follows it.
  package static func isVector(tag: UInt8) -> Bool { tag == 8 || tag == 9 }

  /// The form of vectors; nil for other types.
  package var vectorForm: VectorForm? {
    if case .vector(let form) = self { form } else { nil }
  }
}

extension ColumnType: CaseIterable {
  /// Every type but those of vectors, which are as many as there are lengths.
  package static let allCases: [ColumnType] = [
    .bool, .int64, .float64, .string, .timestamp, .json, .file,
  ]

  /// The names of all types, for messages.
  package static var names: [String] {
    allCases.map(\.rawValue) + ["vector(n,f32)", "vector(n,f64)"]
  }
}

// Written out, since a raw value's would be that of its text.
extension ColumnType {
  package static func == (left: ColumnType, right: ColumnType) -> Bool {
    left.tag == right.tag && left.vectorForm == right.vectorForm
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(tag)
    hasher.combine(vectorForm)
  }
}

extension ColumnType: RawRepresentable {
  package var rawValue: String {
    switch self {
    case .bool: "bool"
    case .int64: "int64"
    case .float64: "float64"
    case .string: "string"
    case .timestamp: "timestamp"
    case .json: "json"
    case .file: "file"
    case .vector(let form): form.description
    }
  }

  package init?(rawValue: String) {
    if let form = VectorForm(parsing: rawValue) {
      self = .vector(form)
    } else if let type = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = type
    } else {
      return nil
    }
  }
}
