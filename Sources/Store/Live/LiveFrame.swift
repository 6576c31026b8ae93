import Columns
import Model

/// The rows of one request, in the form of a live segment.
struct LiveRequest: Sendable {
  /// The rows, an object per line.
  let text: [UInt8]
  let rows: Int
  /// The key by which a repeated request gets the first one's receipt.
  let idempotencyKey: String?

  /// The digest of the content, by which a key that was used for other rows is noticed.
  var digest: Digest { Digest(hashing: text) }

  func append(to out: inout [UInt8]) {
    let key = Array((idempotencyKey ?? "").utf8)
    out.append(varint: UInt64(key.count))
    out.append(contentsOf: key)
    out.append(varint: UInt64(rows))
    out.append(varint: UInt64(text.count))
    out.append(contentsOf: text)
  }
}

/// The requests that were written and synced together: the unit that a crash leaves whole or
/// absent.
///
/// `ROWS` · payload bytes u32 · checksum 8 · payload. The checksum is the first eight bytes of the
/// SHA-256 of the segment's id, the frame's offset (u64) and the payload, so that neither stale nor
/// shifted bytes pass. The payload is the number of requests (varint) and for each: key bytes
/// (varint), key, rows (varint), text bytes (varint), text. Behind them, when there are any: the
/// number (varint) and the digests of attachments that no cell of these rows is to be taken for.
///
/// A frame without requests is a *mark*: it is written behind rows once they are on disk, so that
/// damage to them is distinguished from a frame that a crash cut short.
enum LiveFrame {
  static let headBytes = 16
  /// The size of a mark, which no frame with requests has.
  static let markBytes = headBytes + 1
  private static let magic = Array("ROWS".utf8)
  /// The offset of the checksum, behind the magic and the length.
  private static let checksumOffset = 8
  /// The number of bytes that a disk writes as a whole.
  private static let sectorBytes = 512

  /// The bytes of a frame at `offset` of the segment `id`.
  ///
  /// - Parameter hidden: The attachments that no cell of the rows is to be taken for: the sender
  ///   does not see these.
  static func encode(
    _ requests: [LiveRequest], hidden: Set<Digest> = [], id: [UInt8], at offset: Int
  ) -> [UInt8] {
    var payload: [UInt8] = []
    payload.append(varint: UInt64(requests.count))
    for request in requests { request.append(to: &payload) }
    if !hidden.isEmpty {
      payload.append(varint: UInt64(hidden.count))
      for digest in hidden.sorted() { payload.append(contentsOf: digest.bytes) }
    }
    var out = magic
    for shift in stride(from: 0, to: 32, by: 8) {
      out.append(UInt8(truncatingIfNeeded: payload.count >> shift))
    }
    out.append(contentsOf: checksum(payload[...], id: id, at: offset))
    out.append(contentsOf: payload)
    return out
  }

  /// The mark that belongs behind the rows that end at `offset`.
  static func mark(id: [UInt8], at offset: Int) -> [UInt8] { encode([], id: id, at: offset) }

  /// Returns true when a crash may have left the bytes from `offset` to the end of the file in
  /// place of the mark that was written there: the first bytes of each disk sector, and zeros
  /// behind.
  static func isTornMark(_ bytes: [UInt8], at offset: Int, id: [UInt8]) -> Bool {
    let written = mark(id: id, at: offset)
    let end = min(bytes.count, offset + markBytes)
    var start = offset
    while start < end {
      let next = min(end, (start / sectorBytes + 1) * sectorBytes)
      let same = zip(bytes[start..<next], written[(start - offset)...]).prefix { $0 == $1 }.count
      if bytes[start + same..<next].contains(where: { $0 != 0 }) { return false }
      start = next
    }
    return true
  }

  /// Returns true when a mark is at `offset` that was changed by something other than a crash.
  ///
  /// It has most bytes of the expected mark, which distinguishes it from rows that programs without
  /// marks have written and a crash cut short.
  static func isDamagedMark(_ bytes: [UInt8], at offset: Int, id: [UInt8]) -> Bool {
    guard bytes.count >= offset + markBytes, !isTornMark(bytes, at: offset, id: id) else {
      return false
    }
    let written = mark(id: id, at: offset)
    let found = bytes[offset..<offset + markBytes]
    return found.prefix(checksumOffset).elementsEqual(written.prefix(checksumOffset))
      || found.dropFirst(checksumOffset).prefix(8)
        .elementsEqual(written.dropFirst(checksumOffset).prefix(8))
  }

  /// Returns true when the bytes have the form of a mark of any segment; JSON text does not, nor do
  /// the lengths before it.
  static func hasMark(_ bytes: [UInt8]) -> Bool {
    let head = magic + [1, 0, 0, 0]
    return bytes.indices.dropLast(markBytes - 1).contains { start in
      bytes[start] == head[0] && bytes[start..<start + head.count].elementsEqual(head)
        && bytes[start + markBytes - 1] == 0
    }
  }

  /// The requests of the frame at `offset` of a segment, the attachments that no cell of it is to
  /// be taken for, and where it ends; nil when no whole frame is there.
  static func decode(
    _ bytes: [UInt8], at offset: Int, id: [UInt8]
  ) -> (requests: [LiveRequest], hidden: [Digest], end: Int)? {
    guard bytes.count - offset >= headBytes,
      bytes[offset..<offset + 4].elementsEqual(magic)
    else { return nil }
    var length = 0
    for index in 0..<4 { length |= Int(bytes[offset + 4 + index]) << (8 * index) }
    let start = offset + headBytes
    guard length <= bytes.count - start else { return nil }
    let payload = bytes[start..<start + length]
    guard
      bytes[offset + 8..<start].elementsEqual(checksum(payload, id: id, at: offset)),
      let (requests, hidden) = contents(payload)
    else { return nil }
    return (requests, hidden, start + length)
  }

  private static func contents(
    _ payload: ArraySlice<UInt8>
  ) -> (requests: [LiveRequest], hidden: [Digest])? {
    var reader = Reader(bytes: payload)
    guard let count = reader.count(), count <= payload.count else { return nil }
    var requests: [LiveRequest] = []
    for _ in 0..<count {
      guard let key = reader.text(), let rows = reader.count(), let text = reader.text()
      else { return nil }
      let name = String(decoding: key, as: UTF8.self)
      requests.append(
        LiveRequest(text: Array(text), rows: rows, idempotencyKey: name.isEmpty ? nil : name))
    }
    if reader.bytes.isEmpty { return (requests, []) }
    guard let rest = reader.count(), rest > 0, !requests.isEmpty,
      rest <= reader.bytes.count, reader.bytes.count == 32 * rest
    else { return nil }
    let digests = Array(reader.bytes)
    return (
      requests,
      stride(from: 0, to: digests.count, by: 32).compactMap { Digest(digests, at: $0) }
    )
  }

  private struct Reader {
    var bytes: ArraySlice<UInt8>

    /// A varint below 2^56.
    mutating func count() -> Int? {
      var value = 0
      for shift in stride(from: 0, to: 56, by: 7) {
        guard let byte = bytes.popFirst() else { return nil }
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      return nil
    }

    mutating func text() -> ArraySlice<UInt8>? {
      guard let length = count(), length <= bytes.count else { return nil }
      let text = bytes.prefix(length)
      bytes = bytes.dropFirst(length)
      return text
    }
  }

  private static func checksum(
    _ payload: ArraySlice<UInt8>, id: [UInt8], at offset: Int
  ) -> [UInt8] {
    var hasher = DigestHasher()
    hasher.update(id)
    hasher.update((0..<8).map { UInt8(truncatingIfNeeded: offset >> ($0 * 8)) })
    hasher.update(Array(payload))
    return Array(hasher.finalize().bytes.prefix(8))
  }
}
