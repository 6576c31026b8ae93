import Foundation
import Model
import Synchronization
import Wire

/// A store with one dataset of three versions, whose calls can be made to fail, to write much, or
/// to go on until they are cancelled.
final class ScriptedService: StoreService {
  struct Script: Sendable {
    /// What every call throws.
    var error: StoreError?
    /// What a push throws.
    var pushError: StoreError?
    /// What a call that writes throws after its first piece.
    var lateError: StoreError?
    /// What data is made of.
    var data = Array("{\"id\":1}\n{\"id\":2}\n".utf8)
    /// How often the data is written.
    var repeats = 1
    /// Whether a query or a comparison goes on until it is cancelled, or this is false again.
    var isEndless = false
    /// How long a call that writes data takes.
    var dataPauseMicroseconds: UInt32 = 0
  }

  let script = Mutex(Script())
  let renderings = Mutex(0)
  /// How many queries and comparisons began.
  let queries = Mutex(0)
  let cancellations = Mutex(0)
  let pushes = Mutex<[PushRequest]>([])
  let uploads = Mutex<[[UInt8]]>([])

  static let snapshot = Digest(hashing: [1, 2, 3])
  static let savedAt = Timestamp(microseconds: 784_111_777_000_000)

  private func start() throws(StoreError) -> Script {
    let script = script.withLock { $0 }
    if let error = script.error { throw error }
    return script
  }

  func document(_ number: Int = 3, in dataset: DatasetName? = nil) throws(StoreError)
    -> VersionDocument
  {
    let name: DatasetName
    if let dataset { name = dataset } else { name = try DatasetName("runs") }
    return VersionDocument(
      dataset: name, number: number, snapshot: Self.snapshot, rows: 2,
      parent: number > 1 ? number - 1 : nil, kind: .results, message: "m", author: "ann",
      createdAt: Self.savedAt, savedAt: Self.savedAt, lineage: [], attributes: [:],
      sequence: number, record: Digest(hashing: [UInt8(number)]))
  }

  private func require(_ dataset: DatasetName) throws(StoreError) {
    guard ["runs", "other"].contains(dataset.text) else {
      throw StoreError(.missing, "there is no dataset '\(dataset)'")
    }
  }

  func datasets(limit: Int?) throws(StoreError) -> [DatasetDocument] {
    _ = try start()
    var all: [DatasetDocument] = []
    for name in ["other", "runs"] {
      all.append(DatasetDocument(latest: try document(in: try DatasetName(name)), tags: [:]))
    }
    return Array(all.prefix(limit ?? .max))
  }

  func versions(of dataset: DatasetName, limit: Int?) throws(StoreError) -> [VersionDocument] {
    _ = try start()
    try require(dataset)
    var all: [VersionDocument] = []
    for number in [3, 2, 1] { all.append(try document(number, in: dataset)) }
    return Array(all.prefix(limit ?? .max))
  }

  func log(of dataset: DatasetName, stat: Bool, limit: Int?) throws(StoreError) -> [LogDocument] {
    try versions(of: dataset, limit: limit).map { .version($0, changes: nil) }
  }

  func version(_ reference: Reference) throws(StoreError) -> VersionDetailDocument {
    _ = try start()
    try require(reference.dataset)
    var number = 3
    if case .number(let asked) = reference.selector { number = asked }
    guard (1...3).contains(number) else {
      throw StoreError(.missing, "there is no version \(reference)")
    }
    return VersionDetailDocument(
      version: try document(number, in: reference.dataset), key: ["id"],
      columns: [.init(name: "id", type: .int64)], rowGroups: 1)
  }

  func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest,
    progress: (Wire.Progress) -> Void
  ) throws(StoreError) -> PushDocument {
    if let error = try start().pushError { throw error }
    pushes.withLock { $0.append(request) }
    let bytes = FileManager.default.contents(atPath: file.path).map { Array($0) } ?? []
    uploads.withLock { $0.append(bytes) }
    return PushDocument(
      version: try document(4, in: dataset), isNew: true, storedBytes: bytes.count, changes: nil)
  }

  func data(
    _ reference: Reference, _ request: DataRequest, progress: (Wire.Progress) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument {
    let script = try start()
    renderings.withLock { $0 += 1 }
    usleep(script.dataPauseMicroseconds)
    let bytes = request.format == .json ? Array("[{\"id\":1},{\"id\":2}]".utf8) : script.data
    for _ in 0..<script.repeats { try write(bytes) }
    if let error = script.lateError { throw error }
    return DataDocument(version: try version(reference).version, rowsWritten: 2)
  }

  func diff(
    _ old: Reference, _ new: Reference, _ request: DiffRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    let script = try start()
    try write(Array("{}".utf8))
    if let error = script.lateError { throw error }
    return true
  }

  func tags(of dataset: DatasetName) throws(StoreError) -> [TagDocument] {
    _ = try start()
    try require(dataset)
    return ["a", "b"].map {
      TagDocument(dataset: dataset, tag: $0, number: 1, snapshot: Self.snapshot)
    }
  }

  func setTag(
    _ tag: String, to reference: Reference, _ request: TagRequest
  ) throws(StoreError) -> TagDocument {
    _ = try start()
    return TagDocument(
      dataset: reference.dataset, tag: tag, number: 2, snapshot: Self.snapshot)
  }

  func removeTag(
    _ tag: String, of dataset: DatasetName, _ request: TagRequest
  ) throws(StoreError) { _ = try start() }

  func query(
    _ request: QueryRequest, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> QueryDocument {
    let script = try start()
    try checkCancellation()
    try write(Array("[]".utf8))
    if let error = script.lateError { throw error }
    return QueryDocument(rows: 0, isCutShort: false)
  }

  /// What takes long: it ends at once unless the script says otherwise, or once it says so no more.
  func checkCancellation() throws(StoreError) {
    queries.withLock { $0 += 1 }
    while script.withLock({ $0.isEndless }) {
      guard !Task.isCancelled else {
        cancellations.withLock { $0 += 1 }
        throw StoreError(.exhausted, "the request was cancelled")
      }
      usleep(1000)
    }
  }

  func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Wire.Progress) -> Void
  ) throws(StoreError) -> VerifyDocument {
    _ = try start()
    progress(Wire.Progress(done: 1, total: 2, unit: .checks))
    return VerifyDocument(
      isIndexRight: true, files: 1, bytes: 2, records: 3, versions: 3, chunks: 4, damage: [])
  }

  func collectGarbage(apply: Bool, graceSeconds: Int) throws(StoreError) -> GarbageDocument {
    _ = try start()
    return GarbageDocument(
      isApplied: apply, files: [], youngFiles: [], compactedFiles: 0, newPacks: [])
  }

  func reindex(acceptsLoss: Bool) throws(StoreError) -> ReindexDocument {
    _ = try start()
    return ReindexDocument(datasets: 2, records: 3)
  }

  func statistics(
    of datasets: [DatasetName]?, progress: (Wire.Progress) -> Void
  ) throws(StoreError) -> StatisticsDocument {
    _ = try start()
    return StatisticsDocument(
      datasets: [], files: 1, fileBytes: 2, attachments: 0, attachmentBytes: 0, indexBytes: 3)
  }
}
