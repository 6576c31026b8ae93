import Model
import Objects

/// A file of rows that were taken one at a time and are in no version yet.
///
/// A head, twice, so that one flipped bit does not take it: `ASSAYLV1` · id 16 · the first eight
/// bytes of the SHA-256 of these 24. Then frames (``LiveFrame``).
///
/// A frame is written only after the one before was synced, and a mark behind it once it was synced
/// itself, so a crash can leave at most the last one torn, without a mark; what follows a torn
/// frame and is whole tells damage. A mark is synced with the frame behind it: one that is lost
/// tells nothing.
struct LiveSegment: Sendable {
  static let headerBytes = 2 * headBytes
  private static let headBytes = 32
  private static let magic = Array("ASSAYLV1".utf8)

  /// What a segment's file holds.
  struct Contents: Sendable {
    /// The random id, in hexadecimal digits; empty when both heads are damaged.
    let id: String
    /// The requests with the offsets of their frames.
    var requests: [(offset: Int, request: LiveRequest)] = []
    /// Where the last whole frame with requests ends.
    var end: Int
    /// How many bytes are behind the last that could be read.
    var tailBytes = 0
    /// Whether rows that were acknowledged are damaged, at `end`.
    var isDamaged = false
    /// Where a head or a mark is that is not as it was written, which costs no row.
    var harmlessDamage: Int?

    /// Goes on when no row is damaged that was acknowledged.
    /// - Parameter strictly: whether damage counts that costs no row.
    /// - Throws: ``StoreError`` of kind `corrupt`.
    func requireSound(_ name: String, strictly: Bool = false) throws(StoreError) {
      guard !isDamaged else { throw LiveSegment.damaged(name, at: end) }
      guard strictly, let harmlessDamage else { return }
      throw StoreError(
        .corrupt,
        "\(name) is damaged at byte \(harmlessDamage), where no row is: start a server, which makes a "
          + "version of its rows")
    }
  }

  /// The header of a segment with an id of 32 hexadecimal digits.
  static func header(id: String) -> [UInt8] {
    let head = magic + (Hex.decode(Array(id.utf8)) ?? [])
    let checked = head + Digest(hashing: head).bytes.prefix(8)
    return checked + checked
  }

  /// Reads a segment; nil when a crash left it without a head, and so without anything that was
  /// acknowledged.
  static func parse(_ bytes: [UInt8]) -> Contents? {
    guard bytes.count > headerBytes, bytes[headerBytes...].contains(where: { $0 != 0 })
    else { return nil }
    let ids = [id(bytes, at: 0), id(bytes, at: headBytes)]
    guard let id = ids[0] ?? ids[1] else {
      return Contents(id: "", end: 0, tailBytes: bytes.count, isDamaged: true)
    }
    var contents = Contents(id: Hex.encode(id), end: headerBytes)
    let next = contents.readFrames(bytes, id)
    contents.tailBytes = bytes.count - next
    contents.isDamaged = hasFrame(bytes, after: next, id)
    if isDamagedMark(bytes[next...], id) { contents.harmlessDamage = next }
    if let head = ids.firstIndex(of: nil) { contents.harmlessDamage = head * headBytes }
    return contents
  }

  /// Whether a whole frame is anywhere behind `offset`.
  private static func hasFrame(_ bytes: [UInt8], after offset: Int, _ id: [UInt8]) -> Bool {
    var next = offset + 1
    while next + LiveFrame.headBytes <= bytes.count {
      // No frame begins with another byte, which is cheaper to see than to decode.
      if bytes[next] == UInt8(ascii: "R"), LiveFrame.decode(bytes, at: next, id: id) != nil {
        return true
      }
      next += 1
    }
    return false
  }

  /// Whether what ends a segment is as long as a mark and neither one nor one that a crash cut
  /// short, with zeros in the place of its end.
  private static func isDamagedMark(_ tail: ArraySlice<UInt8>, _ id: [UInt8]) -> Bool {
    guard tail.count == LiveFrame.markBytes else { return false }
    let mark = LiveFrame.mark(id: id, at: tail.startIndex)
    let written = zip(tail, mark).prefix { $0 == $1 }.count
    return tail.dropFirst(written).contains { $0 != 0 }
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
    let contents = parse(try disk.read(file, at: 0, count: byteCount))
    try contents?.requireSound(name)
    return contents
  }

  static func damaged(_ name: String, at offset: Int) -> StoreError {
    StoreError(
      .corrupt,
      "\(name) is damaged at byte \(offset), in rows that were acknowledged; restore the file from a "
        + "copy, or move it away to go on without its rows")
  }
}

extension LiveSegment.Contents {
  /// Reads the frames that follow one another, and answers with where they end.
  fileprivate mutating func readFrames(_ bytes: [UInt8], _ id: [UInt8]) -> Int {
    var next = end
    while true {
      if let frame = LiveFrame.decode(bytes, at: next, id: id) {
        for request in frame.requests { requests.append((next, request)) }
        if !frame.requests.isEmpty { end = frame.end }
        next = frame.end
      } else if LiveFrame.decode(bytes, at: next + LiveFrame.markBytes, id: id) != nil {
        // Too short for rows: a mark that a power cut took, or that is damaged.
        harmlessDamage = next
        next += LiveFrame.markBytes
      } else {
        return next
      }
    }
  }
}
