import Model
import Objects

/// A file of rows that were taken one at a time and are in no version yet.
///
/// A head, twice, so that one flipped bit does not take it: `ASSAYLV1` · id 16 · the first eight
/// bytes of the SHA-256 of these 24. Then frames (``LiveFrame``).
///
/// A frame is written only after the one before was synced, so a crash can leave at most the last
/// one torn; what follows a torn frame and is whole tells damage.
struct LiveSegment: Sendable {
  static let headerBytes = 2 * headBytes
  private static let headBytes = 32
  private static let magic = Array("ASSAYLV1".utf8)

  /// What a segment's file holds.
  struct Contents: Sendable {
    /// The random id, in hexadecimal digits.
    let id: String
    /// The requests with the offsets of their frames.
    var requests: [(offset: Int, request: LiveRequest)] = []
    /// Where the last whole frame ends.
    var end: Int
    /// Whether whole frames follow one that is not: acknowledged rows were damaged.
    var isDamaged = false
  }

  /// The header of a segment with an id of 32 hexadecimal digits.
  static func header(id: String) -> [UInt8] {
    let head = magic + (Hex.decode(Array(id.utf8)) ?? [])
    let checked = head + Digest(hashing: head).bytes.prefix(8)
    return checked + checked
  }

  /// Reads a segment; nil when it has no whole header, and so nothing that was acknowledged.
  static func parse(_ bytes: [UInt8]) -> Contents? {
    guard bytes.count >= headerBytes, let id = id(bytes, at: 0) ?? id(bytes, at: headBytes)
    else { return nil }
    var contents = Contents(id: Hex.encode(id), end: headerBytes)
    while let frame = LiveFrame.decode(bytes, at: contents.end, id: id) {
      for request in frame.requests { contents.requests.append((contents.end, request)) }
      contents.end = frame.end
    }
    var next = contents.end + 1
    while next + LiveFrame.headBytes <= bytes.count {
      // No frame begins with another byte, which is cheaper to see than to decode.
      if bytes[next] == UInt8(ascii: "R"), LiveFrame.decode(bytes, at: next, id: id) != nil {
        contents.isDamaged = true
        break
      }
      next += 1
    }
    return contents
  }

  /// The id in the copy of the head at `offset`; nil when it is damaged.
  private static func id(_ bytes: [UInt8], at offset: Int) -> [UInt8]? {
    let id = Array(bytes[offset + 8..<offset + 24])
    return bytes[offset..<offset + headBytes].elementsEqual(
      header(id: Hex.encode(id)).prefix(headBytes)) ? id : nil
  }

  /// Reads the file of a segment.
  /// - Throws: ``StoreError`` of kind `corrupt` when rows that were acknowledged are damaged.
  static func read(_ name: String, on disk: any Disk) throws(StoreError) -> Contents? {
    let file = try disk.open(name)
    defer { disk.close(file) }
    let byteCount = try disk.status(of: name)?.byteCount ?? 0
    guard let contents = parse(try disk.read(file, at: 0, count: byteCount)) else { return nil }
    guard !contents.isDamaged else { throw damaged(name, at: contents.end) }
    return contents
  }

  static func damaged(_ name: String, at offset: Int) -> StoreError {
    StoreError(
      .corrupt,
      "\(name) is damaged at byte \(offset), before rows that are whole; restore the file from a "
        + "copy, or move it away to go on without its rows")
  }
}
