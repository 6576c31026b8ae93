import Columns
import Model

extension RowTest {
  /// Returns true when a row group of `rows` rows with these statistics can hold a row that passes.
  func mayPass(_ statistics: GroupStatistics, rows: Int) -> Bool {
    switch condition {
    case .never: return false
    // A NaN reads as null and is not counted as one.
    case .null: return statistics.nullCount > 0 || statistics.type == .float64
    case .notNull: return statistics.nullCount < rows
    default: break
    }
    guard statistics.nullCount < rows else { return false }
    guard let bounds = statistics.bounds else { return true }
    switch statistics.type {
    case .timestamp where !isTemporal: return true
    case .bool, .int64, .timestamp:
      return mayPass(
        integers: Int64(
          bitPattern: bounds.least)...max(
            Int64(bitPattern: bounds.least), Int64(bitPattern: bounds.greatest)))
    case .float64:
      return mayPass(
        realsFrom: Double(bitPattern: bounds.least), to: Double(bitPattern: bounds.greatest))
    case .string: return mayPass(wordsFrom: bounds.least, to: bounds.greatest)
    case .json, .file, .vector: return true
    }
  }

  private func mayPass(integers bounds: ClosedRange<Int64>) -> Bool {
    switch condition {
    case .number(let range):
      return range.leastInteger <= bounds.upperBound && range.greatestInteger >= bounds.lowerBound
    case .moments(let range): return range.overlaps(bounds)
    case .oneOf(let integers, _): return integers.contains { bounds.contains($0) }
    default: return true
    }
  }

  private func mayPass(realsFrom least: Double, to greatest: Double) -> Bool {
    switch condition {
    case .number(let range): !(range.leastReal > greatest || range.greatestReal < least)
    case .oneOf(_, let reals): reals.contains { !($0 > greatest || $0 < least) }
    default: true
    }
  }

  private func mayPass(wordsFrom least: UInt64, to greatest: UInt64) -> Bool {
    switch condition {
    case .text(let comparison, let operand):
      let word = GroupStatistics.word(ofText: operand)
      return switch comparison {
      case .equal: least <= word && word <= greatest
      case .less, .lessOrEqual: least <= word
      case .greater, .greaterOrEqual: word <= greatest
      }
    case .oneOfTexts(let texts):
      return texts.contains {
        let word = GroupStatistics.word(ofText: $0)
        return least <= word && word <= greatest
      }
    default: return true
    }
  }
}
