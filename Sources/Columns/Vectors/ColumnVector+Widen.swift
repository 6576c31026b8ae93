package import Model

extension ColumnType {
  /// The narrowest type that holds the values of both: floats hold integers, `json` holds all.
  package func union(_ other: ColumnType) -> ColumnType {
    if self == other { return self }
    return switch (self, other) {
    case (.int64, .float64), (.float64, .int64): .float64
    default: .json
    }
  }
}

extension ColumnVector {
  /// True when every integer among the values is exact as a float: its magnitude is at most 2^53.
  package var fitsFloats: Bool {
    guard type == .int64, case .int64(let integers) = values else { return true }
    return integers.allSatisfy { $0.magnitude <= 1 << 53 }
  }

  /// The same values in a wider type: integers as floats (marked so that they come back as they
  /// were), vectors of floats of 32 bits as those of 64, anything as JSON text (what is not finite
  /// as the string `nan`, `inf` or `-inf`), and truth values, numbers and timestamps as the text
  /// that a CSV file has for them.
  /// - Throws: ``StoreError`` of kind `invalid` for an integer that no float holds exactly.
  package func widened(to wider: ColumnType) throws(StoreError) -> ColumnVector {
    if wider == type { return self }
    switch (values, wider) {
    case (.none, _): return .nulls(wider, count: count)
    case (.int64(let integers), .float64) where type == .int64:
      guard fitsFloats else {
        throw StoreError(
          .invalid,
          "an integer beyond 2^53 is mixed with fractions; give the column the type json")
      }
      let marks = validity ?? Bitmap(repeating: true, count: count)
      return ColumnVector(
        type: wider, count: count, validity: validity,
        values: .float64(integers.map { Double($0) }, integral: marks))
    case (_, .json): return asJSON()
    case (.text, .vector(let form)), (.dictionary, .vector(let form)):
      do throws(NoVector) {
        return try vectors(form)
      } catch {
        preconditionFailure("\(wider) does not hold \(type)")
      }
    case (.bool, .string), (.int64, .string), (.float64, .string): return asTexts()
    default: preconditionFailure("\(wider) does not hold \(type)")
    }
  }

  private func asJSON() -> ColumnVector {
    var texts = TextValues()
    for row in 0..<count {
      guard hasValue(row) else {
        texts.append([])
        continue
      }
      texts.append(jsonText(row))
    }
    return ColumnVector(type: .json, count: count, validity: validity, values: .text(texts))
  }

  private func asTexts() -> ColumnVector {
    var texts = TextValues()
    for row in 0..<count {
      guard hasValue(row) else {
        texts.append([])
        continue
      }
      switch values {
      case .int64(let moments) where type == .timestamp:
        texts.append(Timestamp(microseconds: moments[row]).description.utf8)
      case .float64(let floats, _) where !floats[row].isFinite:
        texts.append((floats[row].isNaN ? "nan" : floats[row].description).utf8)
      default: texts.append(jsonText(row))
      }
    }
    return ColumnVector(type: .string, count: count, validity: validity, values: .text(texts))
  }

  private func jsonText(_ row: Int) -> [UInt8] {
    var out: [UInt8] = []
    switch values {
    case .none: break
    case .bool(let bits): out.append(contentsOf: (bits[row] ? "true" : "false").utf8)
    case .int64(let integers) where type == .int64:
      out.append(contentsOf: String(integers[row]).utf8)
    case .int64(let moments):
      JSON.append(Timestamp(microseconds: moments[row]).description, to: &out)
    case .float64(let floats, _) where !floats[row].isFinite:
      // JSON has no such number; these are the texts that CSV has for them.
      JSON.append(floats[row].isNaN ? "nan" : floats[row].description, to: &out)
    case .float64(let floats, let integral):
      let isIntegral = integral?[row] ?? false
      out.append(
        contentsOf: (isIntegral ? String(Int64(floats[row])) : floats[row].description).utf8)
    case .text, .dictionary:
      guard let text = values.text(row) else { break }
      let bytes = text.words.bytes[text.range]
      if type == .string {
        JSON.append(String(decoding: bytes, as: UTF8.self), to: &out)
      } else if let form = type.vectorForm {
        VectorText.append(bytes, form, to: &out)
      } else {
        out.append(contentsOf: bytes)
      }
    }
    return out
  }
}

extension RowBatch {
  /// The same rows with exactly these columns: types widened, columns that are missing null.
  /// - Throws: ``StoreError`` of kind `invalid` for an integer that no float holds exactly.
  package func conformed(to wanted: [ColumnDefinition]) throws(StoreError) -> RowBatch {
    if wanted == columns { return self }
    var conformed: [ColumnVector] = []
    conformed.reserveCapacity(wanted.count)
    for column in wanted {
      if let position = columns.position(of: column.name) {
        conformed.append(try vectors[position].widened(to: column.type))
      } else {
        conformed.append(.nulls(column.type, count: count))
      }
    }
    return RowBatch(columns: wanted, vectors: conformed, count: count)
  }
}
