package import Model

/// One zstd frame of a stored chunk.
package struct StoredFrame: Sendable {
  package let bytes: [UInt8]
  /// How many bytes it holds when decompressed.
  package let rawCount: Int

  /// A frame that decompresses to `rawCount` bytes.
  package init(bytes: [UInt8], rawCount: Int) {
    self.bytes = bytes
    self.rawCount = rawCount
  }
}

/// Turns columns into stored chunks; owned by one worker at a time.
///
/// A stored chunk is a head and a body, cut into zstd frames. The head holds everything but the text
/// bytes, the body those. The first frame holds the head and, when both fit in one frame, the body;
/// otherwise the body follows in frames of 256 KiB, so that one row of a wide text column costs one
/// frame and not the chunk.
///
///     head  form u8 (0 whole, 1 delta) · script, when a delta (RowScript)
///           rows varint · type u8 · layout u8 · hasValidity u8 · validity bytes
///           none        nothing more
///           bool        bitmap
///           integers    NarrowIntegers
///           decimals    exponent u8 · NarrowIntegers · hasIntegral u8 · bitmap
///           floats      8 planes of bytes · hasIntegral u8 · bitmap
///           text        bodyBytes varint · lengths (NarrowIntegers)
///           dictionary  bodyBytes varint · words varint · word lengths · codes (NarrowIntegers)
package struct ChunkEncoder: ~Copyable {
  /// How many body bytes go into one frame.
  package static let frameBytes = 256 << 10

  private let compressor: Compressor
  private var head: [UInt8] = []

  /// An encoder with its own compressor.
  package init() throws(StoreError) {
    compressor = try Compressor()
  }

  /// The frames of the chunk that holds `vector` whole.
  package mutating func encode(_ vector: ColumnVector) throws(StoreError) -> [StoredFrame] {
    head.removeAll(keepingCapacity: true)
    head.append(ChunkForm.whole.rawValue)
    return try frames(body: appendColumn(vector))
  }

  /// The frames of a chunk stored as a script over a base and `newValues`, its new rows.
  package mutating func encode(
    _ script: RowScript, newValues: ColumnVector
  ) throws(StoreError) -> [StoredFrame] {
    precondition(script.newRows == newValues.count, "a script's new rows are its new values")
    head.removeAll(keepingCapacity: true)
    head.append(ChunkForm.delta.rawValue)
    script.append(to: &head)
    return try frames(body: appendColumn(newValues))
  }

  /// One frame that holds `bytes`; for manifests and records.
  package func encode(_ bytes: [UInt8]) throws(StoreError) -> StoredFrame {
    try frame(bytes, 0..<bytes.count)
  }

  private func frames(body: [UInt8]) throws(StoreError) -> [StoredFrame] {
    if head.count + body.count <= Self.frameBytes {
      let whole = body.isEmpty ? head : head + body
      return [try frame(whole, 0..<whole.count)]
    }
    var frames = [try frame(head, 0..<head.count)]
    for start in stride(from: 0, to: body.count, by: Self.frameBytes) {
      frames.append(try frame(body, start..<min(body.count, start + Self.frameBytes)))
    }
    return frames
  }

  private func frame(_ bytes: [UInt8], _ range: Range<Int>) throws(StoreError) -> StoredFrame {
    var failure: StoreError?
    var compressed: [UInt8] = []
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(StoreError) {
        compressed = unsafe try compressor.frame(UnsafeRawBufferPointer(rebasing: buffer[range]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return StoredFrame(bytes: compressed, rawCount: range.count)
  }

  /// Appends the column to the head and returns its body.
  private mutating func appendColumn(_ vector: ColumnVector) -> [UInt8] {
    head.append(varint: UInt64(vector.count))
    head.append(vector.type.tag)
    let layoutOffset = head.count
    head.append(0)
    if let validity = vector.validity, !vector.isAllNull {
      head.append(1)
      head.append(contentsOf: validity.bytes)
    } else {
      head.append(0)
    }
    let (layout, body) = appendValues(vector)
    head[layoutOffset] = layout.rawValue
    return body
  }

  private mutating func appendValues(_ vector: ColumnVector) -> (ChunkLayout, [UInt8]) {
    if vector.isAllNull { return (.none, []) }
    switch vector.values {
    case .none: return (.none, [])
    case .bool(let bits):
      head.append(contentsOf: bits.bytes)
      return (.bool, [])
    case .int64(let integers):
      NarrowIntegers.append(integers, to: &head)
      return (.integers, [])
    case .float64(let floats, let integral): return (appendFloats(floats, integral), [])
    case .text, .dictionary:
      guard let text = TextView(vector.values) else { return (.none, []) }
      return appendText(text, count: vector.count)
    }
  }

  private mutating func appendFloats(_ floats: [Double], _ integral: Bitmap?) -> ChunkLayout {
    let layout: ChunkLayout
    if let (exponent, integers) = DecimalFloats.integers(floats) {
      head.append(UInt8(exponent))
      NarrowIntegers.append(integers, to: &head)
      layout = .decimals
    } else {
      for plane in 0..<8 {
        for value in floats {
          head.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(plane * 8)))
        }
      }
      layout = .floats
    }
    head.append(integral == nil ? 0 : 1)
    if let integral { head.append(contentsOf: integral.bytes) }
    return layout
  }

  private mutating func appendText(_ text: TextView, count: Int) -> (ChunkLayout, [UInt8]) {
    if let (codes, words) = TextDictionary.build(text, count: count) {
      head.append(varint: UInt64(words.bytes.count))
      head.append(varint: UInt64(words.count))
      NarrowIntegers.append(words.lengths, to: &head)
      NarrowIntegers.append(codes.map { Int64($0) }, to: &head)
      return (.dictionary, words.bytes)
    }
    var words = text.words
    if let codes = text.codes {
      words = TextValues()
      for code in codes { words.append(text.words.bytes[text.words.range(Int(code))]) }
    }
    head.append(varint: UInt64(words.bytes.count))
    NarrowIntegers.append(words.lengths, to: &head)
    return (.text, words.bytes)
  }
}

/// Whether a chunk is stored whole or as a delta.
enum ChunkForm: UInt8 {
  case whole = 0
  case delta = 1
}

/// How a stored chunk lays its values out.
enum ChunkLayout: UInt8 {
  case none = 0
  case bool = 1
  case integers = 2
  case decimals = 3
  case floats = 4
  case text = 5
  case dictionary = 6
}

extension TextValues {
  var lengths: [Int64] {
    var lengths: [Int64] = []
    lengths.reserveCapacity(count)
    for index in 0..<count { lengths.append(Int64(offsets[index + 1] &- offsets[index])) }
    return lengths
  }
}
