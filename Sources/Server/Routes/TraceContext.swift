import HTTPTypes
import Model

/// The trace that a request belongs to (https://www.w3.org/TR/trace-context/).
enum TraceContext {
  /// The ids of the trace and the span in `traceparent`; nil without a valid one.
  static func ids(_ headers: HTTPFields) -> (trace: String, span: String)? {
    guard let text = headers[.traceparent] else { return nil }
    let parts = text.split(separator: "-")
    guard parts.count >= 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      (parts[1] + parts[2]).utf8.allSatisfy({ Hex.digit($0) != nil })
    else { return nil }
    return (String(parts[1]), String(parts[2]))
  }
}
