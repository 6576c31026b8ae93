import Analysis
import Formats
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest,
    progress: (Progress) -> Void
  ) throws(StoreError) -> PushDocument {
    guard !request.deletesMissing || request.mode == .merge else {
      throw StoreError(.usage, "rows that the file lacks are removed with the mode merge alone")
    }
    var options = options(request)
    let latest = try store.catchUp(dataset)
    let isRatings = request.kind == .ratings || latest?.record.kind == .ratings
    if isRatings { options.key = request.key ?? [RatingColumns.key] }
    var types = request.types
    // Files of other formats say what their columns are.
    if isRatings, [.jsonl, .json, .csv].contains(file.format) {
      types.merge(Self.ratingTypes) { given, _ in given }
    }
    var reader = try TableReader.open(
      path: file.path, file.format, compression: file.compression, name: file.name,
      types: types, base64: request.base64, allowsMissing: isRatings, csv: request.csv,
      limitBytes: file.limitBytes)
    let result: PushResult
    do throws(StoreError) {
      if isRatings { try checkRatings(&reader, mode: request.mode, after: latest) }
      result = try store.push(dataset, reader, options) { rows in
        progress(Progress(done: rows, unit: .rows))
      }
    } catch {
      throw Self.naming(file.name, in: error)
    }
    let isCounted = result.isNew && request.countsChanges
    return PushDocument(
      version: told(result.version), isNew: result.isNew,
      // How little was written would tell what others have saved.
      storedBytes: limit == nil ? result.storedBytes : 0,
      changes: isCounted ? try ChangeCounts(result.version, in: store) : nil,
      notes: result.notes)
  }

  func options(_ request: PushRequest) -> PushOptions {
    var options = PushOptions()
    options.mode =
      switch request.mode {
      case .replace: .replace
      case .append: .append
      case .merge: .merge
      }
    switch request.precondition {
    case .number(let number): options.expected = number
    case .snapshot(let digest): options.expectedSnapshot = digest
    case nil: break
    }
    options.key = request.key
    options.types = request.types
    options.deletesMissing = request.deletesMissing
    options.kind = request.kind
    options.message = request.message
    options.author = author(request.author)
    options.lineage = request.lineage
    options.attributes = request.attributes
    options.createdAt = request.createdAt
    options.idempotencyKey = request.idempotencyKey
    if limit != nil {
      options.seesFile = { digest throws(StoreError) in try self.seesFile(digest) }
    }
    return options
  }

  /// Adds the file to an error that is about it: the store sees rows, not files.
  private static func naming(_ file: String, in error: StoreError) -> StoreError {
    guard var location = error.location, location.file == nil else { return error }
    location.file = file
    return StoreError(error.kind, error.message, at: location)
  }
}
