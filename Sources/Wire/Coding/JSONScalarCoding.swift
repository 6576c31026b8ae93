import Model

/// A type that is one JSON value by itself, which every coder has to know.
protocol JSONScalarCoding {
  /// Reads the value.
  /// - Throws: `DecodingError` when it is another one.
  init(_ decoding: JSONDecoding) throws

  /// The JSON of the value.
  /// - Throws: `EncodingError` when it has none.
  func json(_ encoding: JSONEncoding) throws -> JSON
}

extension JSON: JSONScalarCoding {
  init(_ decoding: JSONDecoding) { self = decoding.value }

  func json(_ encoding: JSONEncoding) -> JSON { self }
}

extension Bool: JSONScalarCoding {
  init(_ decoding: JSONDecoding) throws {
    guard case .bool(let value) = decoding.value else { throw decoding.mismatch("true or false") }
    self = value
  }

  func json(_ encoding: JSONEncoding) -> JSON { .bool(self) }
}

extension String: JSONScalarCoding {
  init(_ decoding: JSONDecoding) throws {
    guard case .string(let text) = decoding.value else { throw decoding.mismatch("a text") }
    self = text
  }

  func json(_ encoding: JSONEncoding) -> JSON { .string(self) }
}

extension JSONScalarCoding where Self: BinaryFloatingPoint & LosslessStringConvertible {
  init(_ decoding: JSONDecoding) throws {
    switch decoding.value {
    case .integer(let value): self.init(value)
    case .number(let text): self = Self(text) ?? .nan
    default: throw decoding.mismatch("a number")
    }
  }

  func json(_ encoding: JSONEncoding) throws -> JSON {
    guard isFinite else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoding.codingPath, debugDescription: "is not finite"))
    }
    let text = description.hasSuffix(".0") ? String(description.dropLast(2)) : description
    return text == "-0" ? .number(text) : Int64(text).map(JSON.integer) ?? .number(text)
  }
}

extension JSONScalarCoding where Self: FixedWidthInteger {
  init(_ decoding: JSONDecoding) throws {
    if let value = decoding.value.exactly(Self.self) {
      self = value
      return
    }
    guard let number = try? Double(decoding), number == number.rounded() else {
      throw decoding.mismatch("an integer")
    }
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: decoding.codingPath,
        debugDescription: "\(decoding.value.text) is not in \(Self.min)…\(Self.max)"))
  }

  func json(_ encoding: JSONEncoding) -> JSON {
    Int64(exactly: self).map(JSON.integer) ?? .number(String(self))
  }
}

// All that write themselves as a single value, so that none of them asks for itself for ever.
extension Double: JSONScalarCoding {}
extension Float: JSONScalarCoding {}
extension Int: JSONScalarCoding {}
extension Int8: JSONScalarCoding {}
extension Int16: JSONScalarCoding {}
extension Int32: JSONScalarCoding {}
extension Int64: JSONScalarCoding {}
extension UInt: JSONScalarCoding {}
extension UInt8: JSONScalarCoding {}
extension UInt16: JSONScalarCoding {}
extension UInt32: JSONScalarCoding {}
extension UInt64: JSONScalarCoding {}
