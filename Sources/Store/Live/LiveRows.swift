import Columns
import Formats
import Model

/// Rows of one request, found fit to be sealed whatever else is appended.
struct LiveRows: Sendable {
  let request: LiveRequest
  /// The columns that have a name in some row.
  let columns: Set<DataText>
  /// The attachments that whoever sent the rows does not see, and that cells of theirs which are no
  /// files now could name.
  let hidden: Set<Digest>
  /// The identities of the rows' keys, when the dataset has a key.
  let keys: Set<[UInt8]>

  /// How many times larger than their bytes the rows of a request may be in memory.
  private static let layoutFactor = 16

  /// Reads and checks rows.
  /// - Throws: ``StoreError``: `invalid` for anything that could not be sealed, with its line.
  init(
    _ source: any ByteSource, _ layout: JSONReader.Layout, idempotencyKey: String?,
    parent: Schema?, limit: Int, sees: FileSight?, _ store: Store
  ) throws(StoreError) {
    // An object of two bytes may have thousands of columns that others brought.
    let laidOut = LimitedReader(
      try JSONReader(
        LimitedSource(source, limit: limit), layout: layout, options: Self.options(for: parent)),
      limitBytes: limit * Self.layoutFactor, name: "the request")
    var reader = FileCheckedReader(laidOut, parent: parent, store: store, sees: sees)
    var text: [UInt8] = []
    var rows = 0
    var columns: Set<DataText> = []
    var hidden: Set<Digest> = []
    var keys: Set<[UInt8]> = []
    while let batch = try reader.next() {
      hidden.formUnion(try reader.hiddenFiles(in: batch))
      columns.formUnion(batch.rows.columns.map(\.name).textSet)
      if let parent, !parent.key.isEmpty { try Self.add(batch, parent, to: &keys) }
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

  /// The keys of rows; a row without one, with that of another or with one that the dataset's type
  /// does not take, could not be merged.
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
    guard byteCount <= self.limit else {
      throw StoreError(
        .exhausted,
        "a request may bring at most \(self.limit) bytes of rows; send several, or push a file")
    }
    return count
  }

  func rewind() throws(StoreError) {
    byteCount = 0
    try source.rewind()
  }
}
