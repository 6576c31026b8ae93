import GRDBSQLite
import Model

extension VirtualTable {
  /// Chooses the conditions and the order that scans take over from SQLite.
  func choosePlan(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
    var plan = ScanPlan()
    var isPinned = false
    var isRanged = false
    for index in 0..<Int(unsafe info.pointee.nConstraint) {
      let constraint = unsafe info.pointee.aConstraint[index]
      guard constraint.usable != 0, constraint.iColumn >= 0,
        let operand = unsafe operand(
          column: Int(constraint.iColumn), Int32(constraint.op), at: index, of: info)
      else { continue }
      plan.operands.append(operand)
      unsafe info.pointee.aConstraintUsage[index].argvIndex = Int32(plan.operands.count)
      if operand.operation == SQLITE_INDEX_CONSTRAINT_EQ, !operand.isList {
        isPinned = true
      } else {
        isRanged = true
      }
    }
    plan.order = unsafe versionOrder(info)
    if plan.order != nil { unsafe info.pointee.orderByConsumed = 1 }
    let rows = table.parts.reduce(1) { $0 + $1.rowCount }
    let share = isPinned ? 100 : isRanged ? 4 : 1
    unsafe info.pointee.estimatedRows = sqlite3_int64(max(rows / share, 1))
    unsafe info.pointee.estimatedCost = Double(max(rows / share, 1)) * 4
    unsafe info.pointee.idxNum = add(plan)
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
      guard unsafe isBinary(sqlite3_vtab_collation(info, Int32(index))) else { return nil }
      let isList = unsafe sqlite3_vtab_in(info, Int32(index), 1) != 0
      return ScanPlan.Operand(column: column, operation: operation, isList: isList)
    default: return nil
    }
  }

  /// Texts are compared byte by byte here, so other collations are left to SQLite.
  private func isBinary(_ collation: UnsafePointer<CChar>?) -> Bool {
    guard let collation = unsafe collation else { return true }
    return unsafe String(cString: collation) == "BINARY"
  }

  /// ORDER BY `_version` and columns, which a scan gives by sorting one version at a time.
  private func versionOrder(
    _ info: UnsafeMutablePointer<sqlite3_index_info>
  ) -> ScanPlan.VersionOrder? {
    let count = Int(unsafe info.pointee.nOrderBy)
    guard table.isMultiVersion, count > 0 else { return nil }
    var terms: [ScanPlan.Term] = []
    for index in 0..<count {
      let term = unsafe info.pointee.aOrderBy[index]
      guard term.iColumn >= 0 else { return nil }
      terms.append(ScanPlan.Term(column: Int(term.iColumn), isDescending: term.desc != 0))
    }
    guard terms[0].column == table.columns.count else { return nil }
    // The other version columns do not vary within a version.
    let rest = terms.dropFirst().filter { !isVersionColumn($0.column) }
    return ScanPlan.VersionOrder(isDescending: terms[0].isDescending, terms: rest)
  }
}
