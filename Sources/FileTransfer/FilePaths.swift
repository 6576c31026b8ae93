package import Model

/// The columns of a table that hold paths of local files, and the folder of those files.
package struct FilePaths: Sendable, Hashable {
  /// The columns, which become columns of the type `file`.
  package let columns: [String]
  /// The folder that paths are relative to.
  package let folder: String
  /// True when paths may lead out of that folder: a table from a third party could otherwise have
  /// any file of this machine sent.
  package let mayLeaveFolder: Bool

  /// Paths in `columns`, below the folder of the table at `table`, unless `root` names another.
  /// - Throws: ``StoreError`` of kind `usage` when no column is named, or one twice.
  package init(columns: [String], table: String, root: String?) throws(StoreError) {
    guard !columns.isEmpty, !columns.contains(""), columns.textSet.count == columns.count else {
      throw StoreError(.usage, "--files takes the names of columns, each once: a,b")
    }
    self.columns = columns
    folder = root ?? LocalPath.folder(of: table)
    mayLeaveFolder = root != nil
  }
}
