import Dispatch
package import Model
import Objects
import Synchronization

/// The journal of a run on disk: records that are durable when ``append(_:)`` returns.
///
/// Its files are those of live rows (``LiveSegment``): frames with checksums, and a mark behind
/// each that is on disk, so that what a crash cut short is distinguished from damage. A process
/// writes a file of its own, since nothing may be appended behind a torn frame.
///
/// Records that come while the disk is busy become durable together. Any task may call.
package final class RunLog: Sendable {
  private struct Ticket {
    let records: [[UInt8]]
    let done: CheckedContinuation<Result<Void, StoreError>, Never>
  }

  private struct Queue {
    var waiting: [Ticket] = []
    var isWriting = false
  }

  /// The file that is written.
  private struct File {
    let id: String
    let idBytes: [UInt8]
    let file: DiskFile
    var next: Int
  }

  private let store: Store
  private let dataset: DatasetName
  private let number: Int
  private let lock: DiskFile
  private let queue = Mutex(Queue())
  private let file = Mutex<File?>(nil)
  /// The error after which nothing is assumed of the file.
  private let failure = Mutex<StoreError?>(nil)
  private let writer = DispatchQueue(label: "assay.run.journal")

  private var disk: any Disk { store.home.live }

  /// Opens the journal of the run into `dataset` whose document is version `number`, for this
  /// process only.
  /// - Throws: ``StoreError`` of kind `conflict` while another process executes a run into it.
  package init(_ store: Store, _ dataset: DatasetName, number: Int) throws(StoreError) {
    self.store = store
    self.dataset = dataset
    self.number = number
    let disk = store.home.live
    let folder = String(StoreLayout.runs.dropLast())
    _ = try disk.makeDirectory(folder)
    _ = try disk.makeDirectory(String(StoreLayout.runPrefix(dataset).dropLast()))
    // Also folders that an earlier process made, but ended before syncing.
    try disk.syncDirectory("")
    try disk.syncDirectory(folder)
    do throws(StoreError) {
      lock = try disk.openExclusively(StoreLayout.runLock(dataset))
    } catch  where error.kind == .conflict {
      throw Self.isUnderWay(dataset)
    }
  }

  deinit {
    file.withLock { file in
      if let file { disk.close(file.file) }
    }
    disk.close(lock)
  }

  /// Keeps records in their order; when it returns, they are on disk.
  /// - Throws: ``StoreError``; all later records are refused then, since nothing is known of the
  ///   file.
  package func append(_ records: [[UInt8]]) async throws(StoreError) {
    let result = await withCheckedContinuation { done in
      let starts = queue.withLock { queue in
        queue.waiting.append(Ticket(records: records, done: done))
        defer { queue.isWriting = true }
        return !queue.isWriting
      }
      if starts { writer.async { self.drain() } }
    }
    try result.get()
  }

  /// Writes what waits, until nothing does.
  private func drain() {
    while true {
      let tickets = queue.withLock { queue in
        defer { queue.waiting = [] }
        if queue.waiting.isEmpty { queue.isWriting = false }
        return queue.waiting
      }
      guard !tickets.isEmpty else { return }
      var result = Result<Void, StoreError>.success(())
      do throws(StoreError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
        try write(tickets.flatMap(\.records))
      } catch {
        failure.withLock { $0 = $0 ?? error }
        result = .failure(error)
      }
      for ticket in tickets { ticket.done.resume(returning: result) }
    }
  }

  private func write(_ records: [[UInt8]]) throws(StoreError) {
    let requests = records.map { LiveRequest(text: $0, rows: 1, idempotencyKey: nil) }
    try file.withLock { file throws(StoreError) in
      let isNew = file == nil
      var open: File
      if let file { open = file } else { open = try begin() }
      let bytes = LiveFrame.encode(requests, id: open.idBytes, at: open.next)
      file = open
      try disk.write(isNew ? LiveSegment.header(id: open.id) + bytes : bytes, to: open.file)
      try disk.sync(open.file)
      if isNew { try disk.syncDirectory(String(StoreLayout.runPrefix(dataset).dropLast())) }
      let mark = LiveFrame.mark(id: open.idBytes, at: open.next + bytes.count)
      try disk.write(mark, to: open.file)
      open.next += bytes.count + mark.count
      file = open
    }
  }

  private func begin() throws(StoreError) -> File {
    let known = try Self.names(of: dataset, in: store).map(\.sequence).max() ?? 0
    let id = WriteID.make()
    let name = StoreLayout.runName(dataset, number: number, sequence: known + 1)
    return File(
      id: id, idBytes: Hex.decode(Array(id.utf8)) ?? [], file: try disk.create(name),
      next: LiveSegment.headerBytes)
  }

  /// Removes the journal: what it had is in a version.
  package func remove() throws(StoreError) {
    file.withLock { file in
      if let file { disk.close(file.file) }
      file = nil
    }
    for journal in try Self.names(of: dataset, in: store) where journal.number == number {
      try disk.unlink(journal.name)
    }
    try disk.syncDirectory(String(StoreLayout.runPrefix(dataset).dropLast()))
  }

  /// True when a process asks to end the run.
  package var isCancelled: Bool {
    let status = try? disk.status(of: StoreLayout.runCancel(dataset))
    return status != nil
  }

  /// Takes the request to end the run back.
  package func forgetCancel() throws(StoreError) {
    guard isCancelled else { return }
    try disk.unlink(StoreLayout.runCancel(dataset))
  }
}

extension RunLog {
  /// A journal by its name.
  private struct Name {
    let name: String
    let number: Int
    let sequence: Int
  }

  private static func names(
    of dataset: DatasetName, in store: Store
  ) throws(StoreError) -> [Name] {
    do throws(StoreError) {
      let prefix = StoreLayout.runPrefix(dataset)
      let names = try store.home.live.list(String(prefix.dropLast())).compactMap { file in
        StoreLayout.parseRunName(prefix + file, dataset).map {
          Name(name: prefix + file, number: $0.number, sequence: $0.sequence)
        }
      }
      return names.sorted { $0.sequence < $1.sequence }
    } catch  where error.kind == .missing {
      return []
    }
  }

  /// The versions of documents of runs into a dataset that have a journal: runs that go on, or
  /// whose process ended before they did.
  package static func unfinished(
    _ dataset: DatasetName, in store: Store
  ) throws(StoreError) -> [Int] {
    Set(try names(of: dataset, in: store).map(\.number)).sorted()
  }

  /// The records of a run that are on disk, in their order; none for one without a journal.
  /// - Throws: ``StoreError`` of kind `corrupt` when records that were kept are damaged.
  package static func records(
    of dataset: DatasetName, number: Int, in store: Store
  ) throws(StoreError) -> [[UInt8]] {
    var records: [[UInt8]] = []
    for journal in try names(of: dataset, in: store) where journal.number == number {
      guard let contents = try LiveSegment.read(journal.name, on: store.home.live) else { continue }
      records += contents.requests.map(\.request.text)
    }
    return records
  }

  /// Returns true while a process executes a run into a dataset.
  package static func isExecuted(
    _ dataset: DatasetName, in store: Store
  ) throws(StoreError) -> Bool {
    do throws(StoreError) {
      store.home.live.close(try store.home.live.openExclusively(StoreLayout.runLock(dataset)))
      return false
    } catch  where error.kind == .conflict {
      return true
    } catch  where error.kind == .missing {
      return false
    }
  }

  /// The error for a run into a dataset that a process executes already.
  package static func isUnderWay(_ dataset: DatasetName) -> StoreError {
    StoreError(
      .conflict,
      "another process executes a run into \(dataset); follow it with 'assay run status', or end "
        + "it with 'assay run cancel'")
  }

  /// Asks the process that executes a run into a dataset to end it; false when there is none.
  package static func cancel(
    _ dataset: DatasetName, in store: Store
  ) throws(StoreError) -> Bool {
    guard try isExecuted(dataset, in: store) else { return false }
    let disk = store.home.live
    disk.close(try disk.openShared(StoreLayout.runCancel(dataset)))
    return true
  }
}
