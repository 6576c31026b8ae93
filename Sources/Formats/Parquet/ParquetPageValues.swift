import Columns
import Model

/// The values of one page, handed out in the numbers requested.
struct ParquetPageValues: Sendable {
  private enum Source: Sendable {
    case plain
    /// So many values, first the lowest bytes of all.
    case split(Int)
    case codes(ParquetHybridDecoder)
    case bits(ParquetHybridDecoder)
    case integers([Int64])
    case texts(TextValues)
  }

  private let leaf: ParquetLeaf
  private let bytes: [UInt8]
  private let end: Int
  private var source: Source
  /// The position of the next plain value, in bytes; in bits for bools.
  private var position: Int
  /// The number of values handed out.
  private var taken = 0

  /// The values in `bytes[range]`, at most `most`.
  init(
    _ bytes: [UInt8], _ range: Range<Int>, encoding: ParquetEncoding, leaf: ParquetLeaf, most: Int
  ) throws(StoreError) {
    self.leaf = leaf
    self.bytes = bytes
    end = range.upperBound
    position = leaf.type == .boolean ? range.lowerBound * 8 : range.lowerBound
    var delta = ParquetDelta(bytes, range)
    switch (encoding, leaf.type) {
    case (.plain, _): source = .plain
    case (.plainDictionary, _), (.rleDictionary, _):
      let width = range.isEmpty ? 0 : bytes[range.lowerBound]
      let rest = range.isEmpty ? range : range.lowerBound + 1..<range.upperBound
      source = .codes(try ParquetHybridDecoder(bytes, rest, width: Int(width)))
    case (.rle, .boolean):
      guard range.count >= 4 else { throw Self.damage }
      source = .bits(
        try ParquetHybridDecoder(bytes, range.lowerBound + 4..<range.upperBound, width: 1))
    case (.deltaBinaryPacked, .int32):
      source = .integers(
        try delta.integers(most: most).map { Int64(Int32(truncatingIfNeeded: $0)) })
    case (.deltaBinaryPacked, .int64): source = .integers(try delta.integers(most: most))
    case (.deltaLengthByteArray, .byteArray): source = .texts(try delta.texts(most: most))
    case (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedBytes):
      source = .texts(try delta.prefixedTexts(most: most))
    case (.byteStreamSplit, .int32), (.byteStreamSplit, .int64), (.byteStreamSplit, .float),
      (.byteStreamSplit, .double), (.byteStreamSplit, .fixedBytes):
      let width = Self.width(leaf)
      guard range.count % width == 0 else { throw Self.damage }
      source = .split(range.count / width)
    case (.bitPacked, _), (.rle, _), (.deltaBinaryPacked, _), (.deltaLengthByteArray, _),
      (.deltaByteArray, _), (.byteStreamSplit, _):
      throw ParquetFault.damaged("an encoding that its column's type does not have")
    }
  }

  /// The bytes of values that were decoded at once, beside the page's own.
  var expandedBytes: Int {
    switch source {
    case .integers(let values): values.count * 8
    case .texts(let texts): texts.bytes.count + texts.count * 4
    case .plain, .split, .codes, .bits: 0
    }
  }

  /// Appends the next `count` values to `scalars`.
  mutating func read(
    _ count: Int, dictionary: ParquetScalars?, appendingTo scalars: inout ParquetScalars
  ) throws(StoreError) {
    guard count > 0 else { return }
    defer { taken += count }
    if case .codes(var decoder) = source {
      guard let dictionary else { throw ParquetFault.damaged("a dictionary is missing") }
      var numbers: [UInt32] = []
      numbers.reserveCapacity(count)
      try decoder.read(count, appendingTo: &numbers)
      source = .codes(decoder)
      try scalars.append(numbers, of: dictionary, type: leaf.type)
      return
    }
    try scalars.decodeTexts()
    switch source {
    case .plain: try readPlain(count, to: &scalars)
    case .split(let total): try readSplit(count, of: total, to: &scalars)
    case .bits(var decoder):
      var bits: [UInt32] = []
      try decoder.read(count, appendingTo: &bits)
      source = .bits(decoder)
      for bit in bits { scalars.bools.append(bit != 0) }
    case .integers(let values):
      guard count <= values.count - taken else { throw Self.damage }
      scalars.integers.append(contentsOf: values[taken..<taken + count])
    case .texts(let texts): try append(texts, count, to: &scalars)
    case .codes: break
    }
    scalars.added(count)
  }

  private func append(
    _ texts: TextValues, _ count: Int, to scalars: inout ParquetScalars
  ) throws(StoreError) {
    guard count <= texts.count - taken else { throw Self.damage }
    let (first, last) = (Int(texts.offsets[taken]), Int(texts.offsets[taken + count]))
    try scalars.checkRoom(last - first)
    let base = scalars.texts.bytes.count
    scalars.texts.bytes.append(contentsOf: texts.bytes[first..<last])
    for index in taken + 1...taken + count {
      if leaf.type == .fixedBytes, texts.range(index - 1).count != leaf.length {
        throw Self.damage
      }
      scalars.texts.offsets.append(UInt32(base + Int(texts.offsets[index]) - first))
    }
  }

  private mutating func readPlain(
    _ count: Int, to scalars: inout ParquetScalars
  ) throws(StoreError) {
    switch leaf.type {
    case .boolean:
      guard count <= end * 8 - position else { throw Self.damage }
      for bit in position..<position + count {
        scalars.bools.append(bytes[bit >> 3] >> UInt8(bit & 7) & 1 != 0)
      }
      position += count
    case .byteArray: try readTexts(count, to: &scalars)
    case .int32, .int64, .int96, .float, .double, .fixedBytes:
      let width = Self.width(leaf)
      guard count <= (end - position) / width else { throw Self.damage }
      let range = position..<position + count * width
      position = range.upperBound
      try Self.append(bytes[range], leaf.type, width, to: &scalars)
    }
  }

  /// Turns values that lie end to end into numbers or texts.
  private static func append(
    _ values: ArraySlice<UInt8>, _ type: ParquetPhysicalType, _ width: Int,
    to scalars: inout ParquetScalars
  ) throws(StoreError) {
    let count = values.count / width
    switch type {
    case .int32:
      unsafe values.withUnsafeBytes { source in
        for index in 0..<count {
          let value = unsafe source.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)
          scalars.integers.append(Int64(value))
        }
      }
    case .int64:
      unsafe values.withUnsafeBytes { source in
        for index in 0..<count {
          let value = unsafe source.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
          scalars.integers.append(value)
        }
      }
    case .float:
      unsafe values.withUnsafeBytes { source in
        for index in 0..<count {
          let value = unsafe source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
          scalars.floats.append(Double(Float(bitPattern: value)))
        }
      }
    case .double:
      unsafe values.withUnsafeBytes { source in
        for index in 0..<count {
          let value = unsafe source.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
          scalars.floats.append(Double(bitPattern: value))
        }
      }
    case .int96, .fixedBytes:
      try scalars.checkRoom(values.count)
      var end = scalars.texts.bytes.count
      scalars.texts.bytes.append(contentsOf: values)
      for _ in 0..<count {
        end += width
        scalars.texts.offsets.append(UInt32(end))
      }
    case .boolean, .byteArray: break
    }
  }

  private mutating func readTexts(
    _ count: Int, to scalars: inout ParquetScalars
  ) throws(StoreError) {
    let start = position
    guard count <= (end - start) / 4 else { throw Self.damage }
    let end = end
    // Lengths first, so that the bytes can be copied into storage of the right size.
    let stop: Int? = unsafe bytes.withUnsafeBytes { source in
      var at = start
      for _ in 0..<count {
        guard end - at >= 4 else { return nil }
        let length = Int(
          UInt32(littleEndian: unsafe source.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        guard length <= end - at - 4 else { return nil }
        at += 4 + length
      }
      return at
    }
    guard let stop else { throw Self.damage }
    let size = stop - start - count * 4
    try scalars.checkRoom(size)
    var offsets = scalars.texts.offsets
    scalars.texts.offsets = []
    let base = scalars.texts.bytes.count
    scalars.texts.bytes.append(addingCapacity: size) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { target, initialized in
        unsafe bytes.withUnsafeBytes { source in
          var (from, to) = (start, 0)
          for _ in 0..<count {
            let length = Int(
              UInt32(
                littleEndian: unsafe source.loadUnaligned(fromByteOffset: from, as: UInt32.self)))
            from += 4
            if let target = target.baseAddress, let source = source.baseAddress {
              unsafe UnsafeMutableRawPointer(target + to).copyMemory(
                from: source + from, byteCount: length)
            }
            from += length
            to += length
            offsets.append(UInt32(base + to))
          }
        }
        initialized += size
      }
    }
    scalars.texts.offsets = offsets
    position = stop
  }

  private func readSplit(
    _ count: Int, of total: Int, to scalars: inout ParquetScalars
  ) throws(StoreError) {
    guard count <= total - taken else { throw Self.damage }
    let width = Self.width(leaf)
    let start = end - total * width + taken
    var joined = [UInt8](repeating: 0, count: count * width)
    for plane in 0..<width {
      for index in 0..<count {
        joined[index * width + plane] = bytes[start + plane * total + index]
      }
    }
    try Self.append(joined[...], leaf.type, width, to: &scalars)
  }

  /// The bytes of a value of fixed size.
  private static func width(_ leaf: ParquetLeaf) -> Int {
    switch leaf.type {
    case .int32, .float: 4
    case .int64, .double: 8
    case .int96: 12
    case .fixedBytes: leaf.length
    case .boolean, .byteArray: 1
    }
  }

  private static var damage: StoreError {
    ParquetFault.damaged("a page has fewer values than it says")
  }
}
