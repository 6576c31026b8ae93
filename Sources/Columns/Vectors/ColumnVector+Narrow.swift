package import Model

extension ColumnVector {
  /// A value that a narrower type does not hold.
  package struct Wider: Error {
    /// The row, from 0; nil when it is not known.
    package let row: Int?
    /// The type that holds the value, too.
    package let type: ColumnType
  }

  /// The values at `rows`, which a wider type holds, as `type`, each spelt as it is; others null.
  ///
  /// What is narrowed are numbers and vectors: other values of a wider type are of no other.
  /// - Throws: ``Wider`` for the first that is not of the type.
  package func narrowed(to type: ColumnType, rows: Bitmap) throws(Wider) -> ColumnVector {
    let places = (0..<count).filter { rows[$0] && hasValue($0) }
    guard !places.isEmpty else { return .nulls(type, count: count) }
    var validity = Bitmap(repeating: false, count: count)
    for row in places { validity[row] = true }
    let values: Values =
      switch type {
      case .int64: try integers(places)
      case .float64: try floats(places)
      case .vector(let form): try elements(places, form)
      default: throw Wider(row: nil, type: self.type)
      }
    return ColumnVector(type: type, count: count, validity: validity, values: values)
  }

  /// A number as it is spelt, a float or an integer; nil for any other value.
  private func number(_ row: Int) -> JSONScalar? {
    switch values {
    case .int64(let integers) where type == .int64: return .integer(integers[row])
    case .float64(let floats, let marks):
      return marks?[row] == true ? .integer(Int64(floats[row])) : .float(floats[row])
    case .text, .dictionary:
      guard type == .json, let text = values.text(row) else { return nil }
      switch JSONScalar(text.words.bytes[text.range]) {
      case .integer(let integer): return .integer(integer)
      case .float(let float): return .float(float)
      default: return nil
      }
    default: return nil
    }
  }

  private func integers(_ rows: [Int]) throws(Wider) -> Values {
    var integers = [Int64](repeating: 0, count: count)
    for row in rows {
      switch number(row) {
      case .integer(let integer): integers[row] = integer
      case .float: throw Wider(row: row, type: .float64)
      default: throw Wider(row: row, type: .json)
      }
    }
    return .int64(integers)
  }

  private func floats(_ rows: [Int]) throws(Wider) -> Values {
    var floats = [Double](repeating: 0, count: count)
    var marks = Bitmap(count: count)
    for row in rows {
      switch number(row) {
      case .integer(let integer) where integer.magnitude <= 1 << 53:
        floats[row] = Double(integer)
        marks[row] = true
      case .float(let float): floats[row] = float
      default: throw Wider(row: row, type: .json)
      }
    }
    return .float64(floats, integral: marks.setCount == 0 ? nil : marks)
  }

  private func elements(_ rows: [Int], _ form: VectorForm) throws(Wider) -> Values {
    var texts = TextValues()
    for row in rows {
      while texts.count < row { texts.append([]) }
      guard let own = type.vectorForm, let text = values.text(row),
        let bytes = VectorText.converted(text.words.bytes[text.range], own, form)
      else { throw Wider(row: row, type: type) }
      texts.append(bytes)
    }
    while texts.count < count { texts.append([]) }
    return .text(texts)
  }
}
