package import Model

/// The bytes of a stored chunk with the sizes of its frames.
package struct StoredChunk: Sendable {
  /// The frames, back to back.
  package let bytes: [UInt8]
  package let frames: [FrameSize]

  /// A chunk as it was read from a pack.
  package init(bytes: [UInt8], frames: [FrameSize]) {
    self.bytes = bytes
    self.frames = frames
  }

  /// A chunk as the encoder made it.
  package init(_ frames: [Frame]) {
    bytes = frames.flatMap(\.bytes)
    self.frames = frames.map(\.size)
  }
}

/// A decoded chunk: its values, and the script over its base when it is a delta.
package struct DecodedChunk: Sendable {
  package let script: RowScript?
  /// The chunk's values, or the new rows of a delta.
  package let values: ColumnVector
}

/// Reads stored chunks (``RawChunk`` states the layout); owned by one worker at a time.
///
/// Every frame carries a checksum and every length is checked, so damage is an error and never a
/// wrong value.
package struct ChunkDecoder: ~Copyable {
  private let decompressor: Decompressor

  /// A decoder with its own decompressor.
  package init() throws(StoreError) {
    decompressor = try Decompressor()
  }

  /// Decompresses a single frame; for manifests and records.
  package func bytes(of chunk: StoredChunk) throws(StoreError) -> [UInt8] {
    guard chunk.frames.count == 1, Int(chunk.frames[0].storedBytes) == chunk.bytes.count else {
      throw StoreError(.corrupt, "stored data is damaged (a manifest of several frames)")
    }
    return try decompressor.bytes(of: chunk.bytes, rawCount: Int(chunk.frames[0].rawBytes))
  }

  /// Reads a chunk.
  package func decode(_ chunk: StoredChunk) throws(StoreError) -> DecodedChunk {
    var (reader, script) = try head(of: chunk)
    let shape = try ChunkShape(from: &reader)
    let values = try self.values(shape, &reader, chunk)
    if let script, script.newRows != shape.count {
      throw StoreError(.corrupt, "stored data is damaged (a delta's rows)")
    }
    return DecodedChunk(script: script, values: values)
  }

  /// Reads only the script of a delta; nil for a chunk stored whole.
  package func script(of chunk: StoredChunk) throws(StoreError) -> RowScript? {
    try head(of: chunk).script
  }

  private func head(
    of chunk: StoredChunk
  ) throws(StoreError) -> (reader: ByteReader, script: RowScript?) {
    guard let first = chunk.frames.first,
      chunk.frames.reduce(0, { $0 + Int($1.storedBytes) }) == chunk.bytes.count
    else { throw StoreError(.corrupt, "stored data is damaged (frame sizes)") }
    let frame =
      chunk.frames.count == 1 ? chunk.bytes : Array(chunk.bytes[0..<Int(first.storedBytes)])
    var reader = ByteReader(try decompressor.bytes(of: frame, rawCount: Int(first.rawBytes)))
    switch ChunkForm(rawValue: try reader.byte()) {
    case .whole: return (reader, nil)
    case .delta:
      let script = try RowScript(from: &reader)
      return (reader, script)
    case nil: throw StoreError(.corrupt, "stored data is damaged (an unknown chunk form)")
    }
  }

  private func values(
    _ shape: ChunkShape, _ reader: inout ByteReader, _ chunk: StoredChunk
  ) throws(StoreError) -> ColumnVector {
    let count = shape.count
    let values: ColumnVector.Values
    switch shape.layout {
    case .none: values = .none
    case .bool: values = .bool(try reader.bitmap(count))
    case .integers: values = .int64(try NarrowIntegers.read(count, from: &reader))
    case .decimals:
      let exponent = Int(try reader.byte())
      guard exponent <= DecimalFloats.exponentLimit else {
        throw StoreError(.corrupt, "stored data is damaged (an exponent)")
      }
      let integers = try NarrowIntegers.read(count, from: &reader)
      let integral = try reader.byte() == 1 ? try reader.bitmap(count) : nil
      values = .float64(DecimalFloats.floats(integers, exponent: exponent), integral: integral)
    case .floats:
      let floats = try Self.floats(count, from: &reader)
      let integral = try reader.byte() == 1 ? try reader.bitmap(count) : nil
      values = .float64(floats, integral: integral)
    case .text:
      let bodyBytes = try reader.varint()
      let offsets = try Self.offsets(count, bodyBytes, from: &reader)
      let body = try self.body(bodyBytes, reader, chunk)
      values = .text(TextValues(offsets: offsets, bytes: body))
    case .dictionary:
      let bodyBytes = try reader.varint()
      let words = try reader.varint()
      let offsets = try Self.offsets(words, bodyBytes, from: &reader)
      let codes = try Self.codes(count, words: words, from: &reader)
      let body = try self.body(bodyBytes, reader, chunk)
      values = .dictionary(codes: codes, words: TextValues(offsets: offsets, bytes: body))
    }
    try shape.check(values)
    return ColumnVector(type: shape.type, count: count, validity: shape.validity, values: values)
  }

  /// The text bytes: the rest of the first frame, or all further frames.
  private func body(
    _ count: Int, _ reader: ByteReader, _ chunk: StoredChunk
  ) throws(StoreError) -> [UInt8] {
    if chunk.frames.count == 1 {
      guard reader.bytes.count - reader.position == count else { throw Self.damagedBody }
      return Array(reader.bytes[reader.position...])
    }
    guard chunk.frames.dropFirst().reduce(0, { $0 + Int($1.rawBytes) }) == count,
      reader.position == reader.bytes.count
    else { throw Self.damagedBody }
    var failure: StoreError?
    let body = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      unsafe chunk.bytes.withUnsafeBytes { source in
        var from = Int(chunk.frames[0].storedBytes)
        var to = 0
        for frame in chunk.frames.dropFirst() {
          do throws(StoreError) {
            unsafe try decompressor.decompress(
              UnsafeRawBufferPointer(rebasing: source[from..<from + Int(frame.storedBytes)]),
              into: UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: target[to..<to + Int(frame.rawBytes)])))
          } catch {
            failure = error
            return
          }
          from += Int(frame.storedBytes)
          to += Int(frame.rawBytes)
        }
        initialized = count
      }
    }
    if let failure { throw failure }
    return body
  }

  private static func offsets(
    _ count: Int, _ bodyBytes: Int, from reader: inout ByteReader
  ) throws(StoreError) -> [UInt32] {
    let lengths = try NarrowIntegers.read(count, from: &reader)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    var end: Int64 = 0
    for length in lengths {
      guard length >= 0, length <= Int64(bodyBytes) - end else { throw damagedBody }
      end += length
      offsets.append(UInt32(end))
    }
    guard end == Int64(bodyBytes) else { throw damagedBody }
    return offsets
  }

  private static func codes(
    _ count: Int, words: Int, from reader: inout ByteReader
  ) throws(StoreError) -> [UInt32] {
    let integers = try NarrowIntegers.read(count, from: &reader)
    var codes: [UInt32] = []
    codes.reserveCapacity(count)
    for integer in integers {
      guard integer >= 0, integer < Int64(words) else {
        throw StoreError(.corrupt, "stored data is damaged (a dictionary code)")
      }
      codes.append(UInt32(integer))
    }
    return codes
  }

  private static func floats(
    _ count: Int, from reader: inout ByteReader
  ) throws(StoreError) -> [Double] {
    var patterns = [UInt64](repeating: 0, count: count)
    for plane in 0..<8 {
      let start = try reader.skip(count).lowerBound
      let bytes = reader.bytes
      for index in 0..<count {
        patterns[index] |= UInt64(bytes[start + index]) << UInt64(plane * 8)
      }
    }
    return patterns.map { Double(bitPattern: $0) }
  }

  private static var damagedBody: StoreError {
    StoreError(.corrupt, "stored data is damaged (text lengths)")
  }
}

/// The fixed part of a chunk's head.
private struct ChunkShape {
  let count: Int
  let type: ColumnType
  let layout: ChunkLayout
  let validity: Bitmap?

  /// More rows than any row group has; a count beyond it is damage and not worth allocating for.
  private static let rowLimit = 1 << 24

  init(from reader: inout ByteReader) throws(StoreError) {
    count = try reader.varint()
    let tag = try reader.byte()
    let elements = ColumnType.isVector(tag: tag) ? try reader.varint() : nil
    guard count <= Self.rowLimit, let type = ColumnType(tag: tag, count: elements),
      let layout = ChunkLayout(rawValue: try reader.byte())
    else { throw StoreError(.corrupt, "stored data is damaged (a chunk's head)") }
    self.type = type
    self.layout = layout
    validity = try reader.byte() == 1 ? try reader.bitmap(count) : nil
  }

  /// A layout that holds another type's values is damage.
  func check(_ values: ColumnVector.Values) throws(StoreError) {
    let isExpected =
      switch (values, type) {
      case (.text, .vector(let form)), (.dictionary, .vector(let form)):
        (0..<count).allSatisfy { row in
          validity?[row] == false || values.text(row)?.range.count == form.byteCount
        }
      case (.none, _), (.bool, .bool), (.int64, .int64), (.int64, .timestamp),
        (.float64, .float64), (.text, .string), (.text, .json), (.text, .file),
        (.dictionary, .string), (.dictionary, .json), (.dictionary, .file):
        true
      default: false
      }
    guard isExpected else { throw StoreError(.corrupt, "stored data is damaged (a layout)") }
  }
}
