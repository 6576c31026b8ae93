import Columns
import Model

/// A run of bytes of a record batch; every access is checked against its length.
struct ArrowBuffer: Sendable {
  let bytes: [UInt8]
  let range: Range<Int>

  var count: Int { range.count }

  /// The numbers at `rows`, as the lowest byte first lays them out.
  /// - Throws: ``StoreError`` of kind `invalid` when the buffer is too short.
  func values<Number: BitwiseCopyable>(
    _ type: Number.Type, _ rows: Range<Int>
  ) throws(StoreError) -> [Number] {
    let size = MemoryLayout<Number>.stride
    guard rows.lowerBound >= 0, rows.upperBound <= count / size else { throw Self.damage }
    return unsafe [Number](unsafeUninitializedCapacity: rows.count) { target, filled in
      unsafe bytes.withUnsafeBytes { source in
        let from = range.lowerBound + rows.lowerBound * size
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[from..<from + rows.count * size]))
      }
      filled = rows.count
    }
  }

  /// The bits at `rows`.
  /// - Throws: ``StoreError`` of kind `invalid` when the buffer is too short.
  func bits(_ rows: Range<Int>) throws(StoreError) -> Bitmap {
    guard rows.lowerBound >= 0, rows.upperBound <= count * 8 else { throw Self.damage }
    let size = (rows.count + 7) / 8
    let first = range.lowerBound + rows.lowerBound / 8
    let shift = UInt8(rows.lowerBound % 8)
    var copied = Array(bytes[first..<first + size])
    if shift > 0 {
      for index in 0..<size {
        // The byte after the last one that is needed may be beyond the buffer.
        let next = first + index + 1 < range.upperBound ? bytes[first + index + 1] : 0
        copied[index] = copied[index] >> shift | next << (8 - shift)
      }
    }
    if rows.count % 8 != 0 { copied[size - 1] &= UInt8(1 << (rows.count % 8)) - 1 }
    guard let bitmap = Bitmap(bytes: copied, count: rows.count) else { throw Self.damage }
    return bitmap
  }

  /// The bytes at `places`.
  /// - Throws: ``StoreError`` of kind `invalid` when the buffer is too short.
  func slice(_ places: Range<Int>) throws(StoreError) -> ArraySlice<UInt8> {
    guard places.lowerBound >= 0, places.upperBound <= count else { throw Self.damage }
    return bytes[range.lowerBound + places.lowerBound..<range.lowerBound + places.upperBound]
  }

  private static var damage: StoreError {
    ArrowFault.damaged("a buffer is shorter than its values")
  }
}
