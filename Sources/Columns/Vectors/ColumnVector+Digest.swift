package import Model

extension ColumnVector {
  /// The digest of the column's canonical encoding; docs/format.md, "Chunk digest", states its
  /// bytes.
  ///
  /// The encoding is Apache Arrow's plain layout behind a small header, whatever the layout in
  /// memory or on disk: a dictionary is written out, so equal cells have equal digests.
  package var digest: Digest {
    var hasher = DigestHasher()
    var header: [UInt8] = [type.tag, validity == nil ? 0 : 1]
    header.append(littleEndian: UInt32(count))
    if let form = type.vectorForm { header.append(littleEndian: UInt32(form.count)) }
    hasher.update(header)
    if let validity { hasher.update(validity.bytes) }
    if type.vectorForm != nil, !isAllNull {
      updateVectors(&hasher)
      return hasher.finalize()
    }
    switch values {
    case .none: break
    case .bool(let bits): hasher.update(bits.bytes)
    case .int64(let integers): unsafe integers.withUnsafeBytes { unsafe hasher.update($0) }
    case .float64(let floats, let integral):
      unsafe floats.withUnsafeBytes { unsafe hasher.update($0) }
      if let integral { hasher.update(integral.bytes) }
    case .text(let words): Self.update(&hasher, words)
    case .dictionary(let codes, let words):
      Self.update(&hasher, Self.plain(codes, words))
    }
    return hasher.finalize()
  }

  private static func update(_ hasher: inout DigestHasher, _ words: TextValues) {
    // The format is little-endian, as is every machine this runs on.
    unsafe words.offsets.withUnsafeBytes { unsafe hasher.update($0) }
    hasher.update(words.bytes)
  }

  /// Takes in the elements of all rows, zeros for those without a value.
  private func updateVectors(_ hasher: inout DigestHasher) {
    let zeros = [UInt8](repeating: 0, count: type.vectorForm?.byteCount ?? 0)
    for row in 0..<count {
      if hasValue(row), let text = values.text(row) {
        unsafe text.words.bytes[text.range].withUnsafeBytes { unsafe hasher.update($0) }
      } else {
        hasher.update(zeros)
      }
    }
  }

  private static func plain(_ codes: [UInt32], _ words: TextValues) -> TextValues {
    let total = codes.reduce(0) { $0 + words.range(Int($1)).count }
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(codes.count + 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    for code in codes {
      bytes.append(contentsOf: words.bytes[words.range(Int(code))])
      offsets.append(UInt32(bytes.count))
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }
}
