package import Model

/// The vectors of a column as JSON text: `[0.1,-2.0,"nan"]`.
///
/// Elements are the shortest decimals that read back as the same float of their width; what is not
/// finite is the string `nan`, `inf` or `-inf`, since JSON has no such number.
package enum VectorText {
  /// Appends the text of the vector whose bytes these are.
  package static func append(
    _ bytes: ArraySlice<UInt8>, _ form: VectorForm, to out: inout [UInt8]
  ) {
    out.append(UInt8(ascii: "["))
    for index in 0..<form.count {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      let start = bytes.startIndex + index * form.element.byteCount
      switch form.element {
      case .f32: append(Float(bitPattern: UInt32(word(bytes, start, 4))), to: &out)
      case .f64: append(Double(bitPattern: word(bytes, start, 8)), to: &out)
      }
    }
    out.append(UInt8(ascii: "]"))
  }

  /// Reads a vector of `form` from JSON text, or from what ``append(_:_:to:)`` wrote.
  ///
  /// Nil for another value, also one whose numbers do not fit floats of that width.
  package static func bytes(_ json: ArraySlice<UInt8>, _ form: VectorForm) -> [UInt8]? {
    var cursor = JSONCursor(Array(json), 0..<json.count)
    guard cursor.take("[") else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(form.byteCount)
    for index in 0..<form.count {
      if index > 0, !cursor.take(",") { return nil }
      while cursor.take(" ") {}
      if cursor.next == UInt8(ascii: "\"") {
        let name = String(decoding: cursor.string(), as: UTF8.self)
        guard ["nan", "inf", "-inf"].contains(name) else { return nil }
        guard append(name, form.element, to: &bytes) else { return nil }
        while cursor.take(" ") {}
        continue
      }
      var word = cursor.word()
      while word.last == UInt8(ascii: " ") { word.removeLast() }
      // What JSON has for numbers, and not all that a float can be read from.
      guard word.allSatisfy({ Self.numberBytes.contains($0) }),
        append(String(decoding: word, as: UTF8.self), form.element, to: &bytes)
      else { return nil }
    }
    guard cursor.take("]"), cursor.isAtEnd else { return nil }
    return bytes
  }

  private static let numberBytes = Set("0123456789+-.eE".utf8)

  /// Appends the float that `text` spells; false when the width has no such float.
  private static func append(
    _ text: String, _ element: VectorForm.Element, to bytes: inout [UInt8]
  ) -> Bool {
    guard let wide = Double(text), wide.isFinite || text.hasSuffix("n") || text.hasSuffix("f")
    else { return false }
    switch element {
    case .f64: bytes.append(littleEndian: wide.bitPattern)
    case .f32:
      // Either the float's exact value, as programs write it that know no floats of 32 bits, or the
      // decimal that stands for it.
      guard let narrow = Float(text),
        wide.isNaN || Double(narrow) == wide || Double(narrow.description) == wide
      else { return false }
      bytes.append(littleEndian: narrow.bitPattern)
    }
    return true
  }

  private static func append<Number: BinaryFloatingPoint & CustomStringConvertible>(
    _ number: Number, to out: inout [UInt8]
  ) {
    if number.isFinite {
      out.append(contentsOf: number.description.utf8)
    } else {
      out.append(contentsOf: (number.isNaN ? "\"nan\"" : number < 0 ? "\"-inf\"" : "\"inf\"").utf8)
    }
  }

  /// The bytes of a vector as one of `form`; nil when that does not have the same numbers.
  package static func converted(
    _ bytes: ArraySlice<UInt8>, _ own: VectorForm, _ form: VectorForm
  ) -> [UInt8]? {
    guard own.count == form.count else { return nil }
    if own.element == form.element, !hasNaN(bytes, form) { return Array(bytes) }
    return Self.bytes(numbers(bytes, own)[...], form)
  }

  /// The elements of the vector whose bytes these are.
  package static func numbers(_ bytes: ArraySlice<UInt8>, _ form: VectorForm) -> [Double] {
    (0..<form.count).map { index in
      let start = bytes.startIndex + index * form.element.byteCount
      return switch form.element {
      case .f32: Double(Float(bitPattern: UInt32(word(bytes, start, 4))))
      case .f64: Double(bitPattern: word(bytes, start, 8))
      }
    }
  }

  /// Returns true when an element of the vector of these bytes is not a number.
  private static func hasNaN(_ bytes: ArraySlice<UInt8>, _ form: VectorForm) -> Bool {
    unsafe bytes.withUnsafeBytes { raw in
      (0..<form.count).contains { index in
        switch form.element {
        case .f32: unsafe raw.loadUnaligned(fromByteOffset: index * 4, as: Float.self).isNaN
        case .f64: unsafe raw.loadUnaligned(fromByteOffset: index * 8, as: Double.self).isNaN
        }
      }
    }
  }

  /// The bytes of the vector with these elements; nil when the form does not hold one exactly.
  package static func bytes(_ numbers: ArraySlice<Double>, _ form: VectorForm) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(form.byteCount)
    for number in numbers {
      switch form.element {
      case .f64: bytes.append(littleEndian: (number.isNaN ? .nan : number).bitPattern)
      case .f32:
        let narrow = number.isNaN ? Float.nan : Float(number)
        guard Double(narrow) == number || number.isNaN else { return nil }
        bytes.append(littleEndian: narrow.bitPattern)
      }
    }
    return bytes
  }

  private static func word(_ bytes: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
  }
}

extension ColumnVector {
  /// The column with vectors as JSON text; any other column as it is.
  package var spelledVectors: ColumnVector {
    guard let form = type.vectorForm else { return self }
    var texts = TextValues()
    for row in 0..<count {
      if hasValue(row), let text = values.text(row) {
        VectorText.append(text.words.bytes[text.range], form, to: &texts.bytes)
      }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
    return ColumnVector(type: .json, count: count, validity: validity, values: .text(texts))
  }

  /// The values of a `json` or `string` column as vectors, or vectors at another width; throws the
  /// row of the first value that is not a vector.
  package func vectors(_ form: VectorForm) throws(NoVector) -> ColumnVector {
    let type = ColumnType.vector(form)
    if self.type == type { return self }
    if isAllNull { return .nulls(type, count: count) }
    var texts = TextValues()
    for row in 0..<count {
      guard hasValue(row) else {
        texts.append([])
        continue
      }
      guard let text = values.text(row) else { throw NoVector(row: row) }
      let value = text.words.bytes[text.range]
      let bytes =
        if let own = self.type.vectorForm {
          VectorText.converted(value, own, form)
        } else {
          VectorText.bytes(value, form)
        }
      guard let bytes else { throw NoVector(row: row) }
      texts.append(bytes)
    }
    return ColumnVector(type: type, count: count, validity: validity, values: .text(texts))
  }

  /// A value that is not a vector of the requested form.
  package struct NoVector: Error {
    /// The row, from 0.
    package let row: Int
  }
}
