import Catalog
import Columns
import Formats
import Model
import Objects

/// A maker of versions from segments, each exactly once whatever crashes.
///
/// The version's idempotency key names the segment, so a segment that is still there after its
/// version was published makes no second one.
struct LiveSealer: Sendable {
  /// The outcome of sealing a segment.
  struct Outcome {
    let rows: Int
    let version: Version?
    /// The idempotency keys of its requests.
    let keys: [String]
    /// The error of writing these to a file of their own: then they are only in the segment, which
    /// has to stay.
    var keysFailure: StoreError?
    /// The reason for which the rows stay where they are; nil when they are in a version.
    var waiting: LiveWait?
    /// The notes about the version.
    var notes: [String] = []
  }

  /// The version's attribute that names the segment and the number of its bytes in the version.
  static let attribute = "live"

  private let dataset: DatasetName
  private let store: Store
  private let options: LiveOptions

  init(_ dataset: DatasetName, _ store: Store, _ options: LiveOptions) {
    self.dataset = dataset
    self.store = store
    self.options = options
  }

  private static let keyPrefix = "live:"

  private static func idempotencyKey(_ id: String) -> String { keyPrefix + id }

  /// Throws when a push has a key or the attribute of sealed segments: its version would be taken
  /// for that of rows that wait.
  static func requireFree(_ options: PushOptions) throws(StoreError) {
    guard !options.isSealing else { return }
    if options.idempotencyKey?.utf8.starts(with: keyPrefix.utf8) == true {
      throw StoreError(
        .usage,
        "an idempotency key that begins with '\(keyPrefix)' is one of live rows; use another")
    }
    if options.attributes[attribute] != nil {
      throw StoreError(
        .usage, "the attribute '\(attribute)' is that of live rows; name yours otherwise")
    }
  }

  /// The byte up to which a segment is in a version already; nil when it is in none.
  func publishedEnd(_ id: String) throws(StoreError) -> Int? {
    let version = try store.version(of: dataset, idempotencyKey: Self.idempotencyKey(id))
    guard let text = version?.record.attributes[Self.attribute] else { return nil }
    return text.split(separator: ":").last.flatMap { Int($0) }
  }

  /// Publishes the rows of a segment, and saves its idempotency keys in a file.
  ///
  /// A request whose key was answered for another place was repeated after a failure; its rows
  /// count where they were answered first.
  func seal(_ segment: LiveJournal.Closed, _ answers: LiveAnswers) throws(StoreError) -> Outcome {
    guard segment.rows > 0 else { return Outcome(rows: 0, version: nil, keys: []) }
    guard let contents = try LiveSegment.read(segment.name, on: store.home.live),
      contents.end >= segment.end
    else { throw LiveSegment.damaged(segment.name, at: 0) }
    var text: [UInt8] = []
    var rows = 0
    var keys = LiveKeys()
    for (offset, request) in contents.requests where offset < segment.end {
      let receipt = "\(contents.id):\(offset)"
      if let key = request.idempotencyKey {
        if let answer = answers[key], answer.receipt.id != receipt { continue }
        keys.answers.append(
          (
            key,
            LiveDataset.Answer(
              digest: request.digest, receipt: LiveReceipt(id: receipt, rows: request.rows))
          ))
      }
      text += request.text
      rows += request.rows
    }
    var version: Version?
    var notes: [String] = []
    if rows > 0 {
      switch try publish(text, segment, hiding: contents.hidden) {
      case .success(let published):
        version = published.version
        notes = published.notes.map(ReadRemarks.ofRows)
      case .failure(let error):
        let wait = LiveWait(file: segment.name, rows: rows, error: error)
        return Outcome(rows: 0, version: nil, keys: [], waiting: wait)
      }
    }
    var outcome = Outcome(rows: rows, version: version, keys: keys.answers.map(\.key), notes: notes)
    if !keys.answers.isEmpty {
      let name = StoreLayout.liveName(
        dataset, segment.sequence, suffix: StoreLayout.liveKeysSuffix)
      do throws(StoreError) {
        _ = try store.home.liveObjects.putIfAbsent(name, [keys.bytes])
      } catch {
        outcome.keysFailure = error
      }
    }
    return outcome
  }

  /// Passes on a failure after the rows were sealed.
  func warn(_ text: String) { store.warn(text) }

  /// Removes a segment that was sealed, and the oldest keys.
  func forget(_ segment: LiveJournal.Closed, _ forgotten: [Int]) throws(StoreError) {
    let log = String(StoreLayout.logPrefix(dataset).dropLast())
    // The version may be visible without its name being durable. There is none of a segment whose
    // requests all count in other segments.
    if try store.home.live.status(of: log) != nil { try store.home.live.syncDirectory(log) }
    for sequence in forgotten {
      _ = try store.home.liveObjects.delete(
        StoreLayout.liveName(dataset, sequence, suffix: StoreLayout.liveKeysSuffix))
    }
    _ = try store.home.liveObjects.delete(segment.name)
  }

  /// Reads the keys of a sealed segment into `answers`, and returns them.
  func readKeys(
    _ name: String, _ answers: inout LiveAnswers
  ) throws(StoreError) -> [String] {
    let keys = try LiveKeys(parsing: try store.home.liveObjects.get(name), name)
    for (key, answer) in keys.answers { answers.add(key, answer) }
    return keys.answers.map(\.key)
  }

  /// Pushes rows, each column with a type that holds them: a row that was acknowledged is saved
  /// whatever type was pushed meanwhile.
  /// - Returns: The result of the push; a failure when a key or a kind was pushed in between that
  ///   the rows do not fit: they wait, since a dataset without its key would be another, and one
  ///   whose kind is checked takes no rows that were not.
  private func publish(
    _ text: [UInt8], _ segment: LiveJournal.Closed, hiding hidden: Set<Digest>
  ) throws(StoreError) -> Result<PushResult, StoreError> {
    let latest = try store.catchUp(dataset)
    try requireOwnKey(segment)
    if let kind = latest?.record.kind, !kind.takesAnyRows {
      return .failure(waiting(segment, in: kind))
    }
    let snapshot = try latest.map { version throws(StoreError) in try store.snapshot(version) }
    let key = snapshot?.schema.key ?? []
    var options = PushOptions()
    options.mode = key.isEmpty ? .append : .merge
    options.author = self.options.author
    options.idempotencyKey = Self.idempotencyKey(segment.id)
    options.attributes = [Self.attribute: "\(segment.id):\(segment.end)"]
    options.isSealing = true
    options.hiddenFiles = hidden
    do throws(StoreError) {
      let reader = try Self.reader(segment.name, text)
      let pushed = try store.push(dataset, reader, options)
      pushed.warnings.forEach(store.warn)
      for note in pushed.notes.map(ReadRemarks.ofRows) {
        store.warn("\(pushed.version.reference), live rows: \(note)")
      }
      return .success(pushed)
    } catch  where error.kind == .invalid && !key.isEmpty {
      return .failure(
        StoreError(
          .conflict,
          "\(segment.rows) rows of \(segment.name) wait, and are kept: they do not fit the key "
            + "'\(NameList.text(key))' that \(dataset) was given after they were taken "
            + "(\(error.message)); push it with a key that fits them, or move the file away to give "
            + "them up"))
    }
  }

  /// The reason for which rows wait that were taken before their dataset got its kind.
  private func waiting(_ segment: LiveJournal.Closed, in kind: DatasetKind) -> StoreError {
    StoreError(
      .conflict,
      "\(segment.rows) rows of \(segment.name) wait, and are kept: \(dataset) became one of kind "
        + "\(kind.rawValue) after they were taken, and takes none that were not checked; move the "
        + "file away to give them up, or, while nothing takes rows, into the folder of another "
        + "dataset beside it, to save them there")
  }

  /// Throws where a push of an older program has the key of a segment: its rows would be taken for
  /// saved.
  private func requireOwnKey(_ segment: LiveJournal.Closed) throws(StoreError) {
    let key = Self.idempotencyKey(segment.id)
    guard let version = try store.version(of: dataset, idempotencyKey: key) else { return }
    let sealed = version.record.attributes[Self.attribute] ?? ""
    guard !sealed.utf8.starts(with: "\(segment.id):".utf8) else { return }
    throw StoreError(
      .conflict,
      "\(version.reference) has the idempotency key of \(segment.name) and not its rows, which are "
        + "kept in that file; push them by hand, and then remove it")
  }

  /// A reader that parses the rows of a segment once, however often a push passes over them.
  private static func reader(_ name: String, _ text: [UInt8]) throws(StoreError) -> JSONReader {
    // One byte more than there are, so that the end is found with the first block.
    try JSONReader(
      MemorySource(name: name, bytes: text), layout: .lines, blockBytes: text.count + 1)
  }

  /// The names of the rows' columns, read a batch at a time: together the rows could be very many.
  static func columns(of text: [UInt8]) throws(StoreError) -> Set<DataText> {
    guard !text.isEmpty else { return [] }
    var reader = try Self.reader("rows", text)
    var names: Set<DataText> = []
    while let batch = try reader.next() { names.formUnion(batch.rows.columns.map(\.name).textSet) }
    return names
  }
}
