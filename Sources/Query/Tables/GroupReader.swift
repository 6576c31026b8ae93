import Columns
import Model

/// One row group that a scan has open: its rows that passed, and the vectors decoded so far.
struct OpenGroup {
  let part: Int
  let group: Int
  /// The position of the group's first row in its part.
  let firstRow: Int
  let rowCount: Int
  /// The rows that passed, ascending.
  let selection: [UInt32]
  /// By column; a vector leaves when its cell is made.
  var vectors: [Int: ColumnVector]
  let memory = CellMemory()
}

/// Walks the row groups of a table, leaving out those that cannot have a row that passes.
struct GroupReader {
  private let table: VirtualTable
  private let rowTests: [RowTest]
  private let parts: [Int]
  private var nextPart = 0
  private var nextGroup = 0
  private var nextRow = 0
  private var groupRowCounts: [Int] = []

  /// Reads the parts that pass `tests`, newest first when `isDescending`.
  init(_ table: VirtualTable, tests: [RowTest], isDescending: Bool) {
    self.table = table
    rowTests = tests.filter { !table.isVersionColumn($0.column) }
    let versionTests = tests.filter { table.isVersionColumn($0.column) }
    let passing = table.table.parts.indices.filter { part in
      versionTests.allSatisfy { test in
        var marks = [true]
        test.refine(&marks, by: table.versionVector(test.column, part: part))
        return marks[0]
      }
    }
    parts = isDescending ? passing.reversed() : passing
  }

  /// A reader that is at its end.
  static func empty(_ table: VirtualTable) -> GroupReader {
    var reader = GroupReader(table, tests: [], isDescending: false)
    reader.nextPart = reader.parts.count
    return reader
  }

  /// The next group with rows that pass, of any part or only of the one that is open already.
  mutating func next(withinPart: Bool = false) throws(StoreError) -> OpenGroup? {
    while true {
      if nextGroup == groupRowCounts.count {
        if withinPart && nextPart > 0 { return nil }
        guard try advancePart() else { return nil }
        continue
      }
      let group = nextGroup
      let rows = groupRowCounts[group]
      let firstRow = nextRow
      nextGroup += 1
      nextRow += rows
      try table.state.check()
      if let open = try open(group, firstRow: firstRow, rows: rows) { return open }
    }
  }

  /// Opens the next part; false at the end.
  mutating func advancePart() throws(StoreError) -> Bool {
    guard nextPart < parts.count else { return false }
    groupRowCounts = try table.table.parts[parts[nextPart]].groupRowCounts()
    nextPart += 1
    nextGroup = 0
    nextRow = 0
    return true
  }

  private func open(
    _ group: Int, firstRow: Int, rows: Int
  ) throws(StoreError) -> OpenGroup? {
    let index = parts[nextPart - 1]
    let part = table.table.parts[index]
    for test in rowTests {
      if let statistics = try part.statistics(column: test.column, group: group),
        !test.mayPass(statistics, rows: rows)
      {
        return nil
      }
    }
    var vectors: [Int: ColumnVector] = [:]
    var selection = Array(0..<UInt32(rows))
    if !rowTests.isEmpty {
      var marks = [Bool](repeating: true, count: rows)
      for test in rowTests {
        let vector: ColumnVector
        if let known = vectors[test.column] {
          vector = known
        } else {
          vector = try table.vector(test.column, index, group, rows: rows)
          vectors[test.column] = vector
        }
        test.refine(&marks, by: vector)
        guard marks.contains(true) else { return nil }
      }
      selection.removeAll { !marks[Int($0)] }
    }
    return OpenGroup(
      part: index, group: group, firstRow: firstRow, rowCount: rows, selection: selection,
      vectors: vectors)
  }
}

extension VirtualTable {
  /// The value of a version column, as a vector of one row.
  func versionVector(_ column: Int, part: Int) -> ColumnVector {
    table.versionVector(column, part: part)
  }

  /// A decoded column of a row group.
  func vector(
    _ column: Int, _ part: Int, _ group: Int, rows: Int
  ) throws(StoreError) -> ColumnVector {
    try table.vector(column, part, group, rows: rows)
  }
}

extension QueryTable {
  /// Returns true when `column` is the same for a whole version.
  func isVersionColumn(_ column: Int) -> Bool { column >= columns.count }

  /// The value of a version column, as a vector of one row.
  func versionVector(_ column: Int, part: Int) -> ColumnVector {
    let part = parts[part]
    if column == columns.count {
      return ColumnVector(
        type: .int64, count: 1, validity: nil, values: .int64([Int64(part.version)]))
    }
    if column == columns.count + 1 {
      return ColumnVector(
        type: .timestamp, count: 1, validity: nil, values: .int64([part.createdAt.microseconds]))
    }
    var texts = TextValues()
    texts.append(part.message.utf8)
    return ColumnVector(type: .string, count: 1, validity: nil, values: .text(texts))
  }

  /// A decoded column of a row group.
  func vector(
    _ column: Int, _ part: Int, _ group: Int, rows: Int
  ) throws(StoreError) -> ColumnVector {
    let vector = try parts[part].vector(column: column, group: group)
    guard vector.count == rows else {
      throw StoreError(
        .corrupt,
        "column '\(columns[column].name)' of version \(parts[part].version) has "
          + "\(vector.count) values in row group \(group), which has \(rows) rows; run verify")
    }
    return vector
  }
}
