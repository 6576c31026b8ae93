import Model

/// One message of Arrow data: what it is, and how long the bytes that follow it are
/// (Message.fbs, `Message`).
struct ArrowMessage: Sendable {
  /// The content of a message.
  enum Content: Sendable {
    case schema(ArrowSchema)
    case dictionary(id: Int64, isDelta: Bool, ArrowBatchHeader)
    case batch(ArrowBatchHeader)
  }

  let content: Content
  let bodyCount: Int
  /// The floats that were written as integers: a text per column, by its metadata key.
  let integralMarks: [String: String]

  /// Reads the metadata of a message.
  init(_ bytes: [UInt8]) throws(StoreError) {
    let table = try FlatTable(root: bytes)
    // V4, V5
    guard (3...4).contains(try table.integer(0, default: Int16(0))) else {
      throw ArrowFault.unsupported("a version of its metadata other than 4 and 5")
    }
    let count = try table.integer(3, default: Int64(0))
    guard count >= 0 else { throw ArrowFault.damaged("the length of a message") }
    bodyCount = Int(count)
    let header = try table.requiredTable(2)
    switch try table.integer(1, default: UInt8(0)) {
    case 1: content = .schema(try ArrowSchema(header))
    case 2:
      content = .dictionary(
        id: try header.integer(0, default: 0),
        isDelta: try header.integer(2, default: UInt8(0)) != 0,
        try ArrowBatchHeader(try header.requiredTable(1)))
    case 3: content = .batch(try ArrowBatchHeader(header))
    default: throw ArrowFault.unsupported("a message that is not a table (a tensor)")
    }
    var marks: [String: String] = [:]
    for pair in try table.tables(4) {
      guard let key = try pair.text(0), key.hasPrefix(ArrowIntegralMarks.keyPrefix) else {
        continue
      }
      marks[key] = try pair.text(1)
    }
    integralMarks = marks
  }
}

/// The layout of a record batch's values in the bytes after its message (Message.fbs,
/// `RecordBatch`).
struct ArrowBatchHeader: Sendable {
  let rowCount: Int
  let nodes: [Int64]
  /// An offset and a length for each buffer.
  let buffers: [Int64]
  let viewCounts: [Int64]
  let compression: ArrowCompression?

  /// Reads the header of a record batch.
  init(_ table: FlatTable) throws(StoreError) {
    let count = try table.integer(0, default: Int64(0))
    guard count >= 0, count <= Int32.max else {
      throw ArrowFault.damaged("the number of rows of a record batch")
    }
    rowCount = Int(count)
    nodes = try table.words(1, wordsEach: 2)
    buffers = try table.words(2, wordsEach: 2)
    viewCounts = try table.words(4)
    guard let details = try table.table(3) else {
      compression = nil
      return
    }
    let codec = try details.integer(0, default: Int8(0))
    guard let known = ArrowCompression(rawValue: codec),
      try details.integer(1, default: Int8(0)) == 0
    else { throw ArrowFault.unsupported("a compression other than LZ4 and zstd") }
    compression = known
  }
}
