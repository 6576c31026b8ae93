package import Model
package import Routing

/// A decision with all that names it.
package struct RoutedRequest: Sendable {
  /// A UUID of version 7.
  package let id: String
  package let route: DatasetName
  /// The version that decided.
  package let number: Int
  /// The place of its deployment in the log; nil when a version was asked for by name.
  package let deployment: Int?
  package let time: Timestamp
  /// The time that the decision took.
  package let nanoseconds: Int
  package let decision: Decision
  /// The effect of a ramp on the decision, while a version takes another's place.
  let rollout: Rollout?

  /// The name of the deployment; nil when a version was asked for by name.
  package var deploymentID: String? { deployment.map { "\(route)#\($0)" } }

  /// The answer; docs/routing.md names its members.
  package var json: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(512 + decision.checked.count * 32)
    // Names of datasets and digests need no escapes.
    let deployment = deploymentID.map { "\"\($0)\"" } ?? "null"
    out += Array(
      """
      {"decision_id":"\(id)","route":"\(route)","version":\(number),"content_hash":\
      "\(decision.rules.set.digest)","deployment_id":\(deployment),"evaluated_at_us":\
      \(time.microseconds),
      """.utf8)
    decision.appendMembers(to: &out)
    out.append(UInt8(ascii: "}"))
    return out
  }
}
