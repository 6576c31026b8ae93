import Model

/// The quotas of an account, as an answer's header fields report them.
package struct RateReport: Sendable, Hashable {
  /// A quota that fills again as time passes.
  package struct Quota: Sendable, Hashable {
    package let limit: Int
    package let remaining: Int
    /// The time until it is whole again; nil when the answer does not say.
    package let reset: Duration?

    /// A quota with all members.
    package init(limit: Int, remaining: Int, reset: Duration?) {
      self.limit = limit
      self.remaining = remaining
      self.reset = reset
    }
  }

  /// The form of the header fields.
  package enum Form: String, Sendable, CaseIterable {
    /// `x-ratelimit-limit-requests`, with a reset such as `6m0s`; Groq, Together and others have it
    /// too.
    case openai
    /// `anthropic-ratelimit-requests-limit`, with a reset as a time.
    case anthropic
    case none
  }

  package let requests: Quota?
  package let tokens: Quota?

  /// Quotas of both kinds.
  package init(requests: Quota?, tokens: Quota?) {
    self.requests = requests
    self.tokens = tokens
  }

  /// The quotas of an answer's head; nil when it has none.
  init?(_ response: UpstreamResponse, _ form: Form) {
    switch form {
    case .none: return nil
    case .openai:
      func quota(_ kind: String) -> Quota? {
        Quota(
          response, limit: "x-ratelimit-limit-" + kind, remaining: "x-ratelimit-remaining-" + kind,
          reset: response.header("x-ratelimit-reset-" + kind).flatMap(Self.duration))
      }
      requests = quota("requests")
      tokens = quota("tokens")
    case .anthropic:
      func quota(_ kind: String) -> Quota? {
        let name = "anthropic-ratelimit-\(kind)-"
        return Quota(
          response, limit: name + "limit", remaining: name + "remaining",
          reset: Self.wait(until: response.header(name + "reset"), response))
      }
      requests = quota("requests")
      tokens = quota("tokens") ?? quota("input-tokens")
    }
    if requests == nil, tokens == nil { return nil }
  }

  /// The time from the answer's own date until another.
  private static func wait(until text: String?, _ response: UpstreamResponse) -> Duration? {
    guard let end = text.flatMap({ Timestamp(parsing: $0) }),
      let now = response.header("date").flatMap(RetryAfter.date)
    else { return nil }
    return max(.zero, .microseconds(end.microseconds - now * 1_000_000))
  }

  /// A duration such as `6m0s`, `1h2m3.5s`, `20ms`.
  static func duration(_ text: String) -> Duration? {
    let units = [("ms", 0.001), ("h", 3_600), ("m", 60), ("s", 1)]
    var seconds = 0.0
    var rest = text[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) })
      else { return nil }
      seconds += number * unit.1
      rest = rest.dropFirst(unit.0.count)
    }
    return text.isEmpty || seconds > 1e8 ? nil : .seconds(seconds)
  }
}

extension RateReport.Quota {
  fileprivate init?(
    _ response: UpstreamResponse, limit: String, remaining: String, reset: Duration?
  ) {
    guard let most = response.header(limit).flatMap({ Int($0) }), most > 0,
      let left = response.header(remaining).flatMap({ Int($0) })
    else { return nil }
    self.init(limit: most, remaining: min(max(left, 0), most), reset: reset)
  }
}
