import Columns
import Model
import Platform

/// The messages of Arrow data in their order, from either of the formats
/// (https://arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess
/// Communication").
///
/// A stream is messages one after another: four bytes of ones (which old writers left out), the
/// length of the metadata, the metadata, the body. A file is `ARROW1`, a stream, and a footer that
/// says where the dictionaries and record batches are.
struct ArrowInput {
  static let magic = Array("ARROW1".utf8)
  private static let metadataLimit = 256 << 20

  let file: SeekableFile
  var schema: ArrowSchema
  /// The positions of the messages after the schema, when a footer lists them.
  private let places: [Int]?
  /// The position of the first message after the schema.
  private let start: Int
  private var next: Int

  /// Reads the schema of the Arrow data in `file`, of either format.
  init(_ file: SeekableFile) throws(StoreError) {
    self.file = file
    let head = try file.bytes(0..<min(8, file.count))
    if head.starts(with: Self.magic) {
      let footer = try Self.footer(file)
      schema = try ArrowSchema(try footer.requiredTable(1))
      var places: [Int] = []
      // A block is an offset, the length of the metadata and the length of the body.
      for field in 2...3 {
        let words = try footer.words(field, wordsEach: 3)
        for index in stride(from: 0, to: words.count, by: 3) {
          guard let place = Int(exactly: words[index]), place >= 0 else {
            throw ArrowFault.damaged("its footer")
          }
          places.append(place)
        }
      }
      self.places = places
      start = 0
      next = 0
      return
    }
    if head.starts(with: Array("FEA1".utf8)) {
      throw ArrowFault.unsupported("the first version of the Feather format")
    }
    guard head.count >= 4, let first = try Self.message(in: file, at: 0),
      case .schema(let schema) = first.message.content
    else {
      throw StoreError(
        .invalid,
        "the file is neither an Arrow file nor an Arrow stream: name its format, or check it")
    }
    self.schema = schema
    places = nil
    start = first.body.upperBound
    next = start
  }

  /// Goes back to the first message after the schema.
  mutating func restart() {
    next = start
    file.budget.restart()
  }

  /// The next message and where its body is; nil after the last.
  mutating func message() throws(StoreError) -> (message: ArrowMessage, body: Range<Int>)? {
    guard let found = try nextMessage() else { return nil }
    // A footer may name one message very often.
    try file.budget.take(found.body.count)
    return found
  }

  private mutating func nextMessage() throws(StoreError) -> (
    message: ArrowMessage, body: Range<Int>
  )? {
    guard let places else {
      guard let found = try Self.message(in: file, at: next) else { return nil }
      next = found.body.upperBound
      return found
    }
    guard next < places.count else { return nil }
    guard let found = try Self.message(in: file, at: places[next]) else {
      throw ArrowFault.damaged("its footer")
    }
    next += 1
    return found
  }

  private static func footer(_ file: SeekableFile) throws(StoreError) -> FlatTable {
    guard file.count >= 18 else { throw ArrowFault.damaged("its end is missing") }
    let tail = try file.bytes(file.count - 10..<file.count)
    guard Array(tail[4...]) == magic else { throw ArrowFault.damaged("its end is missing") }
    let count = (0..<4).reduce(0) { $0 | Int(tail[$1]) << ($1 * 8) }
    guard count <= file.count - 18 else { throw ArrowFault.damaged("its footer") }
    try requireMetadata(count)
    return try FlatTable(root: try file.bytes(file.count - 10 - count..<file.count - 10))
  }

  private static func message(
    in file: SeekableFile, at place: Int
  ) throws(StoreError) -> (message: ArrowMessage, body: Range<Int>)? {
    if place == file.count { return nil }
    guard place <= file.count - 4 else { throw cutOff }
    let head = try file.bytes(place..<min(place + 8, file.count))
    let words = stride(from: 0, to: head.count - 3, by: 4).map { start in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(head[start + $1]) << UInt32($1 * 8) }
    }
    let hasMarker = words[0] == .max
    guard !hasMarker || words.count > 1 else { throw cutOff }
    let count = Int(hasMarker ? words[1] : words[0])
    if count == 0 { return nil }
    let start = place + (hasMarker ? 8 : 4)
    guard count <= file.count - start else { throw cutOff }
    try requireMetadata(count)
    try file.budget.take(count)
    let message = try ArrowMessage(try file.bytes(start..<start + count))
    let body = start + count
    guard message.bodyCount <= file.count - body else { throw cutOff }
    return (message, body..<body + message.bodyCount)
  }

  private static func requireMetadata(_ count: Int) throws(StoreError) {
    guard count <= metadataLimit else {
      throw ArrowFault.beyond(
        "metadata of more than \(metadataLimit >> 20) MiB", "write fewer columns or batches")
    }
  }

  private static var cutOff: StoreError { ArrowFault.damaged("it is cut off") }
}

extension ArrowBatchHeader {
  /// The buffers of a batch whose body is `body`, decompressed on all cores.
  func buffers(
    of body: [UInt8], budget: InputBudget
  ) throws(StoreError) -> [ArrowBuffer] {
    var stored: [ArrowBuffer] = []
    for index in stride(from: 0, to: buffers.count, by: 2) {
      guard let start = Int(exactly: buffers[index]), let count = Int(exactly: buffers[index + 1]),
        start >= 0, count >= 0, start <= body.count, count <= body.count - start
      else { throw ArrowFault.damaged("a buffer outside of its record batch") }
      stored.append(ArrowBuffer(bytes: body, range: start..<start + count))
    }
    guard let compression else { return stored }
    let packed = stored
    return try parallelMap(count: packed.count) { index throws(StoreError) in
      try compression.decode(packed[index], budget: budget)
    }
  }

  /// The arrays of `fields` in a batch whose body is `body`.
  func arrays(
    _ fields: [ArrowField], body: [UInt8], budget: InputBudget, isDictionary: Bool = false
  ) throws(StoreError) -> [ArrowArray] {
    var builder = ArrowArrayBuilder(
      nodes: nodes, buffers: try buffers(of: body, budget: budget), viewCounts: viewCounts)
    let arrays = try builder.arrays(fields, count: rowCount, isDictionary: isDictionary)
    for array in arrays { try array.takeViews(from: budget) }
    return arrays
  }
}
