import Model

/// The failure of a call, classified by what can be done about it.
///
/// No text of it has a secret, a URL's path or a header field.
package struct ProviderError: Error, Sendable, Hashable {
  /// The class of a failure, as rows have it in `error_class`.
  package enum Kind: String, Sendable, CaseIterable {
    case connect, tls
    case timeoutConnect = "timeout_connect"
    case timeoutFirstByte = "timeout_first_byte"
    case timeoutIdle = "timeout_idle"
    case timeoutTotal = "timeout_total"
    case rateLimited = "rate_limited"
    /// The account has no money or quota left: waiting does not help.
    case quotaExhausted = "quota_exhausted"
    case overloaded
    case serverError = "server_error"
    case auth
    case modelNotFound = "model_not_found"
    case invalidRequest = "invalid_request"
    case contextLengthExceeded = "context_length_exceeded"
    case contentFiltered = "content_filtered"
    /// The answer is not what the protocol says.
    case malformed
    /// The answer ended before its end, cleanly or not.
    case truncated
    /// The provider reported an error within a stream, of no other class.
    case streamError = "stream_error"
    /// The protocol has no such parameter or message; nothing was sent.
    case unsupported
    /// The address is not one that the provider's document allows; nothing was sent.
    case egress
    case cancelled

    /// The classes whose calls may be repeated, as documents name them.
    static let retryable = [
      "connect", "timeout", "rate_limited", "overloaded", "server_error", "malformed", "truncated",
    ]

    /// Advice about a failure of this class, as a sentence without a full stop.
    package var advice: String {
      switch self {
      case .connect: "check base_url, and that the provider is up"
      case .tls: "check base_url and the certificates of this machine; the connection is not safe"
      case .timeoutConnect: "check base_url and the network, or raise timeouts.connect_ms"
      case .timeoutFirstByte: "try again, or raise timeouts.ttft_ms"
      case .timeoutIdle: "try again, or raise timeouts.idle_ms"
      case .timeoutTotal: "try again, raise timeouts.total_ms, or lower max_tokens"
      case .rateLimited: "wait as long as the provider asks, or lower limits"
      case .quotaExhausted: "add money or quota to the provider's account; waiting does not help"
      case .overloaded, .serverError: "try again later; the fault is the provider's"
      case .auth: "check the key, and where 'auth' says that it is"
      case .modelNotFound: "check the model's name, and that the account may use it"
      case .invalidRequest: "check the parameters, and base_url"
      case .contextLengthExceeded: "send less, or use a model with a larger context"
      case .contentFiltered: "the provider refuses this content; send other content"
      case .malformed: "check that base_url and protocol belong together; else try again"
      case .truncated, .streamError: "try again; what came is not the whole answer"
      case .unsupported: "change the request or the parameters"
      case .egress: "change egress in the provider's document, if the address is meant"
      case .cancelled: "call again"
      }
    }

    /// True when the same call may succeed a little later.
    package var isRetryable: Bool { isNamed(in: Self.retryable) }

    /// Returns true when `classes` have it by its name, or as one of `timeout`.
    func isNamed(in classes: [String]) -> Bool {
      classes.contains {
        rawValue == $0 || ($0 == "timeout" && rawValue.hasPrefix("timeout_"))
      }
    }

    /// True when the provider may have worked, and charge for it, although no answer came.
    package var mayCost: Bool {
      switch self {
      case .timeoutFirstByte, .timeoutIdle, .timeoutTotal, .malformed, .truncated, .streamError,
        .contentFiltered, .cancelled:
        true
      case .connect, .tls, .timeoutConnect, .rateLimited, .quotaExhausted, .overloaded,
        .serverError, .auth, .modelNotFound, .invalidRequest, .contextLengthExceeded, .unsupported,
        .egress:
        false
      }
    }
  }

  package let kind: Kind
  package private(set) var message: String
  /// The provider's own code or type of the error.
  package private(set) var code: String?
  /// The status of the answer; nil without one.
  package private(set) var status: Int?
  /// The time that the provider asks to wait.
  package private(set) var retryAfter: Duration?
  /// The provider's id of the request, for its support.
  package private(set) var requestID: String?
  /// The quotas that are left, where the answer reports them.
  package internal(set) var rates: RateReport?
  /// True when a job was submitted and has not ended: asking for it again may get its result.
  package internal(set) var leavesJob = false
  /// True when it is the end of a job, not of a request.
  var isOfJob = false

  /// Advice on this failure; nil for that of its class.
  private let remedy: String?

  /// A failure; `message` has neither a secret nor a full stop at its end.
  /// - Parameter advice: A sentence without a full stop; nil for the advice of its class.
  init(_ kind: Kind, _ message: String, advice: String? = nil) {
    self.kind = kind
    self.message = message
    remedy = advice
  }

  /// The failure of an answer with more files than a row has places for.
  package static func tooManyFiles(_ count: Int, _ most: Int) -> ProviderError {
    ProviderError(
      .unsupported, "the answer has \(count) files, and a row at most \(most): ask for fewer")
  }

  /// Advice about it, as a sentence without a full stop.
  package var advice: String { remedy ?? kind.advice }

  /// The message, with advice that its class does not give.
  package var advisedMessage: String { remedy.map { "\(message); \($0)" } ?? message }

  /// The failure of a request that has no whole answer.
  init(_ error: UpstreamError) {
    switch error {
    case .unreachable(let reason):
      self.init(.connect, "no connection to the provider: \(reason)")
    case .connectTimeout:
      self.init(.timeoutConnect, "no connection within the provider's connect_ms")
    case .noFreeConnection:
      self.init(.timeoutConnect, "no connection was free within the provider's connect_ms")
    case .insecure(let reason): self.init(.tls, "no secure connection to the provider: \(reason)")
    case .privateAddress(let address):
      self.init(
        .egress,
        "the provider's host has the address \(address), which is of this machine or a private "
          + "network; to allow it, set egress.allow_private")
    case .broken(let reason): self.init(.truncated, "the answer broke off: \(reason)")
    case .cancelled: self.init(.cancelled, "the call was cancelled")
    }
  }

  /// The failure as one of the request and the job of another.
  func of(_ other: ProviderError) -> ProviderError {
    var error = self
    error.requestID = other.requestID
    error.leavesJob = other.leavesJob
    return error
  }

  /// The most characters of a message.
  private static let messageLimit = 1_000

  /// The error with secrets masked, and with the id of the request.
  ///
  /// The message is cut after that, so that no part of a secret is left at its end.
  func masked(by mask: SecretMask, requestID: String? = nil) -> ProviderError {
    var error = self
    let message = mask.masked(message)
    error.message =
      message.count > Self.messageLimit ? message.prefix(Self.messageLimit) + "…" : message
    error.code = code.map(mask.masked)
    error.requestID = (self.requestID ?? requestID).map(mask.masked)
    return error
  }
}

extension ProviderError {
  /// The failure that an answer with a status of its own reports.
  /// - Parameter body: The body, or its beginning.
  init(status: Int, headers response: UpstreamResponse, body: [UInt8]) {
    let json = try? JSON(parsing: body, depth: 64, keepingDuplicates: true)
    let report = ErrorReport(json)
    let text = report.message ?? TerminalText.line(String(decoding: body, as: UTF8.self))
    let answered = "the provider answered \(status)"
    self.init(report.kind(status), text.isEmpty ? answered : "\(answered): \(text)")
    code = report.code
    self.status = status
    retryAfter = RetryAfter.wait(response) ?? report.retryDelay
  }

  /// The failure that a whole answer or an event reports in the place of content; nil when it
  /// reports none.
  init?(reportedIn json: JSON, status: Int?) {
    guard json["error"] != nil || json["type"]?.string == "error" else { return nil }
    let report = ErrorReport(json)
    self.init(
      report.kind(nil), "the provider reported an error: \(report.message ?? "without a message")")
    code = report.code
    self.status = status
    retryAfter = report.retryDelay
  }
}
