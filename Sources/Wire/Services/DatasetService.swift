package import Model

/// The calls on datasets, their versions and tags, and on the store as a whole.
///
/// Calls block until they are answered; any thread may make them. Every call throws a
/// ``StoreError``, of the same kind whichever side of a network the store is on.
package protocol DatasetService: Sendable {
  /// The datasets in the order of their names.
  func datasets(limit: Int?) throws(StoreError) -> [DatasetDocument]

  /// The versions of a dataset, newest first.
  func versions(of dataset: DatasetName, limit: Int?) throws(StoreError) -> [VersionDocument]

  /// The events of a dataset, newest first; with `stat`, each version's changes are counted.
  func log(
    of dataset: DatasetName, stat: Bool, limit: Int?
  ) throws(StoreError) -> [LogDocument]

  /// One version, with its schema.
  func version(_ reference: Reference) throws(StoreError) -> VersionDetailDocument

  /// Saves the rows of a file as the next version.
  func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest,
    progress: (Progress) -> Void
  ) throws(StoreError) -> PushDocument

  /// Passes the bytes of a version's rows to `write`, in order.
  func data(
    _ reference: Reference, _ request: DataRequest, progress: (Progress) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument

  /// Passes the differences between two versions to `write`, as text in the requested format.
  /// - Returns: True when anything differs.
  func diff(
    _ old: Reference, _ new: Reference, _ request: DiffRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool

  /// The tags of a dataset in the order of their names.
  func tags(of dataset: DatasetName) throws(StoreError) -> [TagDocument]

  /// Makes a tag name a version from now on, creating the tag if it does not exist.
  func setTag(
    _ tag: String, to reference: Reference, _ request: TagRequest
  ) throws(StoreError) -> TagDocument

  /// Removes a tag; its moves stay in the log.
  func removeTag(
    _ tag: String, of dataset: DatasetName, _ request: TagRequest
  ) throws(StoreError)

  /// Passes the result of a SELECT to `write`, as text in the requested format.
  func query(
    _ request: QueryRequest, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> QueryDocument

  /// Checks that every byte is as it was written, and that each dataset in `heads` has the record
  /// of that digest in its history; with `values`, also looks for oddities of values.
  func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument

  /// Finds, and with `apply` removes, files that nothing refers to and that are older than the
  /// grace period.
  func collectGarbage(apply: Bool, graceSeconds: Int) throws(StoreError) -> GarbageDocument

  /// Rebuilds the index from logs and packs; with `acceptsLoss` even when it knows records whose
  /// files are lost.
  func reindex(acceptsLoss: Bool) throws(StoreError) -> ReindexDocument

  /// Returns the space that datasets and the store take; nil for all datasets.
  func statistics(
    of datasets: [DatasetName]?, progress: (Progress) -> Void
  ) throws(StoreError) -> StatisticsDocument
}

/// The progress of a long call.
package struct Progress: Codable, Sendable, Hashable {
  /// The things that are counted.
  package enum Unit: String, Codable, Sendable {
    case rows, bytes, checks, versions
  }

  package let done: Int
  /// Nil when it is not known in advance.
  package let total: Int?
  package let unit: Unit

  /// `done` of `total` things.
  package init(done: Int, total: Int? = nil, unit: Unit) {
    self.done = done
    self.total = total
    self.unit = unit
  }
}

extension Progress: CustomStringConvertible {
  package var description: String {
    "\(done)" + (total.map { " of \($0)" } ?? "") + " \(unit)"
  }
}

extension DatasetService {
  /// Checks that every byte is as it was written.
  package func verify(
    heads: [DatasetName: Digest], progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument {
    try verify(heads: heads, values: false, progress: progress)
  }
}
