import Model

extension ArrowType {
  /// The numbers by which metadata names types (Schema.fbs, `union Type`).
  enum Tag: UInt8 {
    case null = 1
    case integer, float, binary, utf8, bool, decimal, date, time, timestamp, interval, list
    case structure, union, fixedBytes, fixedList, map, duration, largeBinary, largeUTF8, largeList
    case runEnds, binaryView, utf8View, listView, largeListView

    /// True when values are bytes that are not declared to be text.
    var isBinary: Bool {
      switch self {
      case .binary, .largeBinary, .binaryView, .fixedBytes: true
      default: false
      }
    }
  }

  /// The type of the field called `name`, whose metadata has the number `tag` and the details
  /// `table`.
  static func read(
    _ tag: UInt8, _ table: FlatTable, name: String
  ) throws(StoreError) -> ArrowType {
    guard let tag = Tag(rawValue: tag) else {
      throw ArrowFault.unsupported("a type that is newer than this reader in the column '\(name)'")
    }
    switch tag {
    case .null: return .null
    case .bool: return .bool
    case .integer: return try integer(table, name: name)
    case .float: return try float(table)
    case .binary, .utf8: return .bytes(.narrow)
    case .largeBinary, .largeUTF8: return .bytes(.wide)
    case .binaryView, .utf8View: return .bytes(.view)
    case .fixedBytes: return .fixedBytes(count: try size(table))
    case .decimal: return try decimal(table)
    case .date:
      return try table.integer(0, default: Int16(1)) == 0 ? .days : .dayMilliseconds
    case .time:
      let bits = Int(try table.integer(1, default: Int32(32)))
      guard bits == 32 || bits == 64 else { throw ArrowFault.damaged("the width of a time") }
      return .time(bits: bits, try unit(table, default: .milliseconds))
    case .timestamp: return .timestamp(try unit(table, default: .seconds))
    case .duration: return .duration(try unit(table, default: .milliseconds))
    case .list: return .list(isWide: false)
    case .largeList: return .list(isWide: true)
    case .listView: return .listView(isWide: false)
    case .largeListView: return .listView(isWide: true)
    case .fixedList: return .fixedList(count: try size(table))
    case .structure: return .structure
    case .map: return .map
    case .runEnds: return .runEnds
    case .interval:
      guard let unit = ArrowInterval(rawValue: try table.integer(0, default: Int16(0))) else {
        throw ArrowFault.damaged("a unit of time")
      }
      return .interval(unit)
    case .union: throw ArrowFault.unsupported("a union in the column '\(name)'")
    }
  }

  /// The details of an integer (Schema.fbs, `Int`).
  static func integer(_ table: FlatTable, name: String) throws(StoreError) -> ArrowType {
    let bits = Int(try table.integer(0, default: Int32(0)))
    if bits == 128 { throw ArrowFault.unsupported("integers of 128 bits in the column '\(name)'") }
    guard [8, 16, 32, 64].contains(bits) else {
      throw ArrowFault.damaged("the width of an integer")
    }
    return .integer(bits: bits, isSigned: try table.integer(1, default: UInt8(0)) != 0)
  }

  private static func float(_ table: FlatTable) throws(StoreError) -> ArrowType {
    let precision = Int(try table.integer(0, default: Int16(0)))
    guard (0...2).contains(precision) else { throw ArrowFault.damaged("the width of a float") }
    return .float(bits: 16 << precision)
  }

  private static func decimal(_ table: FlatTable) throws(StoreError) -> ArrowType {
    let precision = Int(try table.integer(0, default: Int32(0)))
    let scale = Int(try table.integer(1, default: Int32(0)))
    let bits = Int(try table.integer(2, default: Int32(128)))
    guard [32, 64, 128, 256].contains(bits), (1...76).contains(precision), abs(scale) <= 1000
    else { throw ArrowFault.damaged("the size of a decimal") }
    return .decimal(bits: bits, precision: precision, scale: scale)
  }

  private static func size(_ table: FlatTable) throws(StoreError) -> Int {
    let size = Int(try table.integer(0, default: Int32(0)))
    guard size >= 0 else { throw ArrowFault.damaged("the length of values of fixed length") }
    return size
  }

  private static func unit(
    _ table: FlatTable, default absent: ArrowTimeUnit
  ) throws(StoreError) -> ArrowTimeUnit {
    guard let unit = ArrowTimeUnit(rawValue: try table.integer(0, default: absent.rawValue)) else {
      throw ArrowFault.damaged("a unit of time")
    }
    return unit
  }
}
