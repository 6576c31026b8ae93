import Foundation
import Model
import Testing
package import Wire

/// What any service must do about attachments, whichever side of a network its store is on.
///
/// Each case wants an empty store.
package struct FileServiceContract: Sendable {
  /// One thing that every service must do.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    /// Checks a service, whose store is empty.
    package let check: @Sendable (any StoreService) throws -> Void
  }

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  /// Bytes that nobody could have made up.
  private static func bytes(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// Gives bytes in pieces.
  private static func reading(
    _ bytes: [UInt8], from start: Int = 0
  ) -> () throws(StoreError) -> [UInt8] {
    var offset = start
    return { () throws(StoreError) in
      let piece = Array(bytes[offset..<min(offset + 300_000, bytes.count)])
      offset += piece.count
      return piece
    }
  }

  private static func put(
    _ bytes: [UInt8], to service: any StoreService, name: String = ""
  ) throws -> (document: FileDocument, isNew: Bool)? {
    let part = try service.putFilePart(
      Digest(hashing: bytes), at: 0, of: bytes.count, name: name, read: reading(bytes))
    guard case .whole(let document, let isNew) = part else {
      Issue.record("\(part)")
      return nil
    }
    return (document, isNew)
  }

  private static func kind(_ body: () throws -> Void) -> StoreError.Kind? {
    let error = #expect(throws: StoreError.self) { try body() }
    #expect(error?.message.isEmpty == false)
    return error?.kind
  }

  /// All cases.
  package static let cases = [
    Case(description: "bytes come back by their digest, in any range") { service in
      for count in [0, 1, 1000, 1 << 20, (9 << 20) + 17] {
        let bytes = bytes(count)
        let digest = Digest(hashing: bytes)
        let first = try #require(try put(bytes, to: service))
        #expect(first.isNew && first.document.digest == digest && first.document.size == count)
        #expect(try put(bytes, to: service)?.isNew == false)
        #expect(try service.file(digest, name: "") == first.document)
        #expect(try service.fileBytes(digest, at: 0, count: count + 1) == bytes)
        let middle = try service.fileBytes(digest, at: count / 2, count: 10)
        #expect(middle == Array(bytes[(count / 2)...].prefix(10)))
        #expect(try service.fileBytes(digest, at: count, count: 1) == [])
      }
    },
    Case(description: "small bytes are put at once, checked against what was expected") { service in
      let digest = Digest(hashing: png)
      let put = try service.putFile(name: "", expecting: digest, read: reading(png))
      #expect(put.isNew && put.file.mediaType == "image/png")
      #expect(try !service.putFile(name: "", expecting: nil, read: reading(png)).isNew)
      let other = Digest(hashing: [1])
      #expect(
        kind { _ = try service.putFile(name: "", expecting: other, read: reading(png)) } == .invalid
      )
      #expect(kind { _ = try service.file(other, name: "") } == .missing)
    },
    Case(description: "parts follow one another, and an upload goes on where it ended") { service in
      let bytes = bytes(5000)
      let digest = Digest(hashing: bytes)
      #expect(try service.uploadedBytes(of: digest) == nil)
      let first = try service.putFilePart(
        digest, at: 0, of: 5000, name: "", read: reading(Array(bytes[..<2000])))
      #expect(first == .partial(byteCount: 2000))
      #expect(try service.uploadedBytes(of: digest) == 2000)
      #expect(kind { _ = try service.file(digest, name: "") } == .missing)
      #expect(
        kind {
          _ = try service.putFilePart(
            digest, at: 2001, of: 5000, name: "", read: reading(bytes, from: 2001))
        } == .conflict)
      let rest = try service.putFilePart(
        digest, at: 2000, of: 5000, name: "", read: reading(bytes, from: 2000))
      #expect(
        rest
          == .whole(
            FileDocument(digest: digest, mediaType: "application/octet-stream", size: 5000),
            isNew: true))
      #expect(try service.uploadedBytes(of: digest) == nil)
    },
    Case(description: "parts that make other bytes are refused, and begun anew") { service in
      let digest = Digest(hashing: [1, 2, 3])
      #expect(
        kind {
          _ = try service.putFilePart(digest, at: 0, of: 3, name: "", read: reading([1, 9, 3]))
        } == .invalid)
      let left = try service.uploadedBytes(of: digest)
      #expect(left == nil)
      let more: [UInt8] = [1, 2, 3, 4]
      #expect(
        kind { _ = try service.putFilePart(digest, at: 0, of: 3, name: "", read: reading(more)) }
          == .usage)
    },
    Case(description: "what is not there is missing") { service in
      let digest = Digest(hashing: [9])
      #expect(kind { _ = try service.file(digest, name: "") } == .missing)
      #expect(kind { _ = try service.fileBytes(digest, at: 0, count: 5) } == .missing)
    },
    Case(description: "a name tells the type of bytes that do not tell theirs") { service in
      let name = "größe \"a\"\n; x=1.MP3"
      let audio = try put([1, 2], to: service, name: name)
      #expect(audio?.document.mediaType == "audio/mpeg")
      #expect(try service.file(Digest(hashing: [1, 2]), name: "a.txt").mediaType == "text/plain")
      #expect(
        try service.file(Digest(hashing: [1, 2]), name: "").mediaType == "application/octet-stream")
    },
    Case(description: "datasets tell how many attachments they have, and their bytes") { service in
      let dataset = try DatasetName("pictures")
      let cells = try [png, [1, 2], png].map { bytes in
        _ = try put(bytes, to: service)
        return "{\"image\":{\"digest\":\"\(Digest(hashing: bytes))\"}}\n"
      }
      _ = try put([7], to: service)
      let folder = try TemporaryDirectory()
      let path = folder.path + "/rows.jsonl"
      try Data(cells.joined().utf8).write(to: URL(filePath: path))
      var request = PushRequest()
      request.types = ["image": .file]
      let file = TableFile(path: path, format: .jsonl, compression: nil)
      _ = try service.push(dataset, file, request) { _ in }
      let sizes = try service.statistics(of: nil) { _ in }
      #expect(sizes.datasets.map(\.attachments) == [2])
      #expect(sizes.datasets.map(\.attachmentBytes) == [png.count + 2])
      #expect(sizes.attachments == 3 && sizes.attachmentBytes == png.count + 3)
    },
  ]
}
