import Model
import Outbound
import TestSupport
import Testing

/// Downloads over connections that break.
@Suite struct DownloadTests {
  private typealias Reply = ScriptedServer.Reply

  private let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  private static let fields = ["ETag: \"one\""]

  private func broken(after count: Int, _ fields: [String] = fields) -> Reply {
    let fields = fields + ["Content-Length: \(body.count)"]
    return .raw(
      "HTTP/1.1 200 OK\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n", body[..<count])
  }

  private func failure(_ fixture: OutboundFixture) throws -> TransferFailure {
    try #require(#expect(throws: TransferFailure.self) { _ = try fixture.download() })
  }

  @Test func `a download that breaks goes on where it broke`() throws {
    let range = Self.fields + ["Content-Range: bytes 100000-299999/300000"]
    let fixture = try OutboundFixture(
      broken(after: 100_000), .response(206, range, body[100_000...]))
    #expect(try fixture.download() == body)
    let requests = fixture.server.requests
    #expect(requests.count == 2 && requests[0].fields["range"] == nil)
    #expect(requests[1].fields["range"] == "bytes=100000-")
    #expect(requests[1].fields["if-range"] == "\"one\"")
  }

  @Test func `a download may break again and again while it gets on`() throws {
    let (body, size) = (body, body.count)
    let server = try ScriptedServer { _, request in
      let start = request.fields["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
      let end = min(size, start + 80_000)
      let fields = Self.fields + ["Content-Range: bytes \(start)-\(size - 1)/\(size)"]
      return .raw(
        "HTTP/1.1 \(start == 0 ? 200 : 206) R\r\nContent-Length: \(size - start)\r\n"
          + fields.map { $0 + "\r\n" }.joined() + "\r\n", body[start..<end])
    }
    #expect(try OutboundFixture(server).download() == body)
    #expect(server.requests.count == 4)
  }

  @Test func `a server without ranges sends all again, and what came is left out`() throws {
    let fixture = try OutboundFixture(broken(after: 123_456), .response(200, Self.fields, body))
    #expect(try fixture.download() == body)
  }

  @Test func `a download that is another when it goes on is refused`() throws {
    let fixture = try OutboundFixture(
      broken(after: 100_000), .response(200, ["ETag: \"two\""], body))
    #expect(try failure(fixture).error?.kind == .conflict)
  }

  @Test func `a range that was not asked for is refused`() throws {
    let range = Self.fields + ["Content-Range: bytes 5-299999/300000"]
    let other = Reply.response(206, range, body[5...])
    let resumed = try OutboundFixture(broken(after: 100_000), other)
    #expect(try failure(resumed).error?.kind == .unavailable)
    #expect(try failure(try OutboundFixture(other)).error?.kind == .unavailable)
  }

  @Test func `a download without a strong tag is not patched together`() throws {
    let fields = ["ETag: W/\"one\""]
    let fixture = try OutboundFixture(broken(after: 100_000, fields), .response(200, fields, body))
    #expect(try failure(fixture).cause == .interrupted)
    #expect(fixture.server.requests.count == 1)
  }

  @Test func `a download that never gets on is given up`() throws {
    let fixture = try OutboundFixture(broken(after: 0))
    let failure = try failure(fixture)
    #expect(failure.cause == .interrupted && !failure.mayBeDone)
    #expect(fixture.server.requests.count == 5)
  }

  @Test func `a head that is refused hands on nothing`() throws {
    let fixture = try OutboundFixture(.response(200, Self.fields, body))
    let failure = try #require(
      #expect(throws: TransferFailure.self) {
        _ = try fixture.client.download(
          HTTPRequest(.get, Resource("x")), from: fixture.address
        ) { _ throws(StoreError) in
          throw StoreError(.invalid, "it is another")
        } sink: { _ in
          Issue.record("a refused body was handed on")
        }
      })
    #expect(failure.cause == .local && failure.error?.message == "it is another")
    #expect(fixture.server.requests.count == 1)
  }

  @Test func `an error of whoever takes the bytes ends the download`() throws {
    let fixture = try OutboundFixture(.response(200, Self.fields, body))
    let failure = try #require(
      #expect(throws: TransferFailure.self) {
        _ = try fixture.client.download(
          HTTPRequest(.get, Resource("x")), from: fixture.address
        ) { _ in
        } sink: { _ throws(StoreError) in
          throw StoreError(.exhausted, "the disk is full")
        }
      })
    #expect(failure.error?.kind == .exhausted && failure.error?.message == "the disk is full")
    #expect(fixture.server.requests.count == 1)
  }

  @Test func `an answer that is no success is returned with its body, and hands on nothing`() throws
  {
    let fixture = try OutboundFixture(.response(404, [], [1, 2]))
    let answer = try fixture.client.download(
      HTTPRequest(.get, Resource("x")), from: fixture.address
    ) { _ in
    } sink: { _ in
      Issue.record("the body of an error was handed on")
    }
    #expect(answer.head.status == 404 && answer.body == [1, 2])
  }
}
