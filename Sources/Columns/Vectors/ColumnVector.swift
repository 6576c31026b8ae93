package import Model

/// The values of one column over a run of rows, in memory.
///
/// An immutable value that any thread may read. Rows without a value are null: their bit in
/// `validity` is clear and their slot in `values` holds zero (or the empty text).
package struct ColumnVector: Sendable {
  /// The values themselves, one case for each layout in memory.
  package enum Values: Sendable {
    /// Every row is null.
    case none
    case bool(Bitmap)
    /// `int64` and `timestamp`.
    case int64([Int64])
    /// `integral` marks values that were written as integers (`41`, not `41.0`) and come back so;
    /// nil when none was.
    case float64([Double], integral: Bitmap?)
    /// `string`, `json` and `file`; of vectors, the bytes of their elements.
    case text(TextValues)
    /// The same, with equal texts held once: row i is `words[codes[i]]`.
    case dictionary(codes: [UInt32], words: TextValues)
  }

  package let type: ColumnType
  package let count: Int
  /// The rows that have a value; nil when all have.
  package let validity: Bitmap?
  package let values: Values

  /// A vector; where no row has a value it becomes `.none`, where all have `validity` is dropped,
  /// so that equal columns have equal parts.
  package init(type: ColumnType, count: Int, validity: Bitmap?, values: Values) {
    self.type = type
    self.count = count
    let present = validity?.setCount ?? count
    var isNone = present == 0
    if case .none = values { isNone = true }
    if isNone {
      self.validity = Bitmap(repeating: false, count: count)
      self.values = .none
    } else {
      self.validity = present == count ? nil : validity
      self.values = values
    }
  }

  /// `count` rows, all null.
  package static func nulls(_ type: ColumnType, count: Int) -> ColumnVector {
    ColumnVector(type: type, count: count, validity: nil, values: .none)
  }

  /// Returns true when row `index` has a value.
  package func hasValue(_ index: Int) -> Bool { validity?[index] ?? true }

  /// True when no row has a value.
  package var isAllNull: Bool { if case .none = values { true } else { false } }
}

/// Texts (UTF-8) laid end to end: text i is `bytes[offsets[i]..<offsets[i + 1]]`.
package struct TextValues: Hashable, Sendable {
  package var offsets: [UInt32]
  package var bytes: [UInt8]

  /// No texts.
  package init() {
    offsets = [0]
    bytes = []
  }

  /// Texts laid out by the caller; `offsets` has one entry more than there are texts.
  package init(offsets: [UInt32], bytes: [UInt8]) {
    self.offsets = offsets
    self.bytes = bytes
  }

  /// The number of texts.
  package var count: Int { offsets.count - 1 }

  /// The range of text `index` in `bytes`.
  package func range(_ index: Int) -> Range<Int> {
    Int(offsets[index])..<Int(offsets[index + 1])
  }

  /// Text `index` as a string.
  package func string(_ index: Int) -> String {
    String(decoding: bytes[range(index)], as: UTF8.self)
  }

  /// The number of the empty text, which rows without a value have; it is added when missing.
  package mutating func emptyIndex() -> UInt32 {
    let index = (0..<count).first { range($0).isEmpty } ?? count
    if index == count { append([]) }
    return UInt32(index)
  }

  /// Adds a text at the end.
  package mutating func append(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
    offsets.append(UInt32(bytes.count))
  }
}

extension ColumnVector {
  /// About how many bytes the vector takes in memory.
  package var memoryBytes: Int {
    let valueBytes =
      switch values {
      case .none: 0
      case .bool(let bits): bits.bytes.count
      case .int64(let integers): integers.count * 8
      case .float64(let floats, let integral): floats.count * 8 + (integral?.bytes.count ?? 0)
      case .text(let words): words.bytes.count + words.offsets.count * 4
      case .dictionary(let codes, let words):
        codes.count * 4 + words.bytes.count + words.offsets.count * 4
      }
    return 64 + (validity?.bytes.count ?? 0) + valueBytes
  }
}

extension ColumnVector {
  /// The size of the canonical encoding's values, dictionaries written out.
  package var plainBytes: Int {
    switch values {
    case .none: 0
    case .bool(let bits): bits.bytes.count
    case .int64(let integers): integers.count * 8
    case .float64(let floats, _): floats.count * 8
    case .text(let words): words.bytes.count + words.offsets.count * 4
    case .dictionary(let codes, let words):
      codes.reduce(4) { $0 + 4 + words.range(Int($1)).count }
    }
  }
}
