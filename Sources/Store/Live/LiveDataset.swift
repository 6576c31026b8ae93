import Model
import Objects
import Synchronization

/// The waiting rows of one dataset.
///
/// Requests of many threads that come while the disk is busy become durable together.
final class LiveDataset: Sendable {
  /// A request on its way to the disk; its outcome is set once.
  private final class Ticket: Sendable {
    let rows: LiveRows
    let digest: Digest
    let outcome = Mutex<Result<LiveReceipt, StoreError>?>(nil)

    init(_ rows: LiveRows) {
      self.rows = rows
      digest = rows.request.digest
    }
  }

  /// The answer to a request with an idempotency key.
  struct Answer: Sendable {
    let digest: Digest
    let receipt: LiveReceipt
  }

  private struct Queue {
    var waiting: [Ticket] = []
    /// Requests with a key that are not answered yet.
    var underway: [DataText: Ticket] = [:]
    var answers = LiveAnswers()
  }

  let dataset: DatasetName
  private let store: Store
  private let pushKeys = LivePushKeys()
  private let options: LiveOptions
  private let queue = Mutex(Queue())
  /// Held while the disk works, so that requests waiting for it join the next write.
  private let journal: Mutex<LiveJournal>
  /// Held while a version is made.
  private let sealing = Mutex(())

  init(_ dataset: DatasetName, _ store: Store, _ options: LiveOptions) {
    self.dataset = dataset
    self.store = store
    self.options = options
    journal = Mutex(LiveJournal(dataset, store, options))
  }

  /// Recovers the segments of the last process.
  func recover() throws(StoreError) {
    try journal.withLock { journal throws(StoreError) in
      try queue.withLock { queue throws(StoreError) in try journal.recover(&queue.answers) }
    }
  }

  /// Saves the rows; when it returns they are on disk.
  ///
  /// `parent` is the schema of the dataset's latest version, whose number is `newest`. A caller
  /// with an idempotency key for them locked it before that was read.
  func append(_ rows: LiveRows, parent: Schema?, newest: Int) throws(StoreError) -> LiveReceipt {
    let ticket: Ticket
    let isUsed = try rows.request.idempotencyKey.map { key throws(StoreError) in
      try pushKeys.have(key, of: dataset, newest: newest, store)
    }
    switch try enter(rows, isUsed: isUsed ?? false) {
    case .answered(let receipt): return receipt
    case .waiting(let own): ticket = own
    }
    try journal.withLock { journal throws(StoreError) in
      while ticket.outcome.withLock({ $0 == nil }) { write(&journal, parent) }
    }
    guard let outcome = ticket.outcome.withLock({ $0 }) else {
      preconditionFailure("a request that was written has an outcome")
    }
    return try outcome.get()
  }

  /// Returns true when rows came with a key: waiting ones, ones being written, and those whose keys
  /// are remembered.
  func has(_ key: String) -> Bool {
    queue.withLock { $0.answers[key] != nil || $0.underway[DataText(key)] != nil }
  }

  private enum Entry {
    case answered(LiveReceipt)
    case waiting(Ticket)
  }

  /// - Parameter isUsed: True when a push has used the request's key.
  private func enter(_ rows: LiveRows, isUsed: Bool) throws(StoreError) -> Entry {
    try queue.withLock { queue throws(StoreError) in
      let ticket = Ticket(rows)
      guard let key = rows.request.idempotencyKey else {
        queue.waiting.append(ticket)
        return .waiting(ticket)
      }
      if let answer = queue.answers[key] {
        try Idempotency.require(ticket.digest, sameAs: answer.digest, key: key)
        return .answered(answer.receipt)
      }
      if isUsed { throw Idempotency.reused(key, for: "a push of \(dataset)") }
      if let first = queue.underway[key] {
        try Idempotency.require(ticket.digest, sameAs: first.digest, key: key)
        return .waiting(first)
      }
      queue.underway[key] = ticket
      queue.waiting.append(ticket)
      return .waiting(ticket)
    }
  }

  /// Writes the waiting requests, up to a limit of bytes, and sets their outcomes.
  private func write(_ journal: inout LiveJournal, _ parent: Schema?) {
    let batch = queue.withLock { queue in
      var bytes = 0
      let count = queue.waiting.firstIndex { ticket in
        defer { bytes += ticket.rows.request.text.count }
        return bytes > options.segmentBytes
      }
      let batch = Array(queue.waiting.prefix(count ?? queue.waiting.count))
      queue.waiting.removeFirst(batch.count)
      return batch
    }
    let outcomes = journal.append(batch.map(\.rows), parent: parent)
    queue.withLock { queue in
      for (ticket, outcome) in zip(batch, outcomes) {
        guard let key = ticket.rows.request.idempotencyKey else { continue }
        queue.underway[key] = nil
        if case .success(let receipt) = outcome {
          queue.answers.add(key, Answer(digest: ticket.digest, receipt: receipt))
        }
      }
    }
    for (ticket, outcome) in zip(batch, outcomes) { ticket.outcome.withLock { $0 = outcome } }
  }

  /// Returns true when enough rows wait to be sealed, or have waited long enough.
  func isDue(at time: Timestamp) -> Bool {
    journal.withLock { $0.isDue(at: time) }
  }

  /// The number of rows that wait.
  var waitingRows: Int { journal.withLock { $0.waitingRows } }

  /// Makes versions of all rows that were answered before the call, one per segment.
  ///
  /// Rows that do not fit the dataset's key stay; later rows are sealed nevertheless.
  /// - Throws: ``StoreError`` of kind `conflict` when there are none but such rows.
  func seal() throws(StoreError) -> LiveSeal {
    try sealing.withLock { _ throws(StoreError) in
      journal.withLock { $0.roll() }
      var sealed = LiveSeal()
      for segment in journal.withLock({ $0.closed }) {
        let answers = queue.withLock { $0.answers }
        let sealer = journal.withLock { $0.sealer }
        let outcome = try sealer.seal(segment, answers)
        if let wait = outcome.waiting {
          sealed.waiting.append(wait)
          continue
        }
        queue.withLock { $0.answers.keep(outcome.keys, from: segment.sequence) }
        forget(segment, outcome, sealer)
        journal.withLock { $0.closed.removeAll { $0.sequence == segment.sequence } }
        sealed.rows += outcome.rows
        sealed.notes += outcome.notes
        sealed.version = outcome.version ?? sealed.version
      }
      if sealed.rows == 0, let wait = sealed.waiting.first { throw wait.error }
      return sealed
    }
  }

  /// Removes a segment whose rows are in a version.
  ///
  /// A failure to remove one is not a failure of sealing: the next process finds that it is in a
  /// version already.
  private func forget(
    _ segment: LiveJournal.Closed, _ outcome: LiveSealer.Outcome, _ sealer: LiveSealer
  ) {
    do throws(StoreError) {
      if let failure = outcome.keysFailure { throw failure }
      try sealer.forget(segment, queue.withLock { $0.answers.prune(to: options.rememberedKeys) })
    } catch {
      sealer.warn("the rows of \(segment.name) are sealed, and the file stays: \(error.message)")
    }
  }

  /// Closes the open segment, whose rows the next process seals.
  func close() { journal.withLock { $0.roll() } }
}
