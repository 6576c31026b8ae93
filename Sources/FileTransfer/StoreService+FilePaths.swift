import Formats
package import Model
package import Wire

extension StoreService {
  /// Saves the rows of a table whose cells in some columns are paths of files: puts the files,
  /// those that the store has not, and then saves rows that name them.
  ///
  /// Nothing is put before all paths are known to lead to files; files that were put for a push
  /// that then failed are named by nothing, and `gc` removes them after its grace period.
  /// - Throws: ``StoreError`` of kind `invalid` with the line of a path that leads to no file,
  ///   else what ``FileService`` and ``DatasetService/push(_:_:_:progress:)`` throw.
  package func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest, files paths: FilePaths,
    progress: (Progress) -> Void
  ) throws(StoreError) -> PushDocument {
    var table = try PathTable(
      file, request, try expectedTable(dataset, file, request, paths), paths, progress: progress)
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
    request.base64 = []
    request.csv = CSVForm()
    defer { withExtendedLifetime(naming) {} }
    do throws(StoreError) {
      var pushed = try push(dataset, naming.file, request, progress: progress)
      pushed.notes = table.notes(with: pushed.notes.map(naming.located))
      return pushed
    } catch {
      throw naming.located(error)
    }
  }

  /// The columns of the latest version that the table is to continue: all but those of paths, and
  /// those of JSON, whose texts are read when they are saved; and the shapes of those.
  private func expectedTable(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest, _ paths: FilePaths
  ) throws(StoreError) -> (columns: ExpectedColumns, shapes: [DataText: ValueShape]) {
    var expected = ExpectedColumns(isJoined: request.mode != .replace)
    do throws(StoreError) {
      let latest = try version(Reference(dataset: dataset, selector: .latest))
      for column in latest.columns {
        let isOpen =
          request.types[column.name] != nil || paths.columns.hasText(column.name)
          || column.type == .json || column.type == .file
        expected.add(column.name, column.type, use: isOpen ? .never : .always)
      }
      let nested = latest.columns.filter { $0.type == .json }.map(\.name)
      // Text says what lists and structures do not.
      if nested.isEmpty || file.format.hasLines { return (expected, [:]) }
      return (expected, try shapes(of: nested, dataset))
    } catch  where error.kind == .missing || error.kind == .denied {
      // The dataset has no version, or none that this caller may read.
    }
    return (expected, [:])
  }

  /// The shapes of columns of the latest version, which a table of no rows has.
  private func shapes(
    of columns: [String], _ dataset: DatasetName
  ) throws(StoreError) -> [DataText: ValueShape] {
    var request = DataRequest(format: .arrow)
    request.columns = columns
    request.limit = 0
    var bytes: [UInt8] = []
    _ = try data(Reference(dataset: dataset, selector: .latest), request, progress: { _ in }) {
      bytes += $0
    }
    let table = try ArrowReader(SeekableFile(name: dataset.description, bytes: bytes))
    var shapes: [DataText: ValueShape] = [:]
    for (name, shape) in zip(columns, table.shapes) {
      if let shape { shapes[name] = shape }
    }
    return shapes
  }
}
