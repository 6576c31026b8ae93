import GRDBSQLite
import Model

extension RowTest {
  /// A value that a column is compared with, as far as scans understand it.
  enum Operand {
    case null
    case integer(Int64)
    case real(Double)
    case text([UInt8])
    case other

    /// Reads a value of SQLite.
    init(_ value: OpaquePointer?) {
      switch unsafe sqlite3_value_type(value) {
      case SQLITE_NULL: self = .null
      case SQLITE_INTEGER: self = unsafe .integer(sqlite3_value_int64(value))
      case SQLITE_FLOAT: self = unsafe .real(sqlite3_value_double(value))
      case SQLITE_TEXT:
        let count = Int(unsafe sqlite3_value_bytes(value))
        guard let start = unsafe sqlite3_value_text(value) else {
          self = .other
          return
        }
        self = unsafe .text(Array(UnsafeBufferPointer(start: start, count: count)))
      default: self = .other
      }
    }

    /// The operand that SQLite compares with a column of that affinity.
    ///
    /// Text that is a number counts as a number beside numbers. It is `other` where the answer
    /// depends on more than the value.
    func comparable(with affinity: VirtualTable.Affinity) -> Operand {
      switch (affinity, self) {
      case (.number, .text(let bytes)):
        let text = String(decoding: bytes, as: UTF8.self)
        guard let integer = Int64(text), String(integer) == text else { return .other }
        return .integer(integer)
      case (.text, .integer), (.text, .real), (.timestamp, .integer), (.timestamp, .real):
        return .other
      default: return self
      }
    }
  }

  /// The test for one argument of a scan; nil when it has to be left to SQLite.
  init?(
    _ plan: ScanPlan.Operand, _ value: OpaquePointer?, affinity: VirtualTable.Affinity
  ) {
    let condition: Condition?
    switch plan.operation {
    case SQLITE_INDEX_CONSTRAINT_ISNULL: condition = .null
    case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: condition = .notNull
    default:
      if plan.isList {
        condition = unsafe Self.list(Self.elements(value), affinity)
      } else {
        condition = unsafe Self.comparison(plan.operation, Operand(value), affinity)
      }
    }
    guard let condition else { return nil }
    self.init(column: plan.column, condition: condition)
  }

  private static func comparison(
    _ operation: Int32, _ operand: Operand, _ affinity: VirtualTable.Affinity
  ) -> Condition? {
    let comparison: Comparison
    switch operation {
    case SQLITE_INDEX_CONSTRAINT_EQ, SQLITE_INDEX_CONSTRAINT_IS: comparison = .equal
    case SQLITE_INDEX_CONSTRAINT_LT: comparison = .less
    case SQLITE_INDEX_CONSTRAINT_LE: comparison = .lessOrEqual
    case SQLITE_INDEX_CONSTRAINT_GT: comparison = .greater
    default: comparison = .greaterOrEqual
    }
    if case .null = operand { return operation == SQLITE_INDEX_CONSTRAINT_IS ? .null : .never }
    switch (affinity, operand.comparable(with: affinity)) {
    case (.number, .integer(let value)), (.untyped, .integer(let value)):
      // Texts of a mixed column are greater than every number, and dropped only by `equal`.
      return .number(NumberRange(comparison, integer: value))
    case (.number, .real(let value)), (.untyped, .real(let value)):
      return .number(NumberRange(comparison, real: value))
    case (.text, .text(let bytes)): return .text(comparison, bytes)
    case (.timestamp, .text(let bytes)): return moments(comparison, bytes)
    default: return nil
    }
  }

  private static func list(
    _ elements: [Operand], _ affinity: VirtualTable.Affinity
  ) -> Condition? {
    var integers: Set<Int64> = []
    var reals: Set<Double> = []
    var texts: Set<[UInt8]> = []
    for element in elements {
      switch (affinity, element.comparable(with: affinity)) {
      case (_, .null): continue
      case (.number, .integer(let value)):
        // Doubles that stand for several integers are left to SQLite.
        guard let real = Double(exactly: value) else { return nil }
        integers.insert(value)
        reals.insert(real)
      case (.number, .real(let value)):
        if let integer = Int64(exactly: value) { integers.insert(integer) }
        reals.insert(value)
      case (.text, .text(let bytes)): texts.insert(bytes)
      default: return nil
      }
    }
    return affinity == .text ? .oneOfTexts(texts) : .oneOf(integers: integers, reals: reals)
  }

  private static func elements(_ list: OpaquePointer?) -> [Operand] {
    var elements: [Operand] = []
    var element: OpaquePointer?
    var status = unsafe sqlite3_vtab_in_first(list, &element)
    while status == SQLITE_OK, unsafe element != nil {
      unsafe elements.append(Operand(element))
      status = unsafe sqlite3_vtab_in_next(list, &element)
    }
    return status == SQLITE_DONE || status == SQLITE_OK ? elements : [.other]
  }

  /// The moments that stand to the one that `text` writes as `comparison` says; nil for a text
  /// that writes none.
  static func moments(_ comparison: Comparison, _ text: [UInt8]) -> Condition? {
    guard let moment = MomentOrder.moment(text)?.microseconds else { return nil }
    return switch comparison {
    case .equal: .moments(moment...moment)
    case .less: moment == .min ? .never : .moments(Int64.min...moment - 1)
    case .lessOrEqual: .moments(Int64.min...moment)
    case .greater: moment == .max ? .never : .moments(moment + 1...Int64.max)
    case .greaterOrEqual: .moments(moment...Int64.max)
    }
  }
}
