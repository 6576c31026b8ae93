import Catalog
import Model
import Objects

/// The segment files of one dataset: one open to take rows, and closed ones that wait to be sealed.
///
/// Owned by the holder of the lock around it.
struct LiveJournal {
  /// A segment that takes no more rows.
  struct Closed: Sendable {
    let sequence: Int
    let id: String
    let name: String
    let rows: Int
    /// The end of the acknowledged rows; requests behind it were answered with an error, or never.
    let end: Int
  }

  private struct Open {
    let sequence: Int
    let id: String
    let idBytes: [UInt8]
    let name: String
    let file: DiskFile
    let since: Timestamp
    /// The dataset's key when the rows were taken: rows of another key are sealed separately.
    let key: [String]
    /// The end of the rows that are on disk.
    var end: Int
    /// The offset of the next frame.
    var next: Int
    var rows = 0
    /// The keys of its rows, in a dataset that has a key.
    var keys: Set<[UInt8]> = []
  }

  let sealer: LiveSealer
  var closed: [Closed] = []
  private var open: Open?
  private var nextSequence = 1
  /// The columns of the rows that wait.
  private var columns: Set<DataText> = []
  /// True when the dataset's folder is known to exist, durably.
  private var hasFolder = false
  private let dataset: DatasetName
  private let store: Store
  private let options: LiveOptions

  init(_ dataset: DatasetName, _ store: Store, _ options: LiveOptions) {
    self.dataset = dataset
    self.store = store
    self.options = options
    sealer = LiveSealer(dataset, store, options)
  }

  /// The number of rows that wait to be sealed.
  var waitingRows: Int { closed.reduce(open?.rows ?? 0) { $0 + $1.rows } }

  /// Returns true when the rows have waited long enough, or are enough.
  func isDue(at time: Timestamp) -> Bool {
    if !closed.isEmpty { return true }
    guard let open, open.rows > 0 else { return false }
    return open.rows >= options.sealRows
      || time.microseconds - open.since.microseconds >= Int64(options.sealSeconds) * 1_000_000
  }

  /// Recovers the segments of an earlier process.
  mutating func recover(_ answers: inout LiveAnswers) throws(StoreError) {
    let prefix = StoreLayout.livePrefix(dataset)
    let names = try store.home.liveObjects.list(prefix)
    for name in names {
      guard let sequence = StoreLayout.parseLiveName(name, dataset) else { continue }
      nextSequence = max(nextSequence, sequence + 1)
      guard name.hasSuffix(StoreLayout.liveKeysSuffix) else { continue }
      let keys = try sealer.readKeys(name, &answers)
      answers.keep(keys, from: sequence)
    }
    for name in names where name.hasSuffix(StoreLayout.liveLogSuffix) {
      guard let sequence = StoreLayout.parseLiveName(name, dataset) else { continue }
      guard let contents = try LiveSegment.read(name, on: store.home.live) else {
        // The process ended before the first row of it was acknowledged.
        try store.home.live.unlink(name)
        continue
      }
      if let torn = contents.tornEnd { store.warn("\(name) \(torn)") }
      // Kept nevertheless: a program older than marks may have written it.
      if contents.id.isEmpty { continue }
      let end = try sealer.publishedEnd(contents.id) ?? contents.end
      var rows = 0
      var text: [UInt8] = []
      for (offset, request) in contents.requests where offset < end {
        rows += request.rows
        text += request.text
        guard let key = request.idempotencyKey else { continue }
        answers.add(
          key,
          LiveDataset.Answer(
            digest: request.digest,
            receipt: LiveReceipt(id: "\(contents.id):\(offset)", rows: request.rows)))
      }
      columns.formUnion(try LiveSealer.columns(of: text))
      closed.append(
        Closed(sequence: sequence, id: contents.id, name: name, rows: rows, end: end))
    }
  }

  /// Closes the open segment.
  mutating func roll() {
    guard let open else { return }
    store.home.live.close(open.file)
    self.open = nil
    closed.append(
      Closed(
        sequence: open.sequence, id: open.id, name: open.name, rows: open.rows, end: open.end))
  }

  /// Writes requests and syncs them, in as few frames as their keys allow.
  /// - Returns: The outcome of each; requests that share a frame share its failure.
  mutating func append(
    _ batch: [LiveRows], parent: Schema?
  ) -> [Result<LiveReceipt, StoreError>] {
    var outcomes: [Result<LiveReceipt, StoreError>] = []
    var frame: [LiveRows] = []
    var frameKeys: Set<[UInt8]> = []
    let key = parent?.key ?? []
    if let open, open.key != key { roll() }
    if closed.isEmpty, open == nil { columns = [] }
    var known = columns.union((parent?.columns ?? []).map(\.name).textSet)
    for rows in batch {
      let all = known.union(rows.columns)
      guard all.count <= Schema.columnLimit else {
        outcomes += write(&frame, key)
        outcomes.append(.failure(Self.tooManyColumns(dataset)))
        continue
      }
      known = all
      columns.formUnion(rows.columns)
      // Rows of one key go to versions of their own, so that each of them is in one.
      if !rows.keys.isDisjoint(with: frameKeys) || !rows.keys.isDisjoint(with: open?.keys ?? []) {
        outcomes += write(&frame, key)
        frameKeys = []
        roll()
      }
      frame.append(rows)
      frameKeys.formUnion(rows.keys)
    }
    outcomes += write(&frame, key)
    if let open, open.end >= options.segmentBytes { roll() }
    return outcomes
  }

  private mutating func write(
    _ frame: inout [LiveRows], _ key: [String]
  ) -> [Result<LiveReceipt, StoreError>] {
    guard !frame.isEmpty else { return [] }
    defer { frame = [] }
    do throws(StoreError) {
      let id = try write(frame, key)
      return frame.map { .success(LiveReceipt(id: id, rows: $0.request.rows)) }
    } catch {
      // Nothing is assumed of a file that failed once: its acknowledged rows are sealed from it,
      // the next ones go to another.
      roll()
      return frame.map { _ in .failure(error) }
    }
  }

  /// Writes and syncs one frame; returns the id of its rows.
  private mutating func write(_ frame: [LiveRows], _ key: [String]) throws(StoreError) -> String {
    var segment: Open
    if let open { segment = open } else { segment = try begin(key) }
    let isNew = segment.end == 0
    let offset = segment.next
    let bytes = LiveFrame.encode(
      frame.map(\.request), hidden: frame.reduce(into: []) { $0.formUnion($1.hidden) },
      id: segment.idBytes, at: offset)
    do throws(StoreError) {
      try store.home.live.write(
        isNew ? LiveSegment.header(id: segment.id) + bytes : bytes, to: segment.file)
      try store.home.live.sync(segment.file)
      if isNew {
        try store.home.live.syncDirectory(String(StoreLayout.livePrefix(dataset).dropLast()))
      }
    } catch {
      if isNew {
        store.home.live.close(segment.file)
        do throws(StoreError) {
          try store.home.live.unlink(segment.name)
        } catch let failure {
          // It is sealed like any other by the next process, if the frame is whole.
          throw Self.uncertain(failure)
        }
        throw error
      }
      // The frame may be whole, and then the next process takes it for one that was answered.
      throw Self.uncertain(error)
    }
    segment.end = offset + bytes.count
    segment.rows += frame.reduce(0) { $0 + $1.request.rows }
    for rows in frame { segment.keys.formUnion(rows.keys) }
    open = segment
    mark()
    return "\(segment.id):\(offset)"
  }

  /// Marks the rows that were written last as being on disk.
  private mutating func mark() {
    guard var segment = open else { return }
    let bytes = LiveFrame.mark(id: segment.idBytes, at: segment.end)
    do throws(StoreError) {
      try store.home.live.write(bytes, to: segment.file)
      segment.next = segment.end + bytes.count
      open = segment
    } catch {
      // The rows are on disk, marked or not; the next ones go to another file.
      roll()
    }
  }

  private mutating func begin(_ key: [String]) throws(StoreError) -> Open {
    if !hasFolder {
      _ = try store.home.live.makeDirectory(String(StoreLayout.livePrefix(dataset).dropLast()))
      try store.home.live.syncDirectory(String(StoreLayout.live.dropLast()))
      hasFolder = true
    }
    let id = WriteID.make()
    while true {
      let sequence = nextSequence
      nextSequence += 1
      let name = StoreLayout.liveName(dataset, sequence)
      do throws(StoreError) {
        return Open(
          sequence: sequence, id: id, idBytes: Hex.decode(Array(id.utf8)) ?? [], name: name,
          file: try store.home.live.create(name), since: store.clock(), key: key, end: 0,
          next: LiveSegment.headerBytes)
      } catch  where error.kind == .conflict {
        // Something that is no file of ours has the name.
      }
    }
  }

  private static func uncertain(_ error: StoreError) -> StoreError {
    .uncertain(
      "the rows", because: error,
      advice: "send them again with the same Idempotency-Key, which keeps them once")
  }

  private static func tooManyColumns(_ dataset: DatasetName) -> StoreError {
    StoreError(
      .invalid,
      "with these rows \(dataset) would have more than \(Schema.columnLimit) columns, the most a "
        + "table may have; put varying keys into one nested object")
  }
}
