import CSimdjson

/// Numbers as decimal text.
package enum NumberText {
  /// Appends the decimal digits of `value`.
  package static func append(_ value: Int64, to out: inout [UInt8]) {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { digits in
      guard let start = digits.baseAddress else { return }
      let count = unsafe assay_json_integer_text(value, start)
      unsafe out.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
    }
  }

  /// Appends the shortest decimal that reads back as `value`, which must be finite; it is what
  /// `description` gives, so whole numbers end in `.0` and are not taken for integers.
  package static func append(_ value: Double, to out: inout [UInt8]) {
    assert(value.isFinite, "JSON and CSV have no text for what is not finite")
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { digits in
      guard let start = digits.baseAddress else { return }
      let count = unsafe assay_json_number_text(value, start)
      unsafe out.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
    }
  }

  /// The most bytes that one number takes.
  static let capacity = Int(ASSAY_JSON_NUMBER_LENGTH)
}
