import Model

extension ColumnVector {
  /// Adds to each row's count the bytes of its text; other values count nothing.
  ///
  /// Row groups are cut by these counts (docs/format.md, "Row groups").
  package func addTextBytes(to counts: inout [Int]) {
    guard let text = TextView(values) else { return }
    for row in 0..<count { counts[row] += text.range(row).count }
  }
}

extension ColumnVector {
  /// The value of a row as a person would write it, at most 60 characters; for messages.
  package func display(_ row: Int) -> String {
    guard hasValue(row) else { return "null" }
    switch values {
    case .none: return "null"
    case .bool(let bits): return bits[row] ? "true" : "false"
    case .int64(let integers):
      return type == .timestamp
        ? Timestamp(microseconds: integers[row]).description : String(integers[row])
    case .float64(let floats, let integral):
      return integral?[row] ?? false ? String(Int64(floats[row])) : floats[row].description
    case .text, .dictionary:
      guard let text = values.text(row) else { return "null" }
      var bytes = Array(text.words.bytes[text.range])
      if let form = type.vectorForm {
        bytes = []
        VectorText.append(text.words.bytes[text.range], form, to: &bytes)
      }
      let string = String(decoding: bytes, as: UTF8.self)
      return string.count > 60 ? "'\(string.prefix(59))…'" : "'\(string)'"
    }
  }
}

extension ColumnVector {
  /// The first row whose value is NaN.
  package var firstNotANumber: Int? {
    guard case .float64(let floats, _) = values else { return nil }
    return floats.firstIndex { $0.isNaN }
  }
}
