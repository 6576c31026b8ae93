package import Columns
package import Formats
package import Model
import Objects
import Platform
import Synchronization

/// An appender of rows that come one or a few at a time: it saves them durably and makes versions
/// of them at intervals.
///
/// A row is on disk when ``append(_:_:layout:idempotencyKey:sees:required:)`` returns, and readers
/// see it when it is sealed. Any thread may call; calls block. One process at a time may take rows
/// for a store. The caller must call ``sealDue()`` regularly, about every second.
package final class LiveAppender: Sendable {
  private let store: Store
  private let options: LiveOptions
  private let lock: DiskFile
  private let datasets = Mutex<[DatasetName: LiveDataset]>([:])
  /// Datasets whose segments could not be recovered when the appender was opened, with the errors.
  private let refused: [DatasetName: StoreError]

  /// Acquires the append lock and recovers an earlier process's segments, which the next call of
  /// ``sealDue()`` seals.
  /// - Throws: ``StoreError``: `conflict` while another process holds the lock, `denied` or
  ///   `unavailable` when the folder cannot be written.
  package init(
    _ store: Store, _ options: LiveOptions = LiveOptions()
  ) throws(StoreError) {
    self.store = store
    self.options = options
    let folder = String(StoreLayout.live.dropLast())
    if try store.home.live.makeDirectory(folder) { try store.home.live.syncDirectory("") }
    do throws(StoreError) {
      lock = try store.home.live.openExclusively(StoreLayout.liveLock)
    } catch  where error.kind == .conflict {
      throw StoreError(
        .conflict,
        "another process takes rows for this store; send them to that one, or stop it first")
    }
    var refused: [DatasetName: StoreError] = [:]
    var found: [DatasetName: LiveDataset] = [:]
    let names: [String]
    do throws(StoreError) {
      // A folder whose name an earlier process made, but ended before syncing.
      try store.home.live.syncDirectory("")
      names = try store.home.liveObjects.folders(StoreLayout.live)
    } catch {
      store.home.live.close(lock)
      throw error
    }
    for name in names {
      guard let dataset = StoreLayout.parseLivePrefix(name) else { continue }
      let live = LiveDataset(dataset, store, options)
      do throws(StoreError) {
        try live.recover()
        found[dataset] = live
      } catch {
        refused[dataset] = error
      }
    }
    self.refused = refused
    datasets.withLock { $0 = found }
    store.companion(LiveRegister.init).enter(self)
  }

  deinit { store.home.live.close(lock) }

  /// The errors of datasets that take no rows, since their segments are damaged.
  package var failures: [DatasetName: StoreError] { refused }

  /// Saves rows, an object per line or an array of objects; when it returns, they are on disk.
  ///
  /// A bad row refuses all of them. In a dataset with a key, a row replaces the one with its key.
  /// - Parameters:
  ///   - idempotencyKey: A repeated request with the key of an earlier one gets that one's receipt.
  ///   - sees: The test of attachments that the sender of the rows may name. It is called during
  ///     this call, for each cell that could be one, since the sender is no longer known when the
  ///     rows are sealed. In a column of files a refused cell is an error; in any other it stays
  ///     what it is, whatever type the column gets later.
  ///   - required: The column that has to have a text in every row.
  /// - Throws: ``StoreError``: `invalid` for rows that cannot be saved, `conflict` when the key was
  ///   used for other rows, `exhausted` for too many bytes or a full disk, `unavailable` when the
  ///   disk fails: then the rows may be there or not, and the same request with the same key may be
  ///   sent again.
  package func append(
    _ dataset: DatasetName, _ source: any ByteSource, layout: JSONReader.Layout = .lines,
    idempotencyKey: String? = nil, sees: FileAccess?, required: String? = nil
  ) throws(StoreError) -> LiveReceipt {
    try append(dataset, idempotencyKey) { schema throws(StoreError) in
      try LiveRows(
        source, layout, idempotencyKey: idempotencyKey,
        LiveRows.Rules(
          parent: schema, limit: options.requestBytes, sees: sees, required: required), store)
    }
  }

  /// Saves the rows of a batch, as JSON lines; when it returns, they are on disk.
  ///
  /// Columns without a value are not saved. Otherwise as
  /// ``append(_:_:layout:idempotencyKey:sees:required:)``.
  package func append(
    _ dataset: DatasetName, _ rows: RowBatch, idempotencyKey: String? = nil, sees: FileAccess?
  ) throws(StoreError) -> LiveReceipt {
    try append(dataset, idempotencyKey) { schema throws(StoreError) in
      try LiveRows(
        rows, idempotencyKey: idempotencyKey,
        LiveRows.Rules(parent: schema, limit: options.requestBytes, sees: sees), store)
    }
  }

  private func append(
    _ dataset: DatasetName, _ idempotencyKey: String?,
    check: (Schema?) throws(StoreError) -> LiveRows
  ) throws(StoreError) -> LiveReceipt {
    if let idempotencyKey, idempotencyKey.isEmpty || idempotencyKey.utf8.count > 256 {
      throw StoreError(.usage, "an idempotency key has 1 to 256 bytes")
    }
    guard StoreLayout.livePrefix(dataset) != StoreLayout.liveLock + "/" else {
      throw StoreError(
        .usage,
        "a dataset called '\(dataset)' takes no live rows, since the store's lock for them has that "
          + "name: save rows as versions, or send them to a dataset of another name")
    }
    let live = try live(dataset)
    let held = try idempotencyKey.flatMap { key throws(StoreError) in
      try store.holding(key, of: dataset)
    }
    defer { withExtendedLifetime(held) {} }
    let latest = try store.catchUp(dataset)
    try KindRule.requireRows(latest?.record.kind, in: dataset)
    let schema = try latest.map { version throws(StoreError) in
      try store.snapshot(version).schema
    }
    let rows = try check(schema)
    try CommitPermission.require()
    return try live.append(rows, parent: schema, newest: latest?.number ?? 0)
  }

  /// Returns true when rows of a dataset came with a key; nil when its segments could not be
  /// recovered.
  func has(_ key: String, in dataset: DatasetName) -> Bool? {
    if refused[dataset] != nil { return nil }
    return datasets.withLock { $0[dataset] }?.has(key) ?? false
  }

  private func live(_ dataset: DatasetName) throws(StoreError) -> LiveDataset {
    if let error = refused[dataset] { throw error }
    return datasets.withLock { datasets in
      if let live = datasets[dataset] { return live }
      let live = LiveDataset(dataset, store, options)
      datasets[dataset] = live
      return live
    }
  }

  /// The number of a dataset's rows that wait to be sealed.
  package func waitingRows(of dataset: DatasetName) -> Int {
    datasets.withLock { $0[dataset] }?.waitingRows ?? 0
  }

  /// Makes versions of all rows of a dataset that were acknowledged before the call.
  /// - Throws: ``StoreError`` of any kind that a push throws; the rows then wait for the next try.
  ///   `missing` when no row came and there is no such dataset.
  package func seal(_ dataset: DatasetName) throws(StoreError) -> LiveSeal {
    if let error = refused[dataset] { throw error }
    let seal = try datasets.withLock { $0[dataset] }?.seal() ?? LiveSeal()
    if seal.version == nil { _ = try store.resolve(Reference(dataset: dataset)) }
    return seal
  }

  /// Seals the datasets whose rows have waited long enough or are enough.
  /// - Returns: The outcome of each; a failure is tried again at the next call.
  package func sealDue() -> [(dataset: DatasetName, outcome: Result<LiveSeal, StoreError>)] {
    let now = store.clock()
    return seal { $0.isDue(at: now) }
  }

  /// Seals all waiting rows: when a server starts or ends.
  package func sealAll() -> [(dataset: DatasetName, outcome: Result<LiveSeal, StoreError>)] {
    seal { $0.waitingRows > 0 }
  }

  private func seal(
    where isWanted: (LiveDataset) -> Bool
  ) -> [(dataset: DatasetName, outcome: Result<LiveSeal, StoreError>)] {
    let all = datasets.withLock { $0.values.sorted { $0.dataset < $1.dataset } }
    return all.filter(isWanted).map { live in
      (live.dataset, Result { () throws(StoreError) in try live.seal() })
    }
  }
}
