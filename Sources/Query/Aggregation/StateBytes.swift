/// Writes arrays of plain values one after another, each with its length before it.
struct StateWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Element: BitwiseCopyable>(_ values: [Element]) {
    put(values.count)
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func put(_ number: Int) {
    unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
  }
}

/// A reader of bytes that a ``StateWriter`` wrote on the same machine.
///
/// Every call returns nil at the end, and where the bytes are anything else.
struct StateReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// True when everything was read.
  var isAtEnd: Bool { position == bytes.count }

  mutating func number() -> Int? {
    guard let numbers: [Int] = take(1) else { return nil }
    return numbers[0]
  }

  /// The next array; `count` is what it has to have.
  mutating func values<Element: BitwiseCopyable>(
    _ type: Element.Type = Element.self, count: Int? = nil
  ) -> [Element]? {
    guard let length = number(), count ?? length == length else { return nil }
    return take(length)
  }

  private mutating func take<Element: BitwiseCopyable>(_ count: Int) -> [Element]? {
    let stride = MemoryLayout<Element>.stride
    guard count >= 0, count <= (bytes.count - position) / stride else { return nil }
    let range = position..<position + count * stride
    position = range.upperBound
    return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[range]))
      }
      initialized = count
    }
  }
}
