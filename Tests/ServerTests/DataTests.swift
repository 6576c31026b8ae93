import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import NIOCore
import Server
import Service
import Synchronization
import TestSupport
import Testing
import Wire

/// Data URLs, as clients load them.
@Suite struct DataTests {
  private let fixture: ServerFixture
  private let uri = "/v1/datasets/runs/versions/3/data.jsonl"
  private let text = "{\"id\":1}\n{\"id\":2}\n"

  init() throws { fixture = try ServerFixture() }

  @Test func `a data URL tells all that a client wants to know`() async throws {
    let response = try await fixture.send(.get, uri)
    #expect(response.status == .ok)
    #expect(String(buffer: response.body) == text)
    #expect(response.headers[.contentLength] == "18")
    #expect(response.headers[.contentType] == "application/x-ndjson")
    #expect(response.headers[.eTag] == "\"\(ScriptedService.snapshot)\"")
    #expect(response.headers[.lastModified] == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(response.headers[.acceptRanges] == "bytes")
    #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
    #expect(
      response.headers[.contentDisposition] == "attachment; filename=\"runs-3.jsonl\"")
    #expect(response.headers[.init("Assay-Version")!] == "runs@3")
    #expect(response.headers[.init("Assay-Rows")!] == "2")
  }

  @Test func `HEAD tells the same without the bytes`() async throws {
    let get = try await fixture.send(.get, uri)
    let head = try await fixture.send(.head, uri)
    #expect(head.status == .ok)
    #expect(head.body.readableBytes == 0)
    for name: HTTPField.Name in [.contentLength, .eTag, .lastModified, .acceptRanges, .contentType]
    {
      #expect(head.headers[name] == get.headers[name], "\(name)")
    }
  }

  @Test(arguments: ["latest", "best", "2026-10-01", "3~1"])
  func `what may name another version later is asked for again`(ref: String) async throws {
    let response = try await fixture.send(.get, "/v1/datasets/runs/versions/\(ref)/data.csv")
    #expect(response.headers[.cacheControl] == "no-cache")
  }

  @Test(arguments: [
    ("bytes=0-3", 206, "{\"id", "bytes 0-3/18"), ("bytes=-4", 206, ":2}\n", "bytes 14-17/18"),
    ("bytes=-400", 206, "{\"id\":1}\n{\"id\":2}\n", "bytes 0-17/18"),
    ("bytes=16-400", 206, "}\n", "bytes 16-17/18"),
    ("bytes=0-1,4-5", 200, "{\"id\":1}\n{\"id\":2}\n", nil),
  ])
  func `a range is cut out`(range: String, status: Int, body: String, header: String?)
    async throws
  {
    let response = try await fixture.send(.get, uri, [.range: range])
    #expect(response.status.code == status)
    #expect(String(buffer: response.body) == body)
    #expect(response.headers[.contentLength] == String(body.utf8.count))
    #expect(response.headers[.contentRange] == header)
  }

  @Test func `a range after the end is 416 with the size`() async throws {
    let response = try await fixture.send(.get, uri, [.range: "bytes=18-"])
    #expect(response.status == .rangeNotSatisfiable)
    #expect(response.headers[.contentRange] == "bytes */18")
  }

  @Test func `a range of other bytes is answered with the whole`() async throws {
    let response = try await fixture.send(
      .get, uri, [.range: "bytes=0-3", .ifRange: "\"sha256:other\""])
    #expect(response.status == .ok)
    #expect(String(buffer: response.body) == text)
  }

  @Test func `what a client has is not sent again`() async throws {
    for headers: HTTPFields in [
      [.ifNoneMatch: "\"\(ScriptedService.snapshot)\""],
      [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"],
    ] {
      let response = try await fixture.send(.get, uri, headers)
      #expect(response.status == .notModified)
      #expect(response.body.readableBytes == 0)
      #expect(response.headers[.eTag] == "\"\(ScriptedService.snapshot)\"")
    }
    #expect(fixture.service.renderings.withLock { $0 } == 0)
  }

  @Test func `another part of a version has another tag`() async throws {
    var tags: Set<String> = []
    for query in [
      "", "?select=id", "?where=id%3E1", "?order=id", "?limit=1", "?offset=1", "?nulls=true",
    ] {
      let response = try await fixture.send(.get, uri + query)
      #expect(response.status == .ok)
      tags.insert(try #require(response.headers[.eTag]))
    }
    #expect(tags.count == 7)
  }

  @Test func `a rendering is made once, however many ask`() async throws {
    let fixture = fixture
    let uri = uri
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let response = try await fixture.send(.get, uri)
          #expect(response.status == .ok)
        }
      }
      try await group.waitForAll()
    }
    #expect(fixture.service.renderings.withLock { $0 } == 1)
  }

  @Test func `what is too large for memory comes from a file, whole and in parts`() async throws {
    let piece = (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0 * 7) }
    fixture.service.script.withLock {
      $0.data = piece
      $0.repeats = 50
    }
    let whole = try await fixture.send(.get, uri)
    #expect(whole.headers[.contentLength] == "3276800")
    #expect(Array(whole.body.readableBytesView) == Array(repeatElement(piece, count: 50).joined()))
    let part = try await fixture.send(.get, uri, [.range: "bytes=65530-65545"])
    #expect(Array(part.body.readableBytesView) == Array((piece + piece)[65530..<65546]))
    #expect(fixture.service.renderings.withLock { $0 } == 1)
  }

  @Test func `an answer larger than the server allows is 413`() async throws {
    let fixture = try ServerFixture { $0.answerLimitBytes = 1 << 16 }
    fixture.service.script.withLock { $0.repeats = 10_000 }
    let response = try await fixture.send(.get, uri)
    #expect(response.status == .contentTooLarge)
  }

  @Test func `a format that is none is not there`() async throws {
    #expect(
      try await fixture.send(.get, "/v1/datasets/runs/versions/3/data.xls").status == .notFound)
    #expect(
      try await fixture.send(.get, "/v1/datasets/runs/versions/3/data.csv/x").status == .notFound)
  }
}
