import Model

/// Integers stored in as few bytes as their range needs.
///
/// Layout: one byte holding the width (0...8) and, in its top bit, whether differences are stored;
/// the least value as eight bytes (for differences: the first value, then the least difference);
/// then the values less the least, one plane of bytes for each byte of the width, lowest first.
/// Planes keep bytes of like meaning together, which is what zstd's entropy coder wants.
enum NarrowIntegers {
  private static let differenceFlag: UInt8 = 0x80

  static func append(_ values: [Int64], to out: inout [UInt8]) {
    guard let first = values.first else { return }
    let (least, width) = range(of: values)
    if values.count > 8, width > 1 {
      var differences = values
      differences[0] = 0
      for index in 1..<values.count { differences[index] = values[index] &- values[index - 1] }
      let (leastDifference, differenceWidth) = range(of: differences)
      if differenceWidth < width {
        out.append(UInt8(differenceWidth) | differenceFlag)
        out.append(littleEndian: first)
        out.append(littleEndian: leastDifference)
        appendPlanes(differences, less: leastDifference, width: differenceWidth, to: &out)
        return
      }
    }
    out.append(UInt8(width))
    out.append(littleEndian: least)
    appendPlanes(values, less: least, width: width, to: &out)
  }

  static func read(_ count: Int, from reader: inout ByteReader) throws(StoreError) -> [Int64] {
    guard count > 0 else { return [] }
    let header = try reader.byte()
    let width = Int(header & ~differenceFlag)
    guard width <= 8 else { throw StoreError(.corrupt, "stored data is damaged (integer width)") }
    let isDifference = header & differenceFlag != 0
    let first = isDifference ? Int64(bitPattern: try reader.word()) : 0
    let least = Int64(bitPattern: try reader.word())
    var values = [Int64](repeating: least, count: count)
    for plane in 0..<width {
      let range = try reader.skip(count)
      let shift = Int64(plane * 8)
      let start = range.lowerBound
      let bytes = reader.bytes
      for index in 0..<count { values[index] &+= Int64(bytes[start + index]) << shift }
    }
    if isDifference {
      values[0] = first
      for index in 1..<count { values[index] &+= values[index - 1] }
    }
    return values
  }

  private static func range(of values: [Int64]) -> (least: Int64, width: Int) {
    var least = Int64.max
    var most = Int64.min
    for value in values {
      least = min(least, value)
      most = max(most, value)
    }
    let span = UInt64(bitPattern: most &- least)
    return (least, (64 - span.leadingZeroBitCount + 7) / 8)
  }

  private static func appendPlanes(
    _ values: [Int64], less least: Int64, width: Int, to out: inout [UInt8]
  ) {
    out.reserveCapacity(out.count + values.count * width)
    for plane in 0..<width {
      let shift = Int64(plane * 8)
      for value in values { out.append(UInt8(truncatingIfNeeded: (value &- least) >> shift)) }
    }
  }
}
