package import Columns
package import Model

/// Makes columns with every trait that encodings treat apart.
package enum RandomVectors {
  /// Every type of a column, and some of vectors.
  package static let types: [ColumnType] =
    ColumnType.allCases
    + ["vector(3,f32)", "vector(2,f64)", "vector(1,f32)"].compactMap { ColumnType(rawValue: $0) }

  /// A column of `type` with `count` rows, some of them null.
  package static func vector(
    _ type: ColumnType, count: Int, using random: inout SeededGenerator
  ) -> ColumnVector {
    let nullShare: Double = [0.0, 0.0, 0.1, 0.9, 1.0].randomElement(using: &random) ?? 0
    var validity = Bitmap(repeating: true, count: count)
    for index in 0..<count where Double.random(in: 0..<1, using: &random) < nullShare {
      validity[index] = false
    }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(bits(validity, using: &random))
      case .int64, .timestamp: .int64(integers(validity, using: &random))
      case .float64: floats(validity, using: &random)
      case .string, .json, .file: .text(texts(validity, using: &random))
      case .vector(let form): .text(vectors(form, validity, using: &random))
      }
    if validity.setCount == 0, count > 0 { return .nulls(type, count: count) }
    return ColumnVector(type: type, count: count, validity: validity, values: values)
  }

  private static func bits(_ validity: Bitmap, using random: inout SeededGenerator) -> Bitmap {
    var bits = Bitmap(repeating: false, count: validity.count)
    for index in 0..<validity.count where validity[index] {
      bits[index] = Bool.random(using: &random)
    }
    return bits
  }

  private static func integers(
    _ validity: Bitmap, using random: inout SeededGenerator
  ) -> [Int64] {
    let ranges: [ClosedRange<Int64>] = [
      0...0, 0...1, -3...3, 0...255, -40_000...40_000, 0...(1 << 40), .min ... .max,
    ]
    let range = ranges.randomElement(using: &random) ?? 0...1
    let isSorted = Bool.random(using: &random)
    var values = (0..<validity.count).map { _ in Int64.random(in: range, using: &random) }
    if isSorted { values.sort() }
    for index in 0..<validity.count where !validity[index] { values[index] = 0 }
    return values
  }

  private static func floats(
    _ validity: Bitmap, using random: inout SeededGenerator
  ) -> ColumnVector.Values {
    let style = Int.random(in: 0..<4, using: &random)
    var integral = Bitmap(repeating: false, count: validity.count)
    let values = (0..<validity.count).map { index -> Double in
      guard validity[index] else { return 0 }
      switch style {
      case 0: return (Double.random(in: 0...1, using: &random) * 10_000).rounded() / 10_000
      case 1:
        let double = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
        // Readers know one NaN.
        return double.isNaN ? .nan : double
      case 2:
        if Bool.random(using: &random) { integral[index] = true }
        return Double(Int.random(in: -50...50, using: &random))
      default:
        return [-0.0, 0.1, .infinity, .leastNonzeroMagnitude, 1e300, 12345.678].randomElement(
          using: &random) ?? 0
      }
    }
    return .float64(values, integral: integral.setCount == 0 ? nil : integral)
  }

  private static func vectors(
    _ form: VectorForm, _ validity: Bitmap, using random: inout SeededGenerator
  ) -> TextValues {
    var texts = TextValues()
    let isShort = Bool.random(using: &random)
    for row in 0..<validity.count {
      var bytes: [UInt8] = []
      for _ in 0..<(validity[row] ? form.count : 0) {
        let narrow: Float =
          isShort
          ? [0, -0.0, 0.1, 1, -2.5, .infinity, .nan].randomElement(using: &random) ?? 0
          : Float.random(in: -1...1, using: &random)
        switch form.element {
        case .f32: bytes.append(littleEndian: narrow.bitPattern)
        case .f64: bytes.append(littleEndian: Double(narrow).bitPattern)
        }
      }
      texts.append(bytes)
    }
    return texts
  }

  private static func texts(
    _ validity: Bitmap, using random: inout SeededGenerator
  ) -> TextValues {
    let pool = ["", "a", "häß", "e\u{301}", "\u{1F680}", "line\nbreak", "\u{0}", "model-a"]
    let style = Int.random(in: 0..<3, using: &random)
    let size = [3, 40, 900].randomElement(using: &random) ?? 3
    var words = TextValues()
    for index in 0..<validity.count {
      guard validity[index] else {
        words.append([])
        continue
      }
      switch style {
      case 0: words.append((pool.randomElement(using: &random) ?? "").utf8)
      default:
        let length = Int.random(in: 0...size, using: &random)
        words.append((0..<length).map { _ in UInt8.random(in: 32...126, using: &random) })
      }
    }
    return words
  }
}
