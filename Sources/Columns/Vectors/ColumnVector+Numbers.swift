import Model

extension Double {
  /// The integer that it equals; nil when it is not whole or is beyond 2^53, where
  /// floats skip integers.
  ///
  /// -0.0 does not count as an integer: it would come back as 0.
  package var asInteger: Int64? {
    guard let integer = Int64(exactly: self), integer.magnitude <= 1 << 53,
      integer != 0 || sign == .plus
    else { return nil }
    return integer
  }
}

extension ColumnVector {
  /// The floats as integers; nil when one is no integer, or is one that not every float near it
  /// holds.
  package var asIntegers: ColumnVector? {
    guard case .float64(let floats, _) = values else { return nil }
    var integers = [Int64](repeating: 0, count: count)
    for row in 0..<count where hasValue(row) {
      guard let integer = floats[row].asInteger else { return nil }
      integers[row] = integer
    }
    return ColumnVector(type: .int64, count: count, validity: validity, values: .int64(integers))
  }

  /// Returns true when row `row` and row `otherRow` of `other`, a vector of the same type, hold the
  /// same number, however it is written.
  package func hasNumber(_ row: Int, of other: ColumnVector, _ otherRow: Int) -> Bool {
    guard hasValue(row), other.hasValue(otherRow) else { return false }
    switch (values, other.values) {
    case (.float64(let own, _), .float64(let others, _)):
      return KeyNumber(own[row]) == KeyNumber(others[otherRow])
    case (.text, _), (.dictionary, _):
      guard type == .json, let own = values.text(row), let text = other.values.text(otherRow),
        let number = KeyNumber(json: own.words.bytes[own.range])
      else { return false }
      return number == KeyNumber(json: text.words.bytes[text.range])
    default: return false
    }
  }
}
