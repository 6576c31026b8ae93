import Model

/// A provider that is called.
///
/// A call is one request: it is neither repeated nor queued. It has to be closed after the last
/// one. Any task may call, several at a time.
package final class Provider: Sendable {
  private let definition: ProviderDefinition
  private let secrets: SecretSource
  private let upstream: any Upstream
  private let program: ProgramRunner?

  /// The largest answer.
  private static let bodyLimit = 64 << 20
  /// As much of an error's body as is read.
  private static let errorLimit = 64 << 10

  /// The provider of a document, called over HTTP or as a program.
  package convenience init(
    _ definition: ProviderDefinition, secrets: SecretSource = .process
  ) {
    self.init(definition, secrets: secrets, upstream: HTTPUpstream(definition))
  }

  /// The provider of a document, reached by `upstream`.
  package init(
    _ definition: ProviderDefinition, secrets: SecretSource, upstream: any Upstream
  ) {
    self.definition = definition
    self.secrets = secrets
    self.upstream = upstream
    program = definition.program.map { ProgramRunner($0, secrets: secrets) }
  }

  /// Ends all connections and processes.
  package func close() async {
    await program?.close()
    await upstream.close()
  }

  /// Calls a model once.
  ///
  /// Cancelling the task cancels the call. No secret is in what is returned or thrown.
  /// - Parameters:
  ///   - target: A target of this provider.
  ///   - job: What is kept of a job, where the provider has jobs.
  /// - Throws: ``ProviderError``, also for answers that came with a status of success: errors in
  ///   the body, answers that end before their end.
  package func call(
    _ target: Target, _ request: ChatRequest, job: CallJob = .forgotten
  ) async throws(ProviderError) -> Answer {
    let order = CallOrder(
      model: target.model, request: request, streams: request.streams && definition.streams,
      params: target.parameters(of: request))
    let start = ContinuousClock.now
    let deadlines = Deadlines(
      start: start, firstContent: order.streams ? definition.timeouts.firstContent : nil,
      idle: definition.timeouts.idle, total: definition.timeouts.total)
    if let program {
      var answer = try await deadlines.hold { () async throws(ProviderError) in
        try await program.call(order)
      }
      answer.timing.total = ContinuousClock.now - start
      return answer
    }
    let (key, mask) = try authentication()
    let call = Call(
      order: order, key: key, mask: mask, deadlines: deadlines, start: start, job: job)
    do throws(ProviderError) {
      return try await deadlines.hold { () async throws(ProviderError) in
        try await self.send(call)
      }
    } catch {
      throw error.masked(by: mask)
    }
  }

  /// A call on its way.
  struct Call: Sendable {
    let order: CallOrder
    /// The header field with the provider's key.
    let key: (name: String, value: String)?
    let mask: SecretMask
    let deadlines: Deadlines
    let start: ContinuousClock.Instant
    let job: CallJob
  }

  /// The header field with the key, and what masks the key.
  private func authentication() throws(ProviderError)
    -> (key: (name: String, value: String)?, mask: SecretMask)
  {
    guard let given = definition.authentication else { return (nil, SecretMask([])) }
    let secret = try secrets.secret(given.secret)
    let value = given.scheme.isEmpty ? secret : given.scheme + " " + secret
    return ((given.header, value), SecretMask([(given.secret.name, secret)]))
  }

  private func send(_ call: Call) async throws(ProviderError) -> Answer {
    switch definition.protocol {
    case .openAIChat:
      return try await send(call, OpenAIChat.body(call.order), OpenAIChat.Reader())
    case .openAIResponses:
      return try await send(call, OpenAIResponses.body(call.order), OpenAIResponses.Reader())
    case .openAIEmbeddings:
      return try await send(call, OpenAIEmbeddings.body(call.order), OpenAIEmbeddings.Reader())
    case .openAIImages:
      return try await send(call, OpenAIImages.body(call.order), OpenAIImages.Reader())
    case .anthropicMessages:
      return try await send(call, AnthropicMessages.body(call.order), AnthropicMessages.Reader())
    case .googleGenerate:
      return try await send(call, GoogleGenerate.body(call.order), GoogleGenerate.Reader())
    case .httpTemplate:
      guard let template = definition.template else {
        throw ProviderError(.unsupported, "the provider has no template")
      }
      return try await run(template, call)
    // Programs were called before.
    case .command: throw ProviderError(.unsupported, "the provider has no program")
    }
  }

  private func send(
    _ call: Call, _ body: CallBody, _ reader: some AnswerReader
  ) async throws(ProviderError) -> Answer {
    let accept = call.order.streams ? "text/event-stream" : "application/json"
    var request = request(body.path, call, accept: accept, headers: body.headers)
    request.body = body.json.compactBytes
    let response = try await upstreamResponse(request)
    call.deadlines.heard(at: .now)
    let requestID = response.header("x-request-id") ?? response.header("request-id")
    let rates = RateReport(response, definition.rateForm)
    do throws(ProviderError) {
      guard response.status == 200 else { throw try await failure(response) }
      let type = response.header("content-type") ?? ""
      var (answer, first) =
        type.hasPrefix("text/event-stream")
        ? try await stream(response, reader, call) : (try await whole(response, reader, call), nil)
      answer.timing.total = ContinuousClock.now - call.start
      answer.timing.firstContent = first
      answer.requestID = requestID ?? answer.requestID
      answer.rates = rates
      try await fetchMedia(&answer)
      return answer.masked(by: call.mask)
    } catch {
      var failure = error.masked(by: call.mask, requestID: requestID)
      failure.rates = rates
      throw failure
    }
  }

  /// A request below the provider's URL, with the document's header fields and the key.
  func request(
    _ path: String, _ call: Call, accept: String, headers: [(name: String, value: String)] = []
  ) -> UpstreamRequest {
    var request = UpstreamRequest(url: (definition.baseURL ?? "") + path)
    request.headers = [
      ("content-type", "application/json"), ("accept", accept),
      ("user-agent", "assay/\(assayVersion)"),
    ]
    request.headers += headers
    for (name, value) in definition.headers {
      request.headers.removeAll { $0.name == name }
      request.headers.append((name, value))
    }
    if let key = call.key { request.headers.append(key) }
    return request
  }

  func upstreamResponse(
    _ request: UpstreamRequest
  ) async throws(ProviderError) -> UpstreamResponse {
    do throws(UpstreamError) {
      return try await upstream.send(request)
    } catch {
      throw ProviderError(error)
    }
  }

  /// The failure of an answer with a status of its own.
  func failure(_ response: UpstreamResponse) async throws(ProviderError) -> ProviderError {
    var bytes: [UInt8] = []
    let pieces = response.body.pieces()
    // A body that breaks off does not change what the status says.
    while bytes.count < Self.errorLimit {
      do throws(UpstreamError) {
        guard let piece = try await pieces.next() else { break }
        bytes += piece
      } catch .cancelled {
        throw ProviderError(UpstreamError.cancelled)
      } catch {
        break
      }
    }
    return ProviderError(
      status: response.status, headers: response, body: Array(bytes.prefix(Self.errorLimit)))
  }

  private func whole(
    _ response: UpstreamResponse, _ reader: some AnswerReader, _ call: Call
  ) async throws(ProviderError) -> Answer {
    var reader = reader
    let bytes = try await bytes(response) { call.deadlines.heard(at: .now) }
    let json = try type(of: reader).json(bytes)
    if let error = ProviderError(reportedIn: json, status: response.status) { throw error }
    try reader.take(whole: json)
    guard reader.isComplete else {
      throw ProviderError(.truncated, "the answer has no reason for which the model stopped")
    }
    return try Self.said(reader.answer)
  }

  /// The answer; throws for one in which the model says nothing, though it stopped of itself: kept
  /// as an answer, it would count as a success.
  private static func said(_ answer: Answer) throws(ProviderError) -> Answer {
    let saysSomething =
      answer.text != nil || answer.refusal != nil || !answer.toolCalls.isEmpty
      || !answer.media.isEmpty || !answer.mediaURLs.isEmpty || !answer.embeddings.isEmpty
    guard !saysSomething, [.stop, .toolCalls].contains(answer.finishReason) else {
      return answer
    }
    throw ProviderError(
      .malformed,
      "the answer is empty: it has no text, no call of a tool and no refusal, though the model "
        + "stopped of itself ('\(TerminalText.line(answer.finishRaw ?? ""))')")
  }

  func bytes(
    _ response: UpstreamResponse, heard: () -> Void
  ) async throws(ProviderError) -> [UInt8] {
    var bytes: [UInt8] = []
    let pieces = response.body.pieces()
    do throws(UpstreamError) {
      while let piece = try await pieces.next() {
        heard()
        bytes += piece
        guard bytes.count <= Self.bodyLimit else { break }
      }
    } catch {
      throw ProviderError(error)
    }
    guard bytes.count <= Self.bodyLimit else {
      throw ProviderError(.malformed, "the answer has more than \(Self.bodyLimit >> 20) MiB")
    }
    return bytes
  }

  /// Reads an answer in pieces, and returns it with the time of the first content.
  private func stream(
    _ response: UpstreamResponse, _ reader: some AnswerReader, _ call: Call
  ) async throws(ProviderError) -> (Answer, first: Duration?) {
    var reader = reader
    var events = EventReader()
    var first: Duration?
    var size = 0
    let pieces = response.body.pieces()
    loop: while size <= Self.bodyLimit {
      let piece: [UInt8]?
      do throws(UpstreamError) {
        piece = try await pieces.next()
      } catch {
        // Nothing is lost of an answer that is whole.
        if reader.isComplete { break loop }
        throw ProviderError(error)
      }
      let now = ContinuousClock.now
      call.deadlines.heard(at: now)
      size += piece?.count ?? 0
      for event in try Self.events(&events, piece) {
        guard try take(event, &reader, isLast: piece == nil), first == nil else { continue }
        first = now - call.start
        call.deadlines.begun()
      }
      if piece == nil { break loop }
      if reader.isEnded { call.deadlines.ended(at: now) }
    }
    guard reader.isComplete else {
      throw size > Self.bodyLimit
        ? ProviderError(.malformed, "the answer has more than \(Self.bodyLimit >> 20) MiB")
        : ProviderError(
          .truncated, "the stream ended without a reason for which the model stopped")
    }
    return (try Self.said(reader.answer), first)
  }

  private static func events(
    _ reader: inout EventReader, _ piece: [UInt8]?
  ) throws(ProviderError) -> [ServerEvent] {
    guard let piece else { return reader.end().map { [$0] } ?? [] }
    do throws(EventReader.TooLarge) {
      return try reader.take(piece)
    } catch {
      throw ProviderError(.malformed, "an event of the stream has more than 8 MiB")
    }
  }

  /// Takes an event; the stream's end may have cut the last one off.
  private func take(
    _ event: ServerEvent, _ reader: inout some AnswerReader, isLast: Bool
  ) throws(ProviderError) -> Bool {
    do throws(ProviderError) {
      return try reader.take(event)
    } catch {
      guard isLast, error.kind == .malformed else { throw error }
      throw ProviderError(.truncated, "the stream ended within an event")
    }
  }

  /// Fetches the media that an answer names by URL, without the provider's key.
  func fetchMedia(_ answer: inout Answer) async throws(ProviderError) {
    for url in answer.mediaURLs {
      guard let host = URLHost(url), definition.fetchHosts.contains(where: host.isNamed)
      else {
        throw ProviderError(
          .egress,
          "the answer names media at '\(URLHost(url)?.name ?? "no host")', from which nothing is "
            + "fetched: list the host in egress.fetch_hosts, or ask for response_format b64_json")
      }
      let response = try await upstreamResponse(UpstreamRequest(method: .get, url: url))
      guard response.status == 200 else {
        throw ProviderError(
          .serverError, "the media at \(host.name) cannot be fetched: status \(response.status)")
      }
      answer.media.append(
        Answer.Media(
          mediaType: response.header("content-type") ?? "application/octet-stream",
          bytes: try await bytes(response) {}))
    }
    answer.mediaURLs = []
  }
}

/// The host of a URL of HTTP.
struct URLHost {
  /// In lower case, without a port, and without the brackets of IPv6.
  let name: String

  /// Nil for another URL, and for one with a user.
  init?(_ url: String) {
    guard let scheme = ["https://", "http://"].first(where: url.lowercased().hasPrefix) else {
      return nil
    }
    let authority = url.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
    guard !authority.contains("@"), !authority.isEmpty else { return nil }
    name =
      authority.first == "["
      ? authority.dropFirst().prefix { $0 != "]" }.lowercased()
      : authority.prefix { $0 != ":" }.lowercased()
  }

  /// Returns true for a name of the host; one of IPv6 may have its brackets.
  func isNamed(_ other: String) -> Bool {
    other.first == "[" && other.last == "]"
      ? other.dropFirst().dropLast() == name[...] : other == name
  }
}
