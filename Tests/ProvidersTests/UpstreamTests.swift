import Model
import Providers
import Testing

/// The contract of ``Upstream``: what callers rely on, whichever it is.
@Suite(.timeLimit(.minutes(2))) struct UpstreamTests {
  /// An answer of status 429 with a header field and a body of two pieces, and what follows them.
  enum Way: CaseIterable {
    case http, replay

    /// The upstream, the URL to ask, and what ends it.
    func open(
      _ ending: ReplayUpstream.Ending
    ) async throws -> (upstream: any Upstream, url: String, close: @Sendable () async -> Void) {
      switch self {
      case .replay:
        let recording = ReplayUpstream.Recording(
          status: 429, headers: [("retry-after", "7")],
          pieces: [Array("one".utf8), Array("two".utf8)],
          ending: ending)
        return (ReplayUpstream(recording), "http://h.example", {})
      case .http:
        let head = "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
        var pieces = [head, "3\r\none\r\n", "3\r\ntwo\r\n"]
        if case .clean = ending { pieces.append("0\r\n\r\n") }
        var closes = true
        if case .silence = ending { closes = false }
        let server = try await RawServer(pieces, closes: closes)
        let text = """
          {"schema":"providers/1","providers":{"p":{"protocol":"openai.chat","base_url":"http://h",\
          "egress":{"allow_private":true}}}}
          """
        let set = try ProviderSet(parsing: Array(text.utf8))
        return (
          HTTPUpstream(try #require(set.provider("p"))), "http://127.0.0.1:\(server.port)",
          { await server.close() }
        )
      }
    }
  }

  /// The body of an answer as far as it came, and how it ended.
  private func read(
    _ response: UpstreamResponse, hasRead: (Int) -> Void = { _ in }
  ) async -> (text: String, error: UpstreamError?) {
    var bytes: [UInt8] = []
    let pieces = response.body.pieces()
    do throws(UpstreamError) {
      while let piece = try await pieces.next() {
        bytes += piece
        hasRead(bytes.count)
      }
      return (String(decoding: bytes, as: UTF8.self), nil)
    } catch {
      return (String(decoding: bytes, as: UTF8.self), error)
    }
  }

  @Test(arguments: Way.allCases)
  func `an answer has a status, header fields in lower case, and a body that ends`(way: Way)
    async throws
  {
    let (upstream, url, close) = try await way.open(.clean)
    let response = try await upstream.send(UpstreamRequest(method: .get, url: url))
    #expect(response.status == 429)
    #expect(response.headers.first { $0.name == "retry-after" }?.value == "7")
    let body = await read(response)
    #expect(body.text == "onetwo")
    #expect(body.error == nil)
    await upstream.close()
    await close()
  }

  @Test(arguments: Way.allCases)
  func `a body that breaks off gives what came, and then an error`(way: Way) async throws {
    let (upstream, url, close) = try await way.open(.broken)
    let body = await read(try await upstream.send(UpstreamRequest(url: url)))
    #expect(body.text == "onetwo")
    guard case .broken = body.error else {
      Issue.record("\(body.error as Any)")
      return
    }
    await upstream.close()
    await close()
  }

  @Test(arguments: Way.allCases)
  func `a cancelled task ends the wait for a body, and never as a whole one`(way: Way) async throws
  {
    let (upstream, url, close) = try await way.open(.silence)
    let (arrived, signal) = AsyncStream.makeStream(of: Void.self)
    let reading = Task {
      let response = try await upstream.send(UpstreamRequest(url: url))
      return await read(response) { if $0 == 6 { signal.finish() } }
    }
    for await _ in arrived {}
    reading.cancel()
    let body = try await reading.value
    #expect(body.text == "onetwo")
    #expect(body.error == .cancelled)
    await upstream.close()
    await close()
  }
}
