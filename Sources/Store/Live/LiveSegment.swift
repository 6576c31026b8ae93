import Model
import Objects

/// A file of rows that were taken one or a few at a time and are in no version yet.
///
/// A head, twice, so that one flipped bit does not take it: `ASSAYLV1` · id 16 · the first eight
/// bytes of the SHA-256 of these 24. Then frames (``LiveFrame``).
///
/// A frame is written only after the one before was synced, and a mark behind it once it was synced
/// itself; the mark is synced with the frame behind it. So a crash leaves torn at most the last
/// frame and the mark before it, and a whole frame behind anything else that is torn proves damage
/// (docs/format.md says which bytes a crash leaves).
struct LiveSegment: Sendable {
  static let headerBytes = 2 * headBytes
  private static let headBytes = 32
  private static let magic = Array("ASSAYLV1".utf8)

  /// The contents of a segment's file.
  struct Contents: Sendable {
    /// The random id, in hexadecimal digits; empty when both heads are damaged.
    let id: String
    /// The requests with the offsets of their frames.
    var requests: [(offset: Int, request: LiveRequest)] = []
    /// The attachments that cells of these must not be taken for.
    var hidden: Set<Digest> = []
    /// The end of the last whole frame with requests.
    var end: Int
    /// The number of bytes behind the last that could be read.
    var tailBytes = 0
    /// True when rows that were acknowledged are damaged, at `end`.
    var isDamaged = false
    /// The offset of a head or a mark that is damaged, which costs no row.
    var harmlessDamage: Int?

    /// The words for an end that is of no whole row; nil for a segment that is whole.
    var tornEnd: String? {
      if tailBytes == 0 || isDamaged { return nil }
      return id.isEmpty
        ? "has no head: its rows were acknowledged to nobody; remove it"
        : "ends with \(tailBytes) bytes of no whole row: they were acknowledged to nobody, or the "
          + "file was cut short"
    }

    /// Throws unless all acknowledged rows are sound.
    /// - Parameter strictly: True to count damage that costs no row, too.
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
      // A power cut may take the sector with the head and leave rows of the same write. The mark
      // behind them shows that they were on disk.
      return Contents(
        id: "", end: 0, tailBytes: bytes.count, isDamaged: LiveFrame.hasMark(bytes))
    }
    var contents = Contents(id: Hex.encode(id), end: headerBytes)
    contents.readFrames(bytes, id)
    if let head = ids.firstIndex(of: nil) { contents.harmlessDamage = head * headBytes }
    return contents
  }

  /// Returns true when a whole frame is anywhere behind `offset`.
  fileprivate static func hasFrame(_ bytes: [UInt8], after offset: Int, _ id: [UInt8]) -> Bool {
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
  /// Reads the frames that follow one another, and judges what is between and behind them.
  fileprivate mutating func readFrames(_ bytes: [UInt8], _ id: [UInt8]) {
    var next = end
    // True when the frame before `next` has rows, so that a mark belongs behind it.
    var isMarkDue = false
    // A mark that is not whole, before a frame that may have been under way with it.
    var lost: Int?
    while true {
      if let frame = LiveFrame.decode(bytes, at: next, id: id) {
        // Nothing is written behind a frame before that is on disk, and the mark before it.
        if let lost { harmlessDamage = lost }
        lost = nil
        for request in frame.requests { requests.append((next, request)) }
        hidden.formUnion(frame.hidden)
        isMarkDue = !frame.requests.isEmpty
        if isMarkDue { end = frame.end }
        next = frame.end
      } else if isMarkDue, let frame = rows(bytes, at: next + LiveFrame.markBytes, id) {
        lost = next
        for request in frame.requests { requests.append((next + LiveFrame.markBytes, request)) }
        hidden.formUnion(frame.hidden)
        end = frame.end
        next = frame.end
      } else {
        break
      }
    }
    if let lost, !LiveFrame.isTornMark(bytes, at: lost, id: id) { harmlessDamage = lost }
    isDamaged = LiveSegment.hasFrame(bytes, after: next, id)
    tailBytes = bytes.count - next
    guard isMarkDue else { return }
    if LiveFrame.isDamagedMark(bytes, at: next, id: id) { harmlessDamage = next }
    // Of a mark that was under way no row is missing.
    if tailBytes <= LiveFrame.markBytes, LiveFrame.isTornMark(bytes, at: next, id: id) {
      tailBytes = 0
    }
  }

  /// The frame at `offset`, when it has rows.
  private func rows(
    _ bytes: [UInt8], at offset: Int, _ id: [UInt8]
  ) -> (requests: [LiveRequest], hidden: [Digest], end: Int)? {
    guard offset < bytes.count, let frame = LiveFrame.decode(bytes, at: offset, id: id),
      !frame.requests.isEmpty
    else { return nil }
    return frame
  }
}
