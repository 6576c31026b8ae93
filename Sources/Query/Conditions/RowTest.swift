import Columns
import Model

/// A condition on one column that a scan checks before SQLite does.
///
/// It may let rows pass that SQLite then refuses, never the other way round: SQLite checks every
/// condition again, so an undecided one is left to it.
struct RowTest: Sendable {
  /// The condition on a value.
  enum Condition: Sendable {
    case null
    case notNull
    /// A comparison with null, which holds for no row.
    case never
    case number(NumberRange)
    case text(Comparison, [UInt8])
    /// Microseconds: timestamps compare as moments (``MomentOrder``).
    case moments(ClosedRange<Int64>)
    case oneOf(integers: Set<Int64>, reals: Set<Double>)
    case oneOfTexts(Set<[UInt8]>)
  }

  /// The comparison of a value with the operand.
  enum Comparison: Sendable {
    case equal, less, lessOrEqual, greater, greaterOrEqual
  }

  /// The position of the column in the table as SQL sees it.
  let column: Int
  let condition: Condition

  /// Clears the marks of the rows that do not meet the condition.
  func refine(_ marks: inout [Bool], by vector: ColumnVector) {
    switch condition {
    case .never: Self.clear(&marks)
    case .null: refineNull(&marks, vector)
    default:
      guard !vector.isAllNull else {
        Self.clear(&marks)
        return
      }
      refineValues(&marks, vector)
      if let validity = vector.validity {
        for row in marks.indices where !validity[row] { marks[row] = false }
      }
    }
  }

  private static func clear(_ marks: inout [Bool]) {
    marks = [Bool](repeating: false, count: marks.count)
  }

  private func refineNull(_ marks: inout [Bool], _ vector: ColumnVector) {
    // SQLite has no NaN: it reads as null.
    if case .float64(let reals, _) = vector.values {
      for row in marks.indices {
        marks[row] = marks[row] && (!vector.hasValue(row) || reals[row].isNaN)
      }
      return
    }
    guard !vector.isAllNull else { return }
    guard let validity = vector.validity else {
      Self.clear(&marks)
      return
    }
    for row in marks.indices where validity[row] { marks[row] = false }
  }

  private func refineValues(_ marks: inout [Bool], _ vector: ColumnVector) {
    switch vector.values {
    case .none: break
    case .bool(let bits):
      let zero = passes(integer: 0)
      let one = passes(integer: 1)
      for row in marks.indices { marks[row] = marks[row] && (bits[row] ? one : zero) }
    case .int64(let integers):
      guard (vector.type == .timestamp) == isTemporal else { return }
      refineIntegers(&marks, integers)
    case .float64(let reals, _): refineReals(&marks, reals)
    case .text(let texts):
      guard vector.type != .json, isTextual else { return }
      for row in marks.indices where marks[row] {
        marks[row] = passes(text: texts.bytes[texts.range(row)])
      }
    case .dictionary(let codes, let words):
      guard vector.type != .json, isTextual else { return }
      let passing = (0..<words.count).map { passes(text: words.bytes[words.range($0)]) }
      // Slots of null rows hold code 0, also when there is no word.
      guard !passing.isEmpty else { return }
      for row in marks.indices { marks[row] = marks[row] && passing[Int(codes[row])] }
    }
  }

  private func refineIntegers(_ marks: inout [Bool], _ integers: [Int64]) {
    if case .number(let range) = condition {
      let (low, high) = (range.leastInteger, range.greatestInteger)
      for row in marks.indices {
        marks[row] = marks[row] && integers[row] >= low && integers[row] <= high
      }
    } else {
      for row in marks.indices where marks[row] { marks[row] = passes(integer: integers[row]) }
    }
  }

  private func refineReals(_ marks: inout [Bool], _ reals: [Double]) {
    switch condition {
    case .number(let range):
      let (low, high) = (range.leastReal, range.greatestReal)
      for row in marks.indices {
        marks[row] = marks[row] && reals[row] >= low && reals[row] <= high
      }
    case .oneOf(_, let set):
      for row in marks.indices where marks[row] { marks[row] = set.contains(reals[row]) }
    default: break
    }
  }

  private var isTextual: Bool {
    switch condition {
    case .text, .oneOfTexts: true
    default: false
    }
  }

  /// True when the operand is a moment; otherwise a timestamp is a text to SQLite, never a number.
  var isTemporal: Bool { if case .moments = condition { true } else { false } }

  private func passes(integer value: Int64) -> Bool {
    switch condition {
    case .number(let range): value >= range.leastInteger && value <= range.greatestInteger
    case .moments(let range): range.contains(value)
    case .oneOf(let integers, _): integers.contains(value)
    default: true
    }
  }

  private func passes(text: ArraySlice<UInt8>) -> Bool {
    switch condition {
    case .text(.equal, let operand): text.count == operand.count && text.elementsEqual(operand)
    case .text(.less, let operand): text.lexicographicallyPrecedes(operand)
    case .text(.lessOrEqual, let operand): !operand.lexicographicallyPrecedes(text)
    case .text(.greater, let operand): operand.lexicographicallyPrecedes(text)
    case .text(.greaterOrEqual, let operand): !text.lexicographicallyPrecedes(operand)
    case .oneOfTexts(let set): set.contains(Array(text))
    default: true
    }
  }
}
