import Model

/// The members of an error as providers report it.
///
/// OpenAI, Anthropic and Google have an object `error`, with `message` and one or more of `type`,
/// `code` and `status`; others have a text there, or `message` or `detail` beside it.
struct ErrorReport {
  let message: String?
  /// The most specific of its code, type and status.
  let code: String?
  /// The time to wait that Google's details name.
  let retryDelay: Duration?
  /// All codes and the message, in lower case.
  private let words: String

  /// The report in a body, which may be a list of one; without any JSON it has no message.
  init(_ json: JSON?) {
    let body = json?.array?.first ?? json
    let error = body?["error"] ?? body
    let text =
      error?.string ?? error?["message"]?.string ?? body?["message"]?.string
      ?? body?["detail"]?.string
    message = text.map { TerminalText.line($0) }
    let details = error?["details"]?.array ?? []
    let codes = [error?["code"]?.string, error?["type"]?.string, error?["status"]?.string]
      .compactMap { $0 }
    code = codes.first
    retryDelay = details.lazy.compactMap { $0["retryDelay"]?.string }.first
      .flatMap(RetryAfter.seconds)
    let reasons = details.compactMap { $0["reason"]?.string }
    words = (codes + reasons + [text ?? ""]).joined(separator: "\n").lowercased()
  }

  private func has(_ phrases: String...) -> Bool { phrases.contains { words.contains($0) } }

  /// The class of the error; `status` is nil where it stands in an answer of status 200.
  func kind(_ status: Int?) -> ProviderError.Kind {
    if has("insufficient_quota", "billing_error", "billing_hard_limit", "credit balance")
      || status == 402
    {
      return .quotaExhausted
    }
    let mayBeTooLong = status == nil || [400, 413, 422].contains(status)
    if mayBeTooLong, isTooLong { return .contextLengthExceeded }
    if has("content_filter", "content_policy", "responsibleaipolicy", "prohibited_content") {
      return .contentFiltered
    }
    if has("api_key_invalid", "invalid_api_key", "authentication_error") { return .auth }
    return status.map(byStatus) ?? byWords
  }

  private var isTooLong: Bool {
    has(
      "context_length_exceeded", "maximum context length", "prompt is too long",
      "context window", "exceeds the maximum number of tokens", "input is too long")
  }

  private func byStatus(_ status: Int) -> ProviderError.Kind {
    switch status {
    case 401, 403: .auth
    case 404: has("model", "not_found") ? .modelNotFound : .invalidRequest
    case 429: .rateLimited
    case 503, 529: .overloaded
    case 408, 409, 425, 500...: .serverError
    default: has("model_not_found") ? .modelNotFound : .invalidRequest
    }
  }

  private var byWords: ProviderError.Kind {
    if has("overloaded", "unavailable") { return .overloaded }
    if has("rate_limit", "resource_exhausted") { return .rateLimited }
    if has("permission", "unauthenticated") { return .auth }
    if has("model_not_found", "not_found") { return .modelNotFound }
    if has("invalid_request", "invalid_argument") { return .invalidRequest }
    if has("server_error", "api_error", "internal") { return .serverError }
    return .streamError
  }
}

/// The time that an answer asks to wait before another attempt.
enum RetryAfter {
  private static let longest = Duration.seconds(24 * 3_600)

  /// `retry-after-ms` before `retry-after`, in seconds; a date is measured from the answer's own.
  static func wait(_ response: UpstreamResponse) -> Duration? {
    if let text = response.header("retry-after-ms"), let value = Double(text), value >= 0 {
      return value < 86_400_000 ? .milliseconds(value) : longest
    }
    guard let text = response.header("retry-after") else { return nil }
    if let wait = seconds(text) { return wait }
    guard let until = date(text), let now = response.header("date").flatMap(date) else {
      return nil
    }
    return min(max(.seconds(until - now), .zero), longest)
  }

  /// A number of seconds, also one with an `s` behind it.
  static func seconds(_ text: String) -> Duration? {
    let digits = text.hasSuffix("s") ? text.dropLast() : text[...]
    guard let value = Double(digits), value >= 0, value.isFinite else { return nil }
    return value > 86_400 ? longest : .seconds(value)
  }

  /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
  static func date(_ text: String) -> Int64? {
    let parts = text.split { " :-".contains($0) }
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 8, let month = months.firstIndex(where: { $0 == parts[2] }) else {
      return nil
    }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    let time = "\(parts[3])-\(number)-\(parts[1])T\(parts[4]):\(parts[5]):\(parts[6])Z"
    return Timestamp(parsing: time).map { $0.microseconds / 1_000_000 }
  }
}
