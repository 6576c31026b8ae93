package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  /// The most bytes that one request has of an attachment: what is lost when it breaks.
  package static var filePartBytes: Int { 8 << 20 }

  package func putFile(
    name: String, expecting expected: Digest?,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> (file: FileDocument, isNew: Bool) {
    // Whole in memory, so that it can be sent again: what is large comes in parts.
    var bytes: [UInt8] = []
    while bytes.count <= Self.filePartBytes {
      let piece = try read()
      if piece.isEmpty { break }
      bytes += piece
    }
    guard bytes.count <= Self.filePartBytes else {
      throw StoreError(.exhausted, "the file is too large for one request; send it in parts")
    }
    var request = HTTPRequest(.put, Self.resource(expected ?? Digest(hashing: bytes), name: name))
    request.body = .bytes(bytes)
    let answer = try send(request)
    return (try decode(FileDocument.self, from: answer), answer.head.status == 201)
  }

  package func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, name: String,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> FilePartDocument {
    var sent = offset
    var pending: [UInt8] = []
    while true {
      while pending.count < Self.filePartBytes {
        let piece = try read()
        if piece.isEmpty { break }
        pending += piece
      }
      let bytes = Array(pending.prefix(Self.filePartBytes))
      pending.removeFirst(bytes.count)
      guard !bytes.isEmpty || sent == total else { return .partial(byteCount: sent) }
      let part = try putPart(digest, bytes, at: sent, of: total, name: name)
      guard case .partial(let byteCount) = part, byteCount == sent + bytes.count else {
        return part
      }
      sent = byteCount
    }
  }

  private func putPart(
    _ digest: Digest, _ bytes: [UInt8], at offset: Int, of total: Int, name: String
  ) throws(StoreError) -> FilePartDocument {
    var request = HTTPRequest(.put, Self.resource(digest, name: name))
    let range = bytes.isEmpty ? "*" : "\(offset)-\(offset + bytes.count - 1)"
    request.add("Content-Range", "bytes \(range)/\(total)")
    request.body = .bytes(bytes)
    let answer = try answer(to: request)
    // The answer to an attempt before this one was lost, or another client sends the same file.
    if answer.head.status == 409, let there = answer.head["Upload-Offset"].flatMap({ Int($0) }),
      there > offset
    {
      return .partial(byteCount: there)
    }
    try require(answer)
    guard answer.head.status == 202 else {
      return .whole(try decode(FileDocument.self, from: answer), isNew: answer.head.status == 201)
    }
    return .partial(byteCount: try field("Upload-Offset", of: answer.head) { Int($0) })
  }

  package func uploadedBytes(of digest: Digest) throws(StoreError) -> Int? {
    let answer = try answer(to: HTTPRequest(.head, Self.resource(digest, name: "")))
    guard answer.head.status == 404 else {
      try require(answer)
      return nil
    }
    return answer.head["Upload-Offset"].flatMap { Int($0) }
  }

  package func file(_ digest: Digest, name: String) throws(StoreError) -> FileDocument {
    let answer = try answer(to: HTTPRequest(.head, Self.resource(digest, name: name)))
    // An answer without a body says no more than its status.
    guard answer.head.status != 404 else {
      throw StoreError(
        .missing, "there is no file \(digest); put it into the store, or restore it from a copy")
    }
    try require(answer)
    return FileDocument(
      digest: digest, mediaType: try field("Content-Type", of: answer.head) { $0 },
      size: try field("Content-Length", of: answer.head) { Int($0) })
  }

  package func fileBytes(
    _ digest: Digest, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    guard count > 0 else { return [] }
    var request = HTTPRequest(.get, Self.resource(digest, name: ""))
    request.add("Range", "bytes=\(offset)-\(offset + count - 1)")
    return try bytes(request, at: offset, count: count)
  }

  /// The bytes that a request for a range of them is answered with; none beyond the end.
  func bytes(
    _ request: HTTPRequest, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    let answer = try answer(to: request)
    // There is nothing from there on.
    if answer.head.status == 416 { return [] }
    try require(answer)
    guard answer.head.status == 206, answer.head.rangeStart == offset, answer.body.count <= count
    else {
      throw StoreError(.unavailable, "the server sent other bytes than it was asked for: try again")
    }
    return answer.body
  }

  private static func resource(_ digest: Digest, name: String) -> Resource {
    var resource = Resource("v1", "files", digest.description)
    resource.add("name", name.isEmpty ? nil : name)
    return resource
  }
}
