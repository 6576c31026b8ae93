package import Model
import Providers
import Store
package import Wire

extension LocalStoreService {
  /// Calls a target once, with the keys of this process's environment.
  ///
  /// A failure of the call is part of the document; cancelling the task cancels the call.
  /// - Throws: ``StoreError`` when there is no such target, or the request is not one.
  package func testProvider(
    _ request: ProviderTestRequest
  ) async throws(StoreError) -> ProviderTestDocument {
    let (version, set) = try providerSet(request.providers ?? "providers")
    let target = try set.target(request.target)
    var document = ProviderTestDocument(
      target: target.name, providers: version.reference, provider: target.provider.name,
      model: target.model)
    try callRules.require(target.provider)
    let provider = Provider(target.provider, secrets: callRules.secrets)
    do throws(ProviderError) {
      let answer = try await provider.call(target, try Self.chatRequest(request))
      document.take(answer)
      price(answer, of: target, &document)
    } catch {
      document.error = ProviderTestDocument.Failure(error)
      document.requestID = error.requestID
    }
    await provider.close()
    return document
  }

  private static func chatRequest(
    _ request: ProviderTestRequest
  ) throws(ProviderError) -> ChatRequest {
    var chat = ChatRequest(prompt: request.prompt ?? "Answer with the word: ready")
    if let json = request.request { chat = try ChatRequest(json) }
    chat.streams = request.streams ?? true
    return chat
  }

  /// Adds the cost, or the reason for which it is not known.
  private func price(
    _ answer: Answer, of target: Target, _ document: inout ProviderTestDocument
  ) {
    guard let reference = target.provider.prices else {
      document.notes.append("the cost is unknown: the provider names no 'prices'")
      return
    }
    do throws(StoreError) {
      let (version, table, notes) = try priceTable(reference)
      document.prices = version.reference
      document.notes += notes
      var cost = table.cost(
        of: answer.usage, provider: target.provider.pricedAs, model: target.model,
        at: store.clock())
      if cost.nanodollars == nil, let model = answer.modelReported {
        let other = table.cost(
          of: answer.usage, provider: target.provider.pricedAs, model: model, at: store.clock())
        if other.nanodollars != nil { cost = other }
      }
      document.costNanodollars = cost.nanodollars
      guard cost.nanodollars == nil else { return }
      let units = cost.unpriced.map(\.rawValue).joined(separator: ", ")
      document.notes.append(
        "the cost is unknown: "
          + (units.isEmpty
            ? "the provider reported no usage"
            : "\(version.reference) has no price of \(target.provider.pricedAs) "
              + "\(target.model) for \(units)"))
    } catch {
      document.notes.append("the cost is unknown: \(error.message)")
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1_000 + Double(components.attoseconds / 1_000_000_000_000) / 1_000
  }
}

extension ProviderTestDocument {
  fileprivate mutating func take(_ answer: Answer) {
    output = answer.text
    reasoning = answer.reasoning
    toolCalls = answer.toolCalls.map {
      ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments)
    }
    refusal = answer.refusal
    media = answer.media.map { Media(mediaType: $0.mediaType, bytes: $0.bytes.count) }
    embeddings = answer.embeddings.map(\.count)
    finishReason = answer.finishReason?.rawValue
    finishRaw = answer.finishRaw
    modelReported = answer.modelReported
    fingerprint = answer.fingerprint
    requestID = answer.requestID
    latencyMilliseconds = answer.timing.total.milliseconds
    firstContentMilliseconds = answer.timing.firstContent?.milliseconds
    usage.inputTokens = answer.usage.input
    usage.cachedTokens = answer.usage.cacheRead
    if answer.usage.cacheWrite5m != nil || answer.usage.cacheWrite1h != nil {
      usage.cacheWriteTokens =
        (answer.usage.cacheWrite5m ?? 0) + (answer.usage.cacheWrite1h ?? 0)
    }
    usage.outputTokens = answer.usage.output
    usage.reasoningTokens = answer.usage.reasoning
    usage.images = answer.usage.images
  }
}

extension ProviderTestDocument.Failure {
  fileprivate init(_ error: ProviderError) {
    self.init(
      errorClass: error.kind.rawValue, message: error.message, advice: error.advice,
      isRetryable: error.kind.isRetryable, code: error.code, status: error.status,
      retryAfterMilliseconds: error.retryAfter.map { Int($0.milliseconds) })
  }
}
