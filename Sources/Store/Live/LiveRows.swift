import Columns
import Formats
import Model

/// The rows of one request, checked to be fit for sealing whatever else is appended.
struct LiveRows: Sendable {
  let request: LiveRequest
  /// The columns that have a name in some row.
  let columns: Set<DataText>
  /// The attachments that the sender does not see, and that cells which are not files now could
  /// name.
  let hidden: Set<Digest>
  /// The identities of the rows' keys, when the dataset has a key.
  let keys: Set<[UInt8]>

  /// The most times that rows may be larger in memory than in the bytes of their request.
  private static let layoutFactor = 16

  /// The rules that a request is checked by.
  struct Rules {
    /// The schema of the dataset's latest version.
    let parent: Schema?
    /// The most bytes of text.
    let limit: Int
    let sees: FileAccess?
    /// The column that has to have a text in every row.
    var required: String?
  }

  /// Reads and checks the rows of JSON text.
  /// - Throws: ``StoreError``: `invalid` for anything that could not be sealed, with its line.
  init(
    _ source: any ByteSource, _ layout: JSONReader.Layout, idempotencyKey: String?, _ rules: Rules,
    _ store: Store
  ) throws(StoreError) {
    let reader = try JSONReader(
      LimitedSource(source, limit: rules.limit), layout: layout,
      options: Self.options(for: rules.parent))
    try self.init(reader, idempotencyKey: idempotencyKey, rules, store)
  }

  /// Checks rows that have their columns already.
  /// - Throws: ``StoreError``: `invalid` for anything that could not be sealed, with its row.
  init(
    _ rows: RowBatch, idempotencyKey: String?, _ rules: Rules, _ store: Store
  ) throws(StoreError) {
    try self.init(BatchReader(rows), idempotencyKey: idempotencyKey, rules, store)
    guard request.text.count <= rules.limit else { throw LimitedSource.tooLong(rules.limit) }
  }

  private init(
    _ rows: any RowReader, idempotencyKey: String?, _ rules: Rules, _ store: Store
  ) throws(StoreError) {
    let parent = rules.parent
    // An object of two bytes may have thousands of columns that others brought.
    let laidOut = LimitedReader(
      rows, limitBytes: rules.limit * Self.layoutFactor, name: "the request")
    var reader = FileCheckedReader(laidOut, parent: parent, store: store, sees: rules.sees)
    var text: [UInt8] = []
    var rows = 0
    var columns: Set<DataText> = []
    var hidden: Set<Digest> = []
    var keys: Set<[UInt8]> = []
    while let batch = try reader.next() {
      hidden.formUnion(try reader.hiddenFiles(in: batch))
      columns.formUnion(batch.rows.columns.map(\.name).textSet)
      if let parent, !parent.key.isEmpty { try Self.add(batch, parent, to: &keys) }
      if let required = rules.required { try Self.requireTexts(required, in: batch) }
      var writer = JSONWriter(columns: batch.rows.columns, style: .lines)
      writer.append(batch.rows, rows: 0..<batch.rows.count, to: &text)
      writer.finish(to: &text)
      rows += batch.rows.count
    }
    try reader.remarks.requireExactKeys(parent?.key ?? [])
    guard !columns.isEmpty else {
      throw StoreError(.invalid, "the rows have no values; give each at least one")
    }
    request = LiveRequest(text: text, rows: rows, idempotencyKey: idempotencyKey)
    self.columns = columns
    self.hidden = hidden
    self.keys = keys
  }

  /// Columns that the dataset has as `json` take numbers that no other type holds.
  ///
  /// Nothing else of the dataset is looked at: the same request has the same text, and digest,
  /// whatever was saved meanwhile.
  private static func options(for parent: Schema?) -> ReadOptions {
    var options = ReadOptions()
    for column in parent?.columns ?? [] where column.type == .json {
      options.types[column.name] = .json
    }
    options.allowsMissing = true
    return options
  }

  private static func requireTexts(
    _ name: String, in batch: InputBatch
  ) throws(StoreError) {
    let vector = batch.rows.columns.position(of: name).map { batch.rows.vectors[$0] }
    for row in 0..<batch.rows.count {
      if let vector, vector.hasValue(row), let text = vector.values.text(row) {
        let bytes = text.words.bytes[text.range]
        // In a column of any values, a text is in quotes.
        let isText = vector.type == .json ? bytes.first == UInt8(ascii: "\"") : true
        if isText, bytes.count > (vector.type == .json ? 2 : 0) { continue }
      }
      throw StoreError(
        .invalid, "the row has no text in '\(name)', which names what it is about",
        at: StoreError.Location(line: Int(batch.lines[row])))
    }
  }

  /// Adds the keys of rows; a row without a key, with a repeated one, or with one that the
  /// dataset's type does not take, could not be merged.
  private static func add(
    _ batch: InputBatch, _ schema: Schema, to keys: inout Set<[UInt8]>
  ) throws(StoreError) {
    var vectors: [ColumnVector] = []
    for name in schema.key {
      let position = batch.rows.columns.position(of: name)
      let vector = position.map { batch.rows.vectors[$0] }
      if let row = (0..<batch.rows.count).first(where: { vector?.hasValue($0) != true }) {
        throw StoreError(
          .invalid, "the row has no value in the key column '\(name)'",
          at: StoreError.Location(line: Int(batch.lines[row])))
      }
      guard let vector, let own = schema.index(of: name) else { continue }
      vectors.append(
        try ExpectedTypesReader.keyValues(vector, of: schema.columns[own], batch.lines))
    }
    let identities = KeyIdentities(columns: vectors, count: batch.rows.count)
    for row in 0..<batch.rows.count {
      guard keys.insert(Array(identities[row])).inserted else {
        throw StoreError(
          .invalid, "the request has two rows of the same key; send one, or two requests",
          at: StoreError.Location(line: Int(batch.lines[row])))
      }
    }
  }
}

/// The rows of a batch, as if they were read.
private struct BatchReader: RowReader {
  private let batch: InputBatch
  private var isTaken = false

  /// The rows of a batch, without the columns that have no value.
  init(_ rows: RowBatch) {
    let filled = rows.vectors.indices.filter { !rows.vectors[$0].isAllNull }
    batch = InputBatch(
      rows: RowBatch(
        columns: filled.map { rows.columns[$0] }, vectors: filled.map { rows.vectors[$0] },
        count: rows.count),
      lines: (0..<rows.count).map { UInt32($0 + 1) })
  }

  /// The degree to which the text that is kept of them declares types.
  var typing: FileTyping { .some }

  mutating func next() throws(StoreError) -> InputBatch? {
    defer { isTaken = true }
    return isTaken || batch.rows.count == 0 ? nil : batch
  }

  mutating func restart() throws(StoreError) { isTaken = false }
}

/// A source that refuses to give more bytes than a request may bring.
private final class LimitedSource: ByteSource {
  private let source: any ByteSource
  private let limit: Int
  private var byteCount = 0

  init(_ source: any ByteSource, limit: Int) {
    self.source = source
    self.limit = limit
  }

  var name: String { source.name }

  func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int {
    let count = try source.read(limit, appendingTo: &bytes)
    byteCount += count
    guard byteCount <= self.limit else { throw Self.tooLong(self.limit) }
    return count
  }

  static func tooLong(_ limit: Int) -> StoreError {
    .requestLimit(
      "a request may bring at most \(limit) bytes of rows; send several, or push a file"
    )
  }

  func rewind() throws(StoreError) {
    byteCount = 0
    try source.rewind()
  }
}
