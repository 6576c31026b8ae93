import Columns
import Model

/// A condition on rows with SQL's three truth values.
indirect enum RowFilter: Sendable {
  case all([RowFilter])
  case any([RowFilter])
  case not(RowFilter)
  /// A condition that ``RowTest`` decides exactly; null for a null value, unless it asks for nulls.
  case test(RowTest)

  /// The truth of a row as a number, so that AND is the least, OR the greatest, and NOT the
  /// difference from 2.
  enum Truth {
    static let no: UInt8 = 0
    static let unknown: UInt8 = 1
    static let yes: UInt8 = 2
  }

  /// The truth for all rows of a group, or for each.
  enum Outcome {
    case constant(UInt8)
    case rows([UInt8])
  }

  /// The columns that the condition reads.
  var columns: Set<Int> {
    switch self {
    case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.columns) }
    case .not(let part): part.columns
    case .test(let test): [test.column]
    }
  }

  /// The tests that every row that passes has to meet.
  var required: [RowTest] {
    switch self {
    case .all(let parts): parts.flatMap(\.required)
    case .test(let test): [test]
    case .any, .not: []
    }
  }

  /// The truth for `count` rows; `vector` gives a column's values, as a vector of one row where all
  /// rows have the same.
  func outcome(
    count: Int, _ vector: (Int) throws(StoreError) -> ColumnVector
  ) throws(StoreError) -> Outcome {
    switch self {
    case .test(let test):
      return Self.outcome(test, try vector(test.column), count: count)
    case .not(let part):
      switch try part.outcome(count: count, vector) {
      case .constant(let truth): return .constant(2 - truth)
      case .rows(let truths): return .rows(truths.map { 2 - $0 })
      }
    case .all(let parts):
      return try Self.fold(parts, count, vector, end: Truth.no) { min($0, $1) }
    case .any(let parts):
      return try Self.fold(parts, count, vector, end: Truth.yes) { max($0, $1) }
    }
  }

  /// Combines truths until one is reached that nothing changes any more.
  @inline(__always)
  private static func fold(
    _ parts: [RowFilter], _ count: Int, _ vector: (Int) throws(StoreError) -> ColumnVector,
    end: UInt8, _ combine: (UInt8, UInt8) -> UInt8
  ) throws(StoreError) -> Outcome {
    var result = Outcome.constant(2 - end)
    for part in parts {
      switch (result, try part.outcome(count: count, vector)) {
      case (.constant(let left), .constant(let right)): result = .constant(combine(left, right))
      case (.constant(let left), .rows(let right)):
        result = .rows(right.map { combine(left, $0) })
      case (.rows(let left), .constant(let right)):
        result = .rows(left.map { combine($0, right) })
      case (.rows(var left), .rows(let right)):
        for row in left.indices { left[row] = combine(left[row], right[row]) }
        result = .rows(left)
      }
      if case .constant(end) = result { return result }
    }
    return result
  }

  private static func outcome(_ test: RowTest, _ vector: ColumnVector, count: Int) -> Outcome {
    var marks = [Bool](repeating: true, count: vector.count)
    test.refine(&marks, by: vector)
    var truths = marks.map { $0 ? Truth.yes : Truth.no }
    if case .null = test.condition {} else { setUnknown(&truths, vector) }
    if vector.count == 1, let only = truths.first { return .constant(only) }
    return .rows(truths)
  }

  private static func setUnknown(_ truths: inout [UInt8], _ vector: ColumnVector) {
    if vector.isAllNull {
      truths = [UInt8](repeating: Truth.unknown, count: truths.count)
      return
    }
    if let validity = vector.validity {
      for row in truths.indices where !validity[row] { truths[row] = Truth.unknown }
    }
    // SQLite has no NaN: it reads as null.
    if case .float64(let reals, _) = vector.values {
      for row in truths.indices where reals[row].isNaN { truths[row] = Truth.unknown }
    }
  }

  /// The truth for a whole part as far as its version columns decide it; nil when rows decide.
  func truth(_ table: QueryTable, part: Int) -> UInt8? {
    switch self {
    case .test(let test):
      guard table.isVersionColumn(test.column) else { return nil }
      let outcome = Self.outcome(test, table.versionVector(test.column, part: part), count: 1)
      if case .constant(let truth) = outcome { return truth }
      return nil
    case .not(let inner): return inner.truth(table, part: part).map { 2 - $0 }
    case .all(let parts):
      let known = parts.map { $0.truth(table, part: part) }
      if known.contains(Truth.no) { return Truth.no }
      return known.contains(nil) ? nil : known.compactMap { $0 }.min()
    case .any(let parts):
      let known = parts.map { $0.truth(table, part: part) }
      if known.contains(Truth.yes) { return Truth.yes }
      return known.contains(nil) ? nil : known.compactMap { $0 }.max()
    }
  }
}

extension RowFilter {
  /// A filter that passes rows for which one of the equalities holds; texts are looked up in a set.
  static func oneOf(_ tests: [RowFilter]) -> RowFilter {
    var texts: Set<[UInt8]> = []
    var column: Int?
    for case .test(let test) in tests {
      guard case .text(.equal, let bytes) = test.condition else { return .any(tests) }
      texts.insert(bytes)
      column = test.column
    }
    guard let column else { return .any(tests) }
    return .test(RowTest(column: column, condition: .oneOfTexts(texts)))
  }
}
