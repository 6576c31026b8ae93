package import Model

/// A model's whole answer, the same for all protocols.
package struct Answer: Sendable {
  /// The reason for which the model stopped.
  package enum FinishReason: String, Sendable {
    case stop, length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    /// Google: the model was about to repeat its training data.
    case recitation
    /// Anthropic: the turn goes on with another request.
    case pause
    case other
  }

  /// Media that a model made.
  package struct Media: Sendable, Hashable {
    package let mediaType: String
    package let bytes: [UInt8]

    /// Bytes of a media type.
    package init(mediaType: String, bytes: [UInt8]) {
      self.mediaType = mediaType
      self.bytes = bytes
    }
  }

  /// The times of a call's phases.
  package struct Timing: Sendable {
    /// Until the first content of an answer in pieces; nil for one that came whole.
    package internal(set) var firstContent: Duration?
    package internal(set) var total = Duration.zero
  }

  /// Nil when the model wrote none, which is not an empty text.
  package internal(set) var text: String?
  /// The text that the model wrote before its answer, where it is shown.
  package internal(set) var reasoning: String?
  package internal(set) var toolCalls: [ToolCall] = []
  /// The words with which the model declined, where the protocol has a place for them.
  package internal(set) var refusal: String?
  package internal(set) var media: [Media] = []
  package internal(set) var embeddings: [[Double]] = []
  package internal(set) var finishReason: FinishReason?
  /// The provider's own word for it.
  package internal(set) var finishRaw: String?
  package internal(set) var usage = Usage()
  /// The model that the provider says has answered.
  package internal(set) var modelReported: String?
  package internal(set) var fingerprint: String?
  package internal(set) var requestID: String?
  /// The quotas that are left, where the answer reports them.
  package internal(set) var rates: RateReport?
  package internal(set) var timing = Timing()
  /// URLs of media that are still to be fetched.
  var mediaURLs: [String] = []

  /// The answer with secrets masked everywhere.
  func masked(by mask: SecretMask) -> Answer {
    var answer = self
    answer.text = text.map(mask.masked)
    answer.reasoning = reasoning.map(mask.masked)
    answer.refusal = refusal.map(mask.masked)
    answer.toolCalls = toolCalls.map {
      ToolCall(
        id: mask.masked($0.id), name: mask.masked($0.name), arguments: mask.masked($0.arguments))
    }
    answer.media = media.map {
      Media(mediaType: mask.masked($0.mediaType), bytes: mask.masked($0.bytes))
    }
    answer.finishRaw = finishRaw.map(mask.masked)
    answer.usage.raw = usage.raw.map(mask.masked)
    answer.modelReported = modelReported.map(mask.masked)
    answer.fingerprint = fingerprint.map(mask.masked)
    answer.requestID = requestID.map(mask.masked)
    return answer
  }
}

/// The units that a call used, none of them counted twice; nil where the provider does not say.
package struct Usage: Sendable, Hashable {
  /// Input tokens that came from no cache and went into none.
  package var input: Int?
  package var cacheRead: Int?
  package var cacheWrite5m: Int?
  package var cacheWrite1h: Int?
  /// Output tokens, reasoning included.
  package var output: Int?
  /// The part of ``output`` that is reasoning.
  package var reasoning: Int?
  package var images: Int?
  /// The provider's own members.
  package var raw: JSON?

  /// Nothing known.
  package init() {}

  /// All input tokens; nil when the provider does not say.
  package var allInput: Int? {
    input.map { [cacheRead, cacheWrite5m, cacheWrite1h].reduce($0) { $0.adding($1 ?? 0) } }
  }
}
