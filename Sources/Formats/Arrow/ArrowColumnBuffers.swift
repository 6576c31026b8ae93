import Columns
import Model

/// The Arrow buffers of a run of rows of one vector, sized before they are made.
struct ArrowColumnBuffers {
  private let vector: ColumnVector
  private let rows: Range<Int>
  private let validity: Bitmap?
  /// The number of rows without a value.
  let nullCount: Int
  /// The length of each buffer.
  let sizes: [Int]

  /// The buffers of `rows` of `vector`.
  init(_ vector: ColumnVector, _ rows: Range<Int>) {
    self.vector = vector
    self.rows = rows
    let bits = vector.validity?.slice(rows)
    nullCount = bits.map { rows.count - $0.setCount } ?? 0
    validity = nullCount == 0 ? nil : bits
    let bitBytes = (rows.count + 7) / 8
    let first = validity == nil ? 0 : bitBytes
    switch vector.type {
    case .bool: sizes = [first, bitBytes]
    case .int64, .float64, .timestamp: sizes = [first, rows.count * 8]
    case .string, .json, .file, .vector:
      sizes = [first, (rows.count + 1) * 4, vector.textBytes(rows)]
    }
  }

  /// Each buffer on its own, without padding.
  func bytes() -> [[UInt8]] {
    var padded: [UInt8] = []
    append(to: &padded)
    var start = 0
    return sizes.map { size in
      defer { start += (size + 63) / 64 * 64 }
      return Array(padded[start..<start + size])
    }
  }

  /// Appends the buffers, each filled up to a multiple of 64 bytes.
  func append(to out: inout [UInt8]) {
    out.append(contentsOf: validity?.bytes ?? [])
    out.appendPadding(sizes[0])
    switch vector.values {
    case .none:
      for size in sizes.dropFirst() {
        out.append(contentsOf: repeatElement(0, count: size))
        out.appendPadding(size)
      }
    case .bool(let bits):
      out.append(contentsOf: bits.slice(rows).bytes)
      out.appendPadding(sizes[1])
    case .int64(let integers): appendRaw(integers[rows], to: &out)
    case .float64(let floats, _): appendRaw(floats[rows], to: &out)
    case .text(let texts):
      let first = texts.offsets[rows.lowerBound]
      let places = texts.offsets[rows.lowerBound...rows.upperBound]
      if first == 0 {
        appendRaw(places, to: &out)
      } else {
        appendRaw(places.map { $0 - first }[...], to: &out)
      }
      out.append(contentsOf: texts.bytes[Int(first)..<Int(texts.offsets[rows.upperBound])])
      out.appendPadding(sizes[2])
    case .dictionary(let codes, let words): append(codes, words, to: &out)
    }
  }

  /// Appends what `codes` stand for.
  private func append(_ codes: [UInt32], _ words: TextValues, to out: inout [UInt8]) {
    var end: UInt32 = 0
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(rows.count + 1)
    for row in rows {
      // The text of a row without a value is left out, whatever its code.
      if vector.hasValue(row) { end += UInt32(words.range(Int(codes[row])).count) }
      offsets.append(end)
    }
    appendRaw(offsets[...], to: &out)
    out.reserveCapacity(out.count + Int(end) + 64)
    for row in rows where vector.hasValue(row) {
      out.append(contentsOf: words.bytes[words.range(Int(codes[row]))])
    }
    out.appendPadding(sizes[2])
  }

  /// Appends numbers as they are in memory, which is with the lowest byte first, and padding.
  private func appendRaw<Number: BitwiseCopyable>(
    _ numbers: ArraySlice<Number>, to out: inout [UInt8]
  ) {
    let size = numbers.count * MemoryLayout<Number>.stride
    unsafe numbers.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
    out.appendPadding(size)
  }
}

extension ColumnVector {
  /// The bytes of all texts at `rows`, dictionaries written out.
  func textBytes(_ rows: Range<Int>) -> Int {
    switch values {
    case .text(let texts): Int(texts.offsets[rows.upperBound] - texts.offsets[rows.lowerBound])
    case .dictionary(let codes, let words):
      rows.reduce(0) { hasValue($1) ? $0 + words.range(Int(codes[$1])).count : $0 }
    case .none, .bool, .int64, .float64: 0
    }
  }
}

extension Bitmap {
  /// The bits at `rows`.
  func slice(_ rows: Range<Int>) -> Bitmap {
    if rows == 0..<count { return self }
    var bits = Bitmap(count: rows.count)
    for row in rows where self[row] { bits[row - rows.lowerBound] = true }
    return bits
  }
}
