import Client
import Model
import TestSupport
import Testing
import Wire

/// Attachments over networks that fail.
@Suite struct FileTransferTests {
  private typealias Reply = ScriptedServer.Reply

  private static let partBytes = RemoteStoreService.filePartBytes
  private let bytes = [UInt8](repeating: 7, count: partBytes + 5)

  private var digest: Digest { Digest(hashing: bytes) }

  private func kept(_ status: Int) -> Reply {
    .response(
      status, ["Content-Type: application/json"],
      #"{"digest":"\#(digest)","mediaType":"image/png","size":\#(bytes.count)}"#.utf8)
  }

  private func put(_ fixture: RemoteFixture, from start: Int = 0) throws -> FilePartDocument {
    var offset = start
    return try fixture.service.putFilePart(
      digest, at: start, of: bytes.count, name: "a b.png"
    ) { () throws(StoreError) in
      let piece = Array(bytes[offset..<min(offset + 3_000_000, bytes.count)])
      offset += piece.count
      return piece
    }
  }

  @Test func `an upload whose answer is lost goes on where the server is`() throws {
    let count = Self.partBytes
    let fixture = try RemoteFixture(
      try ScriptedServer { number, _ in
        switch number {
        case 0: .raw("", closes: true)
        case 1:
          RemoteFixture.problem(409, "conflict", fields: ["Upload-Offset: \(count)"])
        default: kept(201)
        }
      })
    let document = FileDocument(digest: digest, mediaType: "image/png", size: bytes.count)
    #expect(try put(fixture) == .whole(document, isNew: true))
    let requests = fixture.server.requests
    let ranges = requests.map { $0.fields["content-range"] ?? "" }
    let first = "bytes 0-\(count - 1)/\(count + 5)"
    #expect(ranges == [first, first, "bytes \(count)-\(count + 4)/\(count + 5)"])
    #expect(requests.allSatisfy { $0.target == "/v1/files/sha256%3A\(digest.hex)?name=a%20b.png" })
    #expect(requests.map(\.body.count) == [count, count, 5])
  }

  @Test func `an upload that is all there is finished without bytes`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(kept(200)))
    guard case .whole(_, isNew: false) = try put(fixture, from: bytes.count) else {
      Issue.record("it is whole")
      return
    }
    #expect(
      fixture.server.requests.map { $0.fields["content-range"] } == ["bytes */\(bytes.count)"])
    #expect(fixture.server.requests.map(\.body.count) == [0])
  }

  @Test func `a range that breaks off is asked for again`() throws {
    let head = "HTTP/1.1 206 Partial\r\nContent-Range: bytes 2-6/9\r\nContent-Length: 5\r\n\r\n"
    let fixture = try RemoteFixture(
      try ScriptedServer(.raw(head, [1, 2]), .raw(head, [1, 2, 3, 4, 5], closes: false)))
    #expect(try fixture.service.fileBytes(digest, at: 2, count: 5) == [1, 2, 3, 4, 5])
    #expect(fixture.server.requests.map { $0.fields["range"] } == ["bytes=2-6", "bytes=2-6"])
  }

  @Test(arguments: [
    Reply.response(200, [], [1, 2, 3, 4, 5]),
    Reply.response(206, ["Content-Range: bytes 0-4/9"], [1, 2, 3, 4, 5]),
    Reply.response(206, ["Content-Range: bytes 2-9/19"], [1, 2, 3, 4, 5, 6, 7, 8]),
  ])
  private func `other bytes than were asked for are refused`(reply: Reply) throws {
    let fixture = try RemoteFixture(try ScriptedServer(reply))
    let error = #expect(throws: StoreError.self) {
      try fixture.service.fileBytes(digest, at: 2, count: 5)
    }
    #expect(error?.kind == .unavailable)
  }

  @Test func `what is not there is missing, also without a word from the server`() throws {
    let fixture = try RemoteFixture(
      try ScriptedServer(.raw("HTTP/1.1 404 Not Found\r\nUpload-Offset: 12\r\n\r\n")))
    let error = #expect(throws: StoreError.self) { try fixture.service.file(digest, name: "") }
    #expect(error?.kind == .missing && error?.message.contains(digest.description) == true)
    #expect(try fixture.service.uploadedBytes(of: digest) == 12)
  }
}
