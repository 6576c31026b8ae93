package import Model

/// Bytes of an input, read once or again from the start.
package protocol ByteSource: AnyObject {
  /// The name of the input in messages: its path as the user wrote it, or `<stdin>`.
  var name: String { get }

  /// Appends at most `limit` bytes and returns how many; 0 at the end.
  /// - Throws: ``StoreError`` of kind `unavailable`, or `invalid` when compressed input is damaged.
  func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int

  /// Goes back to the first byte.
  func rewind() throws(StoreError)
}

/// Bytes that are in memory already.
package final class MemorySource: ByteSource {
  package let name: String
  private let bytes: [UInt8]
  private var position = 0

  /// A source that gives `bytes`.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  package func read(_ limit: Int, appendingTo target: inout [UInt8]) throws(StoreError) -> Int {
    let count = min(limit, bytes.count - position)
    target.append(contentsOf: bytes[position..<position + count])
    position += count
    return count
  }

  package func rewind() throws(StoreError) { position = 0 }
}
