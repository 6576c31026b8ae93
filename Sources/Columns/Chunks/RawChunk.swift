package import Model

/// A chunk laid out for storing but not yet compressed.
///
/// A stored chunk is a head and a body, cut into zstd frames. The head holds everything but the
/// text bytes, the body those. The first frame holds the head and, when both fit into 96 KiB, the
/// body; otherwise the body follows in further frames, so that one row of a wide text column costs
/// one frame and not the chunk, and frames can be compressed by several workers: two frames for
/// less than 384 KiB, frames of 512 KiB up to 2 MiB, of 256 KiB beyond. Readers take any size.
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
package struct RawChunk: Sendable {
  /// A head and a body of no more bytes than this make one frame.
  private static let wholeBytes = 96 << 10
  private static let frameBytes = 256 << 10
  /// Bodies up to this size are cut finer, so that two cores share the work of a small commit.
  private static let smallBytes = 384 << 10
  /// Bodies up to this size are those of small commits: they can afford to be compressed well.
  private static let thoroughBytes = 2 << 20

  private var head: [UInt8] = []
  private var body: [UInt8] = []

  /// The chunk that holds `vector` whole.
  package init(_ vector: ColumnVector) {
    head.append(ChunkForm.whole.rawValue)
    body = appendColumn(vector)
  }

  /// A chunk stored as a script over a base and `newValues`, its new rows.
  package init(_ script: RowScript, newValues: ColumnVector) {
    precondition(script.newRows == newValues.count, "a script's new rows are its new values")
    head.append(ChunkForm.delta.rawValue)
    script.append(to: &head)
    body = appendColumn(newValues)
  }

  private var isOneFrame: Bool { head.count + body.count <= Self.wholeBytes }

  private var effort: Compressor.Effort {
    (Self.smallBytes...Self.thoroughBytes).contains(body.count) ? .thorough : .fast
  }

  private var bodyFrameBytes: Int {
    if body.count < Self.smallBytes { return max(Self.wholeBytes, (body.count + 1) / 2) }
    return effort == .thorough ? 2 * Self.frameBytes : Self.frameBytes
  }

  /// The number of frames of the chunk.
  package var frameCount: Int {
    isOneFrame ? 1 : 1 + (body.count + bodyFrameBytes - 1) / bodyFrameBytes
  }

  /// Compresses frame `index`.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package func frame(
    _ index: Int, _ compressor: borrowing Compressor
  ) throws(StoreError) -> Frame {
    if isOneFrame { return try compressor.frame(head + body) }
    if index == 0 { return try compressor.frame(head) }
    let start = (index - 1) * bodyFrameBytes
    return try compressor.frame(
      body, start..<min(body.count, start + bodyFrameBytes), effort)
  }

  /// Compresses all frames.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package func frames(_ compressor: borrowing Compressor) throws(StoreError) -> [Frame] {
    var frames: [Frame] = []
    for index in 0..<frameCount { frames.append(try frame(index, compressor)) }
    return frames
  }

  /// Appends the column to the head and returns its body.
  private mutating func appendColumn(_ vector: ColumnVector) -> [UInt8] {
    head.append(varint: UInt64(vector.count))
    head.append(vector.type.tag)
    if let form = vector.type.vectorForm { head.append(varint: UInt64(form.count)) }
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

/// The two forms of a stored chunk: whole, or a delta over another.
enum ChunkForm: UInt8 {
  case whole = 0
  case delta = 1
}

/// The layouts of a stored chunk's values.
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
