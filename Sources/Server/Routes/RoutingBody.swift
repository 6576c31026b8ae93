import Foundation
import HTTPTypes
import Model
import Wire

/// The body of a request for decisions.
enum RoutingBody {
  /// The ids of a W3C `traceparent` (https://www.w3.org/TR/trace-context/).
  static func trace(_ headers: HTTPFields) -> (trace: String, span: String)? {
    guard let text = headers[.traceparent] else { return nil }
    let parts = text.split(separator: "-")
    guard parts.count >= 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      (parts[1] + parts[2]).utf8.allSatisfy({ Hex.digit($0) != nil })
    else { return nil }
    return (String(parts[1]), String(parts[2]))
  }

  /// Throws unless every row names a decision.
  static func requireDecisions(_ body: [UInt8], _ layout: RowsLayout) throws(StoreError) {
    let texts =
      layout == .lines ? body.split(separator: UInt8(ascii: "\n")).map { Array($0) } : [body]
    for text in texts {
      let value = try? JSONSerialization.jsonObject(with: Data(text))
      let rows = value as? [Any] ?? value.map { [$0] } ?? []
      guard !rows.isEmpty,
        rows.allSatisfy({ (($0 as? [String: Any])?["decision_id"] as? String)?.isEmpty == false })
      else {
        throw StoreError(
          .invalid, "an outcome is a JSON object whose member 'decision_id' names a decision")
      }
    }
  }
}
