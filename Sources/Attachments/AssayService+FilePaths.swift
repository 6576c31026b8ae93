package import Model
package import Wire

extension AssayService {
  /// Saves the rows of a table whose cells in some columns are paths of files: puts the files,
  /// those that the store has not, and then saves rows that name them.
  ///
  /// Nothing is put before all paths are known to lead to files; files that were put for a push
  /// that then failed are named by nothing, and `gc` removes them after its grace period.
  /// - Throws: ``StoreError`` of kind `invalid` with the line of a path that leads to no file,
  ///   else what ``FileService`` and ``StoreService/push(_:_:_:progress:)`` throw.
  package func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest, files paths: FilePaths,
    progress: (Progress) -> Void
  ) throws(StoreError) -> PushDocument {
    var table = try PathTable(file, types: request.types, paths, progress: progress)
    let files = table.files
    let values = try Transfers<FileValue>.run(
      count: files.count, total: files.reduce(0) { $0 + $1.byteCount }, progress: progress
    ) { (index, report) throws(StoreError) in
      try files[index].put(into: self, report: report)
    }
    let naming = try table.naming(values)
    var request = request
    // The table that names attachments has the types of its columns.
    request.types = [:]
    defer { withExtendedLifetime(naming) {} }
    do throws(StoreError) {
      return try push(dataset, naming.file, request, progress: progress)
    } catch {
      throw naming.located(error)
    }
  }
}
