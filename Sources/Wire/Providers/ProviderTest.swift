package import Model

/// A single call of a target, to see whether it works.
package struct ProviderTestRequest: Codable, Sendable, Hashable {
  /// A name of `models`, `provider:model`, or a provider that serves one model.
  package var target: String
  /// The reference of the providers, as a dataset's live version, else its latest; nil for
  /// `providers`.
  package var providers: String?
  /// The text that is sent; nil for a usual one.
  package var prompt: String?
  /// A whole request, in the place of the prompt.
  package var request: JSON?
  /// False to ask for the answer in one piece; nil for true.
  package var streams: Bool?

  /// A call of `target` with the usual prompt.
  package init(target: String) { self.target = target }
}

/// The outcome of a single call.
package struct ProviderTestDocument: Codable, Sendable, Hashable {
  /// A call of a tool that the model asks for.
  package struct ToolCall: Codable, Sendable, Hashable {
    package let id: String
    package let name: String
    package let arguments: String

    /// A call with all members.
    package init(id: String, name: String, arguments: String) {
      self.id = id
      self.name = name
      self.arguments = arguments
    }
  }

  /// Media that the model made.
  package struct Media: Codable, Sendable, Hashable {
    package let mediaType: String
    package let bytes: Int

    /// So many bytes of a media type.
    package init(mediaType: String, bytes: Int) {
      self.mediaType = mediaType
      self.bytes = bytes
    }
  }

  /// The units that the call used; nil where the provider does not say.
  package struct Usage: Codable, Sendable, Hashable {
    package var inputTokens: Int?
    package var cachedTokens: Int?
    package var cacheWriteTokens: Int?
    package var outputTokens: Int?
    package var reasoningTokens: Int?
    package var images: Int?

    /// Nothing known.
    package init() {}
  }

  /// The failure of the call.
  package struct Failure: Codable, Sendable, Hashable {
    /// The class, as rows have it: `rate_limited`, `auth`.
    package let errorClass: String
    package let message: String
    /// Advice, as a sentence.
    package let advice: String
    package let isRetryable: Bool
    package let code: String?
    package let status: Int?
    package let retryAfterMilliseconds: Int?

    private enum CodingKeys: String, CodingKey {
      case errorClass = "class"
      case message, advice, isRetryable, code, status, retryAfterMilliseconds
    }

    /// A failure with all members.
    package init(
      errorClass: String, message: String, advice: String, isRetryable: Bool, code: String?,
      status: Int?, retryAfterMilliseconds: Int?
    ) {
      self.errorClass = errorClass
      self.message = message
      self.advice = advice
      self.isRetryable = isRetryable
      self.code = code
      self.status = status
      self.retryAfterMilliseconds = retryAfterMilliseconds
    }
  }

  package let target: String
  /// The version of the providers: `providers@4`.
  package let providers: String
  package let provider: String
  package let model: String
  /// Nil when the model wrote no text.
  package var output: String?
  package var reasoning: String?
  package var toolCalls: [ToolCall] = []
  package var refusal: String?
  package var media: [Media] = []
  /// The lengths of embeddings.
  package var embeddings: [Int] = []
  package var finishReason: String?
  package var finishRaw: String?
  package var modelReported: String?
  package var fingerprint: String?
  package var requestID: String?
  package var latencyMilliseconds: Double?
  /// Until the first content of an answer in pieces.
  package var firstContentMilliseconds: Double?
  package var usage = Usage()
  /// Nil when it is not known.
  package var costNanodollars: Int64?
  /// The version of the prices that the cost was computed with.
  package var prices: String?
  /// Remarks on the cost.
  package var notes: [String] = []
  package var error: Failure?

  /// A call of a model without an outcome.
  package init(target: String, providers: String, provider: String, model: String) {
    self.target = target
    self.providers = providers
    self.provider = provider
    self.model = model
  }
}
