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

  /// What happened to a dataset, newest first; with `stat`, each version's changes are counted.
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

  /// Hands `write` the bytes of a version's rows, in order.
  func data(
    _ reference: Reference, _ request: DataRequest, progress: (Progress) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument

  /// Hands `write` what differs between two versions, as text in the format asked for.
  /// - Returns: Whether anything differs.
  func diff(
    _ old: Reference, _ new: Reference, _ request: DiffRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool

  /// The tags of a dataset in the order of their names.
  func tags(of dataset: DatasetName) throws(StoreError) -> [TagDocument]

  /// Makes a tag name a version from now on.
  func setTag(
    _ tag: String, to reference: Reference, _ request: TagRequest
  ) throws(StoreError) -> TagDocument

  /// Removes a tag; its moves stay in the log.
  func removeTag(
    _ tag: String, of dataset: DatasetName, _ request: TagRequest
  ) throws(StoreError)

  /// Hands `write` the result of one SELECT, as text in the format asked for.
  func query(
    _ request: QueryRequest, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> QueryDocument

  /// Checks that every byte is as it was written, and that each dataset in `heads` has the record
  /// of that digest in its history; with `values`, looks for what is odd about values too.
  func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument

  /// Finds, and with `apply` removes, files that nothing refers to and that are older than the
  /// grace period.
  func collectGarbage(apply: Bool, graceSeconds: Int) throws(StoreError) -> GarbageDocument

  /// Makes the index anew from logs and packs; only with `acceptsLoss` when it knows records whose
  /// files are lost.
  func reindex(acceptsLoss: Bool) throws(StoreError) -> ReindexDocument

  /// What takes how much space; nil for all datasets.
  func statistics(
    of datasets: [DatasetName]?, progress: (Progress) -> Void
  ) throws(StoreError) -> StatisticsDocument
}

/// How far a long call is.
package struct Progress: Codable, Sendable, Hashable {
  /// What is counted.
  package enum Unit: String, Codable, Sendable {
    case rows, bytes, checks, versions
  }

  package let done: Int
  /// Nil when it is not known beforehand.
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
