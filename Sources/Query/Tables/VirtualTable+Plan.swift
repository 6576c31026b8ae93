import GRDBSQLite
import Model

extension VirtualTable {
  /// Above this many rows, SQLite sorts: its sorter needs no random access to decoded columns.
  private static let rankedRowLimit = 4_000_000

  /// Chooses the conditions and the order that scans take over from SQLite.
  func choosePlan(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
    var plan = ScanPlan()
    for index in 0..<Int(unsafe info.pointee.nConstraint) {
      let constraint = unsafe info.pointee.aConstraint[index]
      guard constraint.usable != 0, constraint.iColumn >= 0,
        let operand = unsafe operand(
          column: Int(constraint.iColumn), Int32(constraint.op), at: index, of: info)
      else { continue }
      if plan.keyArgument == nil, isKey(operand) { plan.keyArgument = plan.operands.count }
      plan.operands.append(operand)
      unsafe info.pointee.aConstraintUsage[index].argvIndex = Int32(plan.operands.count)
    }
    plan.arrangement = unsafe arrangement(info)
    if plan.arrangement != nil { unsafe info.pointee.orderByConsumed = 1 }
    unsafe setCost(of: plan, info)
    unsafe info.pointee.idxNum = add(plan)
  }

  /// Sets the planner's cost: a key is cheap to look up, which holds from the third time on, in
  /// joins; any other scan costs the table's rows.
  private func setCost(of plan: ScanPlan, _ info: UnsafeMutablePointer<sqlite3_index_info>) {
    let rows = Double(max(rowCount, 1))
    let isPinned = plan.keyArgument != nil
    let found = isPinned ? max(rows / 100, 1).squareRoot() : plan.operands.isEmpty ? rows : rows / 4
    unsafe info.pointee.estimatedRows = max(sqlite3_int64(found), 1)
    unsafe info.pointee.estimatedCost = isPinned ? 20 + found : rows * 2
  }

  private func operand(
    column: Int, _ operation: Int32, at index: Int,
    of info: UnsafeMutablePointer<sqlite3_index_info>
  ) -> ScanPlan.Operand? {
    switch operation {
    case SQLITE_INDEX_CONSTRAINT_ISNULL, SQLITE_INDEX_CONSTRAINT_ISNOTNULL:
      return ScanPlan.Operand(column: column, operation: operation, isList: false)
    case SQLITE_INDEX_CONSTRAINT_EQ, SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE,
      SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE, SQLITE_INDEX_CONSTRAINT_IS:
      let collation = unsafe sqlite3_vtab_collation(info, Int32(index))
      guard unsafe isOurs(collation, for: column) else { return nil }
      let isList = unsafe sqlite3_vtab_in(info, Int32(index), 1) != 0
      return ScanPlan.Operand(column: column, operation: operation, isList: isList)
    default: return nil
    }
  }

  private func isKey(_ operand: ScanPlan.Operand) -> Bool {
    operand.operation == SQLITE_INDEX_CONSTRAINT_EQ && !operand.isList
      && !isVersionColumn(operand.column)
      && (affinity(operand.column) == .number || affinity(operand.column) == .text)
  }

  /// Returns true for the collation that the scan itself uses.
  ///
  /// It compares texts byte by byte and timestamps as moments; other collations are left to SQLite.
  private func isOurs(_ collation: UnsafePointer<CChar>?, for column: Int) -> Bool {
    guard let collation = unsafe collation else { return true }
    let own = affinity(column) == .timestamp ? MomentOrder.name : "BINARY"
    return unsafe String(cString: collation) == own
  }

  /// The order that the scan can give; nil when SQLite has to sort.
  ///
  /// GROUP BY and DISTINCT (the non-zero answers of sqlite3_vtab_distinct) are arranged by rank:
  /// there are far fewer values than rows. ORDER BY is left to SQLite, which keeps only the rows
  /// that LIMIT asks for, unless it begins with the version, by which whole versions stay unread.
  private func arrangement(
    _ info: UnsafeMutablePointer<sqlite3_index_info>
  ) -> ScanPlan.Arrangement? {
    let count = Int(unsafe info.pointee.nOrderBy)
    guard count > 0 else { return nil }
    var terms: [ScanPlan.Term] = []
    for index in 0..<count {
      let term = unsafe info.pointee.aOrderBy[index]
      guard term.iColumn >= 0 else { return nil }
      terms.append(ScanPlan.Term(column: Int(term.iColumn), isDescending: term.desc != 0))
    }
    let isByVersion = table.isMultiVersion && terms[0].column == table.columns.count
    let isVersionDescending = isByVersion && terms[0].isDescending
    // The other version columns do not vary within a version.
    if isByVersion { terms.removeAll { isVersionColumn($0.column) } }
    let isRanked =
      unsafe sqlite3_vtab_distinct(info) > 0 && rowCount <= Self.rankedRowLimit
      && terms.count <= 3 && terms.allSatisfy { isRankable($0.column) }
    guard isByVersion || isRanked else { return nil }
    return ScanPlan.Arrangement(
      isByVersion: isByVersion, isVersionDescending: isVersionDescending, terms: terms,
      isRanked: isRanked)
  }

  private func isRankable(_ column: Int) -> Bool {
    switch columns[column].type {
    case .bool, .int64, .string: true
    case .float64, .timestamp, .json, .file, .vector: false
    }
  }
}
