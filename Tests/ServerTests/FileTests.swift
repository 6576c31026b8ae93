import Access
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import Objects
import NIOCore
import Server
import Service
import Store
import TestSupport
import Testing
import Wire

/// Attachments over REST, in a real store.
@Suite struct FileTests {
  private let folder: TemporaryDirectory
  private let server: AssayServer

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
  private static let digest = Digest(hashing: png)
  private static let path = "/v1/files/\(digest)"
  private static let reprDigest = name("Repr-Digest")
  private static let uploadOffset = name("Upload-Offset")

  private static func name(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header") }
    return name
  }

  init() throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let store = LocalStoreService(try Store(path: path), author: "tester")
    var options = ServerOptions()
    options.logLevel = .critical
    options.bodyLimitBytes = 3 << 20
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { store.limited(to: $0, $1) }, rows: store.rows())
  }

  private func send(
    _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:],
    _ body: [UInt8]? = nil
  ) async throws -> TestResponse {
    try await server.application().test(.router) { client in
      try await client.execute(
        uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
    }
  }

  private func put(_ bytes: [UInt8]) async throws -> Digest {
    let digest = Digest(hashing: bytes)
    let response = try await send(.put, "/v1/files/\(digest)", [:], bytes)
    #expect(response.status == .created || response.status == .ok)
    return digest
  }

  private func bearer(_ scope: TokenScope, prefix: String? = nil) throws -> HTTPFields {
    let request = TokenRequest(name: "ann", scope: scope, prefix: prefix)
    return [.authorization: "Bearer \(try server.tokens.createToken(request).token)"]
  }

  private func document(_ response: TestResponse) throws -> FileDocument {
    try Documents.decode(FileDocument.self, from: Array(response.body.readableBytesView))
  }

  @Test func `bytes that are posted are created once, and say where they are`() async throws {
    let first = try await send(.post, "/v1/files?name=cat.jpg", [:], Self.png)
    #expect(first.status == .created)
    #expect(first.headers[.location] == Self.path)
    #expect(
      try document(first)
        == FileDocument(digest: Self.digest, mediaType: "image/png", size: Self.png.count))
    #expect(try await send(.post, "/v1/files", [:], Self.png).status == .ok)
    #expect(try await send(.put, Self.path, [:], Self.png).status == .ok)
    let empty = try await send(.post, "/v1/files", [:], [])
    #expect(empty.status == .created)
    let audit = try String(
      contentsOfFile: folder.path + "/store/access/audit.jsonl", encoding: .utf8)
    #expect(audit.split(separator: "\n").count == 2 && audit.contains(Self.digest.description))
  }

  @Test func `bytes with another digest than was said are 422, and are not kept`() async throws {
    let other = Digest(hashing: [1])
    let claims: [(String, HTTPFields)] = [
      ("/v1/files?digest=\(other)", [:]),
      ("/v1/files", [Self.reprDigest: ReprDigest.text(other)]),
      ("/v1/files", [Self.reprDigest: "sha-512=:AAAA:, \(ReprDigest.text(other));a=1"]),
    ]
    for (uri, headers) in claims {
      let response = try await send(.post, uri, headers, Self.png)
      #expect(response.status == .unprocessableContent, "\(uri) \(headers)")
    }
    #expect(
      try await send(.put, "/v1/files/\(other)", [:], Self.png).status == .unprocessableContent)
    #expect(try await send(.get, Self.path).status == .notFound)
    #expect(try await send(.get, "/v1/files/\(other)").status == .notFound)
    let right: HTTPFields = [Self.reprDigest: ReprDigest.text(Self.digest)]
    #expect(
      try await send(.post, "/v1/files?digest=\(Self.digest)", right, Self.png).status == .created)
  }

  @Test func `a request that contradicts itself is 400`() async throws {
    let other = ReprDigest.text(Digest(hashing: [1]))
    for (method, uri, headers) in [
      (HTTPRequest.Method.put, Self.path, [Self.reprDigest: other] as HTTPFields),
      (.post, "/v1/files?digest=\(Self.digest)", [Self.reprDigest: other]),
      (.post, "/v1/files", [Self.reprDigest: "sha-256=:AAAA:"]),
      (.post, "/v1/files", [Self.reprDigest: "sha-256=what"]),
      (.post, "/v1/files?digest=12", [:]), (.post, "/v1/files?nope=1", [:]),
      (.post, "/v1/files?name=" + String(repeating: "a", count: 256), [:]),
      (.put, "/v1/files/\(Self.digest.hex)", [:]), (.put, "/v1/files/sha256:12", [:]),
      (.put, "/v1/files/..%2f..%2fassay.json", [:]),
      (.put, Self.path, [.contentRange: "bytes 0-9/11"]),
      (.put, Self.path, [.contentRange: "bytes 5-1/11"]),
      (.put, Self.path, [.contentRange: "bytes 0-10/9"]),
      (.put, Self.path, [.contentRange: "rows 0-10/11"]),
      (.put, Self.path, [.contentRange: "bytes 0-10/*"]),
    ] {
      #expect(
        try await send(method, uri, headers, Self.png).status == .badRequest, "\(uri) \(headers)")
    }
    #expect(try await send(.get, Self.path).status == .notFound)
  }

  @Test func `bodies that are too large or compressed are refused`() async throws {
    let large = [UInt8](repeating: 7, count: (3 << 20) + 1)
    #expect(try await send(.post, "/v1/files", [:], large).status == .contentTooLarge)
    let digest = Digest(hashing: large)
    #expect(try await send(.put, "/v1/files/\(digest)", [:], large).status == .contentTooLarge)
    let packed = try await send(.post, "/v1/files", [.contentEncoding: "gzip"], Self.png)
    #expect(packed.status == .unsupportedMediaType)
    // In parts it may be larger than one body.
    let half = large.count / 2
    let first = try await send(
      .put, "/v1/files/\(digest)", [.contentRange: "bytes 0-\(half - 1)/\(large.count)"],
      Array(large[..<half]))
    #expect(first.status == .accepted && first.headers[Self.uploadOffset] == "\(half)")
    let last = try await send(
      .put, "/v1/files/\(digest)",
      [.contentRange: "bytes \(half)-\(large.count - 1)/\(large.count)"], Array(large[half...]))
    #expect(last.status == .created)
    let back = try await send(.get, "/v1/files/\(digest)")
    #expect(Array(back.body.readableBytesView) == large)
  }

  @Test func `a file is served with its type, its tag and its digest, for ever`() async throws {
    _ = try await put(Self.png)
    let whole = try await send(.get, Self.path + "?name=cat.png")
    #expect(whole.status == .ok)
    #expect(Array(whole.body.readableBytesView) == Self.png)
    let expected: HTTPFields = [
      .contentType: "image/png", .eTag: "\"\(Self.digest)\"", .acceptRanges: "bytes",
      .cacheControl: "public, max-age=31536000, immutable", .xContentTypeOptions: "nosniff",
      .contentDisposition: "inline; filename=\"cat.png\"",
      Self.reprDigest: ReprDigest.text(Self.digest), .contentLength: "11",
    ]
    for field in expected { #expect(whole.headers[field.name] == field.value) }
    let head = try await send(.head, Self.path + "?name=cat.png")
    #expect(head.status == .ok && head.body.readableBytes == 0)
    for field in expected { #expect(head.headers[field.name] == field.value) }
    let again = try await send(.get, Self.path, [.ifNoneMatch: "\"\(Self.digest)\""])
    #expect(again.status == .notModified && again.body.readableBytes == 0)
  }

  @Test func `a range is cut out, and one beyond the end is 416`() async throws {
    _ = try await put(Self.png)
    for (range, bytes) in [
      ("bytes=0-3", 0..<4), ("bytes=8-", 8..<11), ("bytes=-3", 8..<11), ("bytes=2-99", 2..<11),
      ("bytes=-99", 0..<11),
    ] {
      let part = try await send(.get, Self.path, [.range: range])
      #expect(part.status == .partialContent)
      #expect(Array(part.body.readableBytesView) == Array(Self.png[bytes]))
      #expect(part.headers[.contentRange] == "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/11")
      #expect(part.headers[.contentType] == "image/png")
    }
    let beyond = try await send(.get, Self.path, [.range: "bytes=11-"])
    #expect(beyond.status == .rangeNotSatisfiable)
    #expect(beyond.headers[.contentRange] == "bytes */11")
    let other = try await send(.get, Self.path, [.range: "bytes=0-3", .ifRange: "\"other\""])
    #expect(other.status == .ok)
  }

  @Test func `an upload in parts tells where it goes on`() async throws {
    let part: HTTPFields = [.contentRange: "bytes 0-5/11"]
    let first = try await send(.put, Self.path, part, Array(Self.png[..<6]))
    #expect(first.status == .accepted && first.headers[Self.uploadOffset] == "6")
    for method in [HTTPRequest.Method.head, .get] {
      let begun = try await send(method, Self.path)
      #expect(begun.status == .notFound && begun.headers[Self.uploadOffset] == "6")
    }
    let again = try await send(.put, Self.path, part, Array(Self.png[..<6]))
    #expect(again.status == .conflict && again.headers[Self.uploadOffset] == "6")
    let early = try await send(.put, Self.path, [.contentRange: "bytes */11"], [])
    #expect(early.status == .conflict && early.headers[Self.uploadOffset] == "6")
    let rest: HTTPFields = [.contentRange: "bytes 6-10/11"]
    let last = try await send(.put, Self.path, rest, Array(Self.png[6...]))
    #expect(last.status == .created)
    #expect(try document(last).mediaType == "image/png")
    // The answer may have been lost.
    #expect(try await send(.put, Self.path, rest, Array(Self.png[6...])).status == .ok)
    #expect(try await send(.head, Self.path).headers[Self.uploadOffset] == nil)
    let wrong = Digest(hashing: [1, 2])
    let bad = try await send(
      .put, "/v1/files/\(wrong)", [.contentRange: "bytes 0-1/2"], [1, 3])
    #expect(bad.status == .unprocessableContent)
    #expect(try await send(.head, "/v1/files/\(wrong)").headers[Self.uploadOffset] == nil)
  }

  @Test func `reading wants a token that reads, and writing one that writes`() async throws {
    _ = try await put(Self.png)
    let (read, write) = (try bearer(.read), try bearer(.write))
    #expect(try await send(.get, Self.path).status == .unauthorized)
    #expect(try await send(.put, Self.path, [:], Self.png).status == .unauthorized)
    let served = try await send(.get, Self.path, read)
    #expect(served.status == .ok)
    #expect(served.headers[.cacheControl] == "private, max-age=31536000, immutable")
    #expect(try await send(.put, Self.path, read, Self.png).status == .forbidden)
    #expect(try await send(.post, "/v1/files", read, Self.png).status == .forbidden)
    #expect(try await send(.post, "/v1/files", write, Self.png).status == .ok)
    #expect(try await send(.head, Self.path, write).status == .ok)
  }

  @Test func `a file is there for those who see a dataset that names it`() async throws {
    let digest = try await put(Self.png)
    let row = Array("{\"image\":{\"digest\":\"\(digest)\",\"name\":\"a.png\"}}\n".utf8)
    let versions = "/versions?format=jsonl&types=image%3Dfile"
    let saved = try await send(.post, "/v1/datasets/vision.runs" + versions, [:], row)
    #expect(saved.status == .created)
    let sees = try bearer(.read, prefix: "vision.")
    let (other, writer) = (
      try bearer(.read, prefix: "audio."), try bearer(.write, prefix: "audio.")
    )
    #expect(try await send(.get, Self.path, sees).status == .ok)
    let hidden = try await send(.get, Self.path, other)
    let absent = Digest(hashing: [1])
    let none = try await send(.get, "/v1/files/\(absent)", other)
    #expect(hidden.status == .notFound && none.status == .notFound)
    #expect(
      String(buffer: hidden.body).replacing(digest.hex, with: absent.hex)
        == String(buffer: none.body))
    #expect(try await send(.head, Self.path, other).status == .notFound)
    // To name its digest is not to have it, by whichever door the row comes.
    let own = "/v1/datasets/audio.runs"
    #expect(try await send(.post, own + versions, writer, row).status == .unprocessableContent)
    var lines = writer
    lines[.contentType] = "application/x-ndjson"
    // A live row may say what it likes where no column is of files: its cell never becomes one.
    #expect(try await send(.post, own + "/rows", lines, row).status == .accepted)
    #expect(try await send(.get, Self.path, writer).status == .notFound)
    // To put its bytes is, and whether others have them is not told.
    #expect(try await send(.put, Self.path, writer, Self.png).status == .created)
    #expect(try await send(.put, Self.path, writer, Self.png).status == .ok)
    #expect(try await send(.get, Self.path, writer).status == .ok)
    #expect(try await send(.get, Self.path, other).status == .notFound)
    #expect(try await send(.post, own + versions, writer, row).status == .created)
    #expect(try await send(.get, Self.path, other).status == .ok)
    let admin = try bearer(.admin)
    let request = Documents.encode(
      URLTokenRequest(reference: "audio.runs@1", format: .csv, expiresInSeconds: 60))
    var json = admin
    json[.contentType] = "application/json"
    let made = try await send(.post, "/v1/tokens/url", json, request)
    let token = try Documents.decode(
      URLTokenDocument.self, from: Array(made.body.readableBytesView)
    ).token
    #expect(try await send(.get, Self.path + "?token=\(token)").status == .ok)
    let secret = try await send(.put, "/v1/files/\(absent)", admin, [1])
    #expect(secret.status == .created)
    #expect(try await send(.get, "/v1/files/\(absent)?token=\(token)").status == .notFound)
  }

  @Test func `whoever does not see a file that is there has to send all its parts`() async throws {
    _ = try await put(Self.png)
    let writer = try bearer(.write, prefix: "audio.")
    var part = writer
    part[.contentRange] = "bytes 0-5/11"
    let first = try await send(.put, Self.path, part, Array(Self.png[..<6]))
    #expect(first.status == .accepted)
    part[.contentRange] = "bytes 6-10/11"
    #expect(try await send(.put, Self.path, part, Array(Self.png[6...])).status == .created)
    #expect(try await send(.get, Self.path, writer).status == .ok)
  }

  @Test(arguments: [
    ("cat.png", "image/png", "inline; filename=\"cat.png\""),
    ("", "image/png", "inline"), ("", "text/html", "attachment"),
    ("a.html", "text/html", "attachment; filename=\"a.html\""),
    ("a.svg", "image/svg+xml", "attachment; filename=\"a.svg\""),
    ("../../etc/passwd", "text/plain", "inline; filename=\".._.._etc_passwd\""),
    (
      "a\"; filename=b.exe", "application/zip",
      "attachment; filename=\"a_; filename=b.exe\"; filename*=UTF-8''a%22%3B%20filename%3Db.exe"
    ),
    (
      "a\r\nX-Evil: 1", "image/png",
      "inline; filename=\"a__X-Evil: 1\"; filename*=UTF-8''a%0D%0AX-Evil%3A%201"
    ),
    (
      "größe 🙂.png", "image/png",
      "inline; filename=\"gr__e _.png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%F0%9F%99%82.png"
    ),
    ("100%.png", "image/png", "inline; filename=\"100_.png\"; filename*=UTF-8''100%25.png"),
  ])
  func `a name is told so that no client misreads it`(name: String, type: String, header: String) {
    #expect(FileDisposition.text(name: name, mediaType: type) == header)
  }

  @Test func `a name with quotes, line breaks and other scripts makes no other header`()
    async throws
  {
    _ = try await put(Self.png)
    let name = "%22%0D%0AX-Evil%3A%201%E2%82%AC%F0%9F%99%82.png"
    let response = try await send(.get, Self.path + "?name=" + name)
    #expect(response.status == .ok)
    #expect(response.headers[Self.name("X-Evil")] == nil)
    let header = try #require(response.headers[.contentDisposition])
    #expect(header.hasSuffix("filename*=UTF-8''%22%0D%0AX-Evil%3A%201%E2%82%AC%F0%9F%99%82.png"))
    #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(try await send(.get, Self.path + "?name=%ff").status == .badRequest)
    #expect(try await send(.get, Self.path + "?name=a%00b").status == .badRequest)
  }
}
