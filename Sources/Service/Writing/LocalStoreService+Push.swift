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
    // The digest of a request takes a pass over its bytes.
    let isKeyed = request.idempotencyKey != nil && !request.isKeyMadeUp
    let (file, copy) = isKeyed ? try file.rereadable() : (file, nil)
    defer { withExtendedLifetime(copy) {} }
    var options = options(request)
    options.request = isKeyed ? try Self.digest(of: request, file) : nil
    let latest = try store.catchUp(dataset)
    let kind = request.kind ?? latest?.record.kind ?? .results
    options.checkedKind = kind.isCheckedOnPush ? kind : nil
    // Before the file is read.
    try KindRule.require(kind, checked: options.checkedKind, over: latest, in: dataset)
    let isRatings = kind == .ratings
    if isRatings { options.key = request.key ?? [RatingColumns.key] }
    var types = request.types
    // Other formats describe their columns themselves.
    if isRatings, file.format.hasLines {
      types.merge(Self.ratingTypes) { given, _ in given }
    }
    var reader = try TableReader.open(
      path: file.path, file.format, compression: file.compression, name: file.name,
      types: types, base64: request.base64, allowsMissing: isRatings, csv: request.csv,
      limitBytes: file.limitBytes)
    let result: PushResult
    do throws(StoreError) {
      try checkRows(&reader, of: kind, mode: request.mode, after: latest)
      result = try store.push(dataset, reader, options) { rows in
        progress(Progress(done: rows, unit: .rows))
      }
    } catch {
      // The store sees rows, not files.
      throw error.inFile(file.name, of: file.format)
    }
    var warnings = result.warnings
    var changes: ChangeCounts?
    if result.isNew, request.countsChanges {
      changes = Self.afterSave(of: result.version, "what changed cannot be counted", &warnings) {
        () throws(StoreError) in try ChangeCounts(result.version, in: store)
      }
    }
    let notes = Self.afterSave(of: result.version, "its columns cannot be read", &warnings) {
      () throws(StoreError) in try self.notes(on: result, request)
    }
    return PushDocument(
      version: document(for: result.version), isNew: result.isNew,
      // A small number of written bytes would disclose what others have saved.
      storedBytes: limit == nil ? result.storedBytes : 0,
      changes: changes, notes: result.notes + (notes ?? []),
      warnings: warnings)
  }

  /// The value of what is read once a version is saved; nil with a warning where that fails, since
  /// an error would say that nothing is saved.
  static func afterSave<Value>(
    of version: Version, _ what: String, _ warnings: inout [String],
    _ read: () throws(StoreError) -> Value?
  ) -> Value? {
    do throws(StoreError) {
      return try read()
    } catch {
      warnings.append("\(version.reference) is saved; \(what): \(error.message)")
      return nil
    }
  }

  /// Notes on a kind that a push does not change, and on an index that was written as a column.
  private func notes(
    on result: PushResult, _ request: PushRequest
  ) throws(StoreError) -> [String] {
    let version = result.version
    guard result.isNew else {
      guard let kind = request.kind, kind != version.record.kind else { return [] }
      return [
        "the content is that of \(version.reference), which stays of kind "
          + "\(version.record.kind.rawValue): push it under another name for one of kind "
          + kind.rawValue
      ]
    }
    let names = try store.snapshot(version).schema.columns.map(\.name)
    return names.filter { $0.hasPrefix("__index_level_") }.map {
      "the column \($0) is the index of a pandas frame: to_parquet(…, index=False) leaves it out"
    }
  }

  /// The digest of a request: of its options, and of the file's bytes.
  private static func digest(
    of request: PushRequest, _ file: TableFile
  ) throws(StoreError) -> Digest {
    let isText = file.format.hasLines
    let source = try FileSource.open(
      path: file.path, compression: file.compression, name: file.name,
      limitBytes: file.limitBytes, recognizesCompression: isText)
    var hasher = DigestHasher()
    var piece: [UInt8] = []
    while try source.read(1 << 20, appendingTo: &piece) > 0 {
      hasher.update(piece)
      piece.removeAll(keepingCapacity: true)
    }
    var members: JSON.Object = [
      "mode": .string(request.mode.rawValue), "message": .string(request.message),
      "format": .string(file.format.rawValue), "deletesMissing": .bool(request.deletesMissing),
      "types": .array(
        request.types.map { "\($0.key)=\($0.value.rawValue)" }.sorted().map { .string($0) }),
      "attributes": .array(
        request.attributes.map { "\($0.key)=\($0.value)" }.sorted().map { .string($0) }),
      "from": .array(request.lineage.map { .string($0.description) }),
      "base64": .array(request.base64.map { .string($0) }),
      "separator": .integer(Int64(request.csv.separator ?? 0)),
      "hasDecimalComma": .bool(request.csv.hasDecimalComma),
    ]
    if let nulls = request.csv.nulls { members["nulls"] = .array(nulls.map { .string($0) }) }
    if let key = request.key { members["key"] = .array(key.map { .string($0) }) }
    if let kind = request.kind { members["kind"] = .string(kind.rawValue) }
    if let time = request.createdAt { members["createdAt"] = .integer(time.microseconds) }
    return Idempotency.digest(members, body: hasher.finalize())
  }

  func options(_ request: PushRequest) -> PushOptions {
    var options = pushOptions
    options.mode = request.mode
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
    return options
  }
}
