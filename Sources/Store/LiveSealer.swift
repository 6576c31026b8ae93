import Catalog
import Columns
import Formats
import Model
import Objects

/// Makes versions of segments, each exactly once whatever crashes.
///
/// The version's idempotency key names the segment, so a segment that is still there after its
/// version was published makes no second one.
struct LiveSealer: Sendable {
  /// What sealing a segment did.
  struct Outcome {
    let rows: Int
    let version: Version?
    /// The idempotency keys of its requests.
    let keys: [String]
  }

  /// The version's attribute that tells how many bytes of which segment it has.
  static let attribute = "live"

  private let dataset: DatasetName
  private let store: Store
  private let options: LiveOptions

  init(_ dataset: DatasetName, _ store: Store, _ options: LiveOptions) {
    self.dataset = dataset
    self.store = store
    self.options = options
  }

  private static func idempotencyKey(_ id: String) -> String { "live:" + id }

  /// Up to which byte a segment is in a version already; nil when it is in none.
  func publishedEnd(_ id: String) throws(StoreError) -> Int? {
    _ = try store.catchUp(dataset)
    guard
      let record = try store.index.version(of: dataset, idempotencyKey: Self.idempotencyKey(id)),
      let text = try store.version(record).record.attributes[Self.attribute]
    else { return nil }
    return text.split(separator: ":").last.flatMap { Int($0) }
  }

  /// Publishes the rows of a segment, and keeps its idempotency keys in a file.
  ///
  /// A request whose key was answered for another place was repeated after a failure; its rows
  /// count where they were answered first.
  func seal(_ segment: LiveJournal.Closed, _ answers: LiveAnswers) throws(StoreError) -> Outcome {
    guard segment.rows > 0 else { return Outcome(rows: 0, version: nil, keys: []) }
    guard let contents = try LiveSegment.read(segment.name, on: store.disk),
      contents.end >= segment.end
    else { throw LiveSegment.damaged(segment.name, at: 0) }
    var text: [UInt8] = []
    var rows = 0
    var keys: [CanonicalJSON] = []
    var names: [String] = []
    for (offset, request) in contents.requests where offset < segment.end {
      let receipt = "\(contents.id):\(offset)"
      if let key = request.idempotencyKey {
        if let answer = answers[key], answer.receipt.id != receipt { continue }
        names.append(key)
        keys.append(
          .object([
            "digest": .string(request.digest.hex), "key": .string(key),
            "receipt": .string(receipt), "rows": .integer(Int64(request.rows)),
          ]))
      }
      text += request.text
      rows += request.rows
    }
    var version: Version?
    if rows > 0 { version = try publish(text, segment) }
    if !keys.isEmpty {
      let list = CanonicalJSON.array(keys)
      let file = CanonicalJSON.object([
        "digest": .string(Digest(hashing: list.bytes).hex), "keys": list,
      ])
      let name = StoreLayout.liveName(
        dataset, segment.sequence, suffix: StoreLayout.liveKeysSuffix)
      _ = try store.objects.putIfAbsent(name, [file.bytes])
    }
    return Outcome(rows: rows, version: version, keys: names)
  }

  /// Removes a segment that was sealed, and the keys of long ago.
  func forget(_ segment: LiveJournal.Closed, _ forgotten: [Int]) throws(StoreError) {
    for sequence in forgotten {
      _ = try store.objects.delete(
        StoreLayout.liveName(dataset, sequence, suffix: StoreLayout.liveKeysSuffix))
    }
    _ = try store.objects.delete(segment.name)
  }

  /// Reads the keys of a sealed segment into `answers`, and returns them.
  func readKeys(
    _ name: String, _ answers: inout LiveAnswers
  ) throws(StoreError) -> [String] {
    guard let members = CanonicalJSON(parsing: try store.objects.get(name))?.object,
      let list = members["keys"], let entries = list.array,
      members["digest"]?.string == Digest(hashing: list.bytes).hex
    else {
      throw StoreError(
        .corrupt, "\(name) is damaged; restore it from a copy, or remove it to go on without it")
    }
    var keys: [String] = []
    for entry in entries {
      guard let key = entry.object?["key"]?.string,
        let digest = (entry.object?["digest"]?.string).flatMap({ Digest(parsing: $0) }),
        let id = entry.object?["receipt"]?.string, let rows = entry.object?["rows"]?.integer
      else { continue }
      keys.append(key)
      answers.add(
        key,
        LiveDataset.Answer(digest: digest, receipt: LiveReceipt(id: id, rows: Int(rows))))
    }
    return keys
  }

  /// Pushes rows with types that fit, if need be `json`: a row that was acknowledged is saved
  /// whatever was pushed to the dataset meanwhile.
  private func publish(
    _ text: [UInt8], _ segment: LiveJournal.Closed
  ) throws(StoreError) -> Version {
    let latest = try store.catchUp(dataset)
    let schema = try latest.map { version throws(StoreError) in
      try store.snapshot(version).schema
    }
    var options = PushOptions()
    options.mode = schema?.key.isEmpty ?? true ? .append : .merge
    options.author = self.options.author
    options.idempotencyKey = Self.idempotencyKey(segment.id)
    options.attributes = [Self.attribute: "\(segment.id):\(segment.end)"]
    let present = try Self.columns(of: text)
    let shared = (schema?.columns ?? []).filter { present.contains($0.name) }
    let moments = shared.filter { $0.type == .timestamp }
    let all = shared.filter { $0.type != .file }
    var plans: [([String: ColumnType], [String]?)] = [
      (Self.types(moments, as: .timestamp), nil), ([:], nil), (Self.types(all, as: .json), nil),
      (Self.types(shared, as: .json), nil),
    ]
    // The key may have become one that these rows lack: then they follow, and the key is dropped.
    if options.mode == .merge { plans.append((Self.types(shared, as: .json), [])) }
    var refusal: StoreError?
    for (attempt, (types, key)) in plans.enumerated() {
      options.key = key
      // Attachments were there when the rows came; rows outlive them.
      options.checksFiles = attempt < 3
      if key != nil { options.mode = .append }
      do throws(StoreError) {
        let reader = try JSONReader(
          MemorySource(name: segment.name, bytes: text), layout: .lines,
          options: ReadOptions(types: types))
        return try store.push(dataset, reader, options).version
      } catch let error where error.kind == .invalid {
        refusal = error
      }
    }
    throw refusal ?? StoreError(.invalid, "the rows of \(segment.name) cannot be sealed")
  }

  private static func types(
    _ columns: [ColumnDefinition], as type: ColumnType
  ) -> [String: ColumnType] {
    Dictionary(columns.map { ($0.name, type) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names that rows have.
  static func columns(of text: [UInt8]) throws(StoreError) -> Set<String> {
    guard !text.isEmpty else { return [] }
    var reader = try JSONReader(MemorySource(name: "rows", bytes: text), layout: .lines)
    var names: Set<String> = []
    while let batch = try reader.next() { names.formUnion(batch.rows.columns.map(\.name)) }
    return names
  }
}
