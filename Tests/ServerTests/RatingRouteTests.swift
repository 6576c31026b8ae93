import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import NIOCore
import Testing
import Wire

@Suite struct RatingRouteTests {
  private let fixture: ServerFixture

  init() throws { fixture = try ServerFixture() }

  private static let event = #"{"kind":"score","item":"q","rater":"ann","value":4,"rating":"1"}"#

  @Test func `a task is asked for by its parameters, each of which must be known`() async throws {
    let response = try await fixture.send(
      .get, "/v1/ratings/votes/next?ref=runs@1&by=model&arms=a,b&rater=ann&seed=7&kind=score")
    let document = try Documents.decode(
      RatingTaskDocument.self, from: Array(response.body.readableBytesView))
    #expect(response.status == .ok && document.done == 7)
    #expect(document.subject == RatingSubject(ref: "runs@1", by: "model", arms: ["a", "b"]))
    for wrong in ["rater=ann", "ref=runs", "ref=runs&rater=ann&seed=x", "ref=runs&rater=a&sed=1"] {
      let refused = try await fixture.send(.get, "/v1/ratings/votes/next?\(wrong)")
      #expect(refused.status == .badRequest, "\(wrong)")
    }
  }

  @Test func `events are taken, and a repeated request is told so`() async throws {
    let body = #"{"events":[\#(Self.event)]}"#
    let first = try await fixture.send(
      .post, "/v1/ratings/votes", [.contentType: "application/json"], body: body)
    #expect(first.status == .created)
    var headers: HTTPFields = [.contentType: "application/json"]
    headers[try #require(HTTPField.Name("Idempotency-Key"))] = "again"
    let again = try await fixture.send(.post, "/v1/ratings/votes", headers, body: body)
    #expect(again.status == .ok)
    let misspelt = body.replacing("value", with: "valeu")
    let refused = try await fixture.send(
      .post, "/v1/ratings/votes", [.contentType: "application/json"], body: misspelt)
    #expect(refused.status == .badRequest)
    #expect(try ServerFixture.problem(refused).detail.contains("'valeu'"))
  }

  @Test func `a report has the options of the URL`() async throws {
    let response = try await fixture.send(
      .get, "/v1/ratings/votes/report?version=2&resamples=500&seed=9")
    let report = try Documents.decode(
      RatingReportDocument.self, from: Array(response.body.readableBytesView))
    #expect(report.version == "votes@2" && report.resamples == 500 && report.seed == 9)
    let refused = try await fixture.send(.get, "/v1/ratings/votes/report?resamples=1")
    #expect(refused.status == .badRequest)
  }

  @Test func `a token opens ratings of its datasets, and outputs that it may read`() async throws {
    let secret = try fixture.secret(.write, prefix: "votes")
    var headers: HTTPFields = [.contentType: "application/json"]
    headers[.authorization] = "Bearer " + secret
    let events = #""events":[\#(Self.event)]"#
    let taken = try await fixture.send(
      .post, "/v1/ratings/votes", headers, body: "{\(events)}")
    #expect(taken.status == .created)
    let hidden = [
      try await fixture.send(.post, "/v1/ratings/runs", headers, body: "{\(events)}"),
      try await fixture.send(
        .post, "/v1/ratings/votes", headers, body: #"{"subject":{"ref":"runs"},\#(events)}"#),
      try await fixture.send(.get, "/v1/ratings/votes/next?ref=runs&rater=ann", headers),
      try await fixture.send(
        .get, "/v1/ratings/votes/next?ref=votes&against=runs&rater=ann", headers),
      try await fixture.send(.get, "/v1/ratings/runs/report", headers),
    ]
    #expect(hidden.allSatisfy { $0.status == .notFound })
    var reading = headers
    reading[.authorization] = "Bearer " + (try fixture.secret(.read))
    let refused = try await fixture.send(
      .post, "/v1/ratings/votes", reading, body: "{\(events)}")
    #expect(refused.status == .forbidden)
  }

  @Test func `what a task shows comes without a name, a digest or a tag`() async throws {
    let path = "/v1/ratings/votes/media/\(ScriptedService.mediaAddress)"
    let response = try await fixture.send(.get, path)
    #expect(response.status == .ok && String(buffer: response.body) == "picture")
    #expect(response.headers[.contentType] == "image/png")
    #expect(response.headers[.contentDisposition] == "inline")
    #expect(response.headers[.cacheControl] == "private, no-store")
    for name in ["ETag", "Repr-Digest", "Digest", "Content-Digest", "Last-Modified", "Location"] {
      #expect(response.headers[try #require(HTTPField.Name(name))] == nil, "\(name)")
    }
    let part = try await fixture.send(.get, path, [.range: "bytes=3-4"])
    #expect(part.status == .partialContent && String(buffer: part.body) == "tu")
    let head = try await fixture.send(.head, path)
    #expect(head.status == .ok && head.headers[.contentLength] == "7")
    let guessed = String(repeating: "0", count: 32)
    for other in ["/v1/ratings/votes/media/\(guessed)", path + "0", "/v1/ratings/votes/media/x"] {
      #expect(try await fixture.send(.get, other).status == .notFound, "\(other)")
    }
    let secret = try fixture.secret(.read, prefix: "runs")
    let hidden = try await fixture.send(.get, path, [.authorization: "Bearer " + secret])
    #expect(hidden.status == .notFound)
  }
}
