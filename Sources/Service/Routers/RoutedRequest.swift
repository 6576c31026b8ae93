package import Model
package import Routing
import Store

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
  /// How long the decision took.
  package let nanoseconds: Int
  package let decision: Decision
  /// While a version takes another's place: what that does to the decision.
  let rollout: Rollout?

  /// The name of the deployment; nil when a version was asked for by name.
  package var deploymentID: String? { deployment.map { "\(route)#\($0)" } }

  /// The answer; docs/routing.md names its members.
  package var json: [UInt8] {
    var out: [UInt8] = []
    appendNames(to: &out)
    decision.appendMembers(to: &out)
    out.append(UInt8(ascii: "}"))
    return out
  }

  private func appendNames(to out: inout [UInt8]) {
    out.reserveCapacity(512 + decision.checked.count * 32)
    // Names of datasets and digests need no escapes.
    let deployment = deploymentID.map { "\"\($0)\"" } ?? "null"
    out += Array(
      """
      {"decision_id":"\(id)","route":"\(route)","version":\(number),"content_hash":\
      "\(decision.rules.set.digest)","deployment_id":\(deployment),"evaluated_at_us":\
      \(time.microseconds),
      """.utf8)
  }

  /// The row that is kept of it.
  /// - Parameters:
  ///   - context: What was decided on; its digest is kept, not itself.
  ///   - key: For the hash of the unit.
  ///   - samplePPM: The share of decisions that are kept.
  ///   - trace: The ids of the trace and the span that the request belongs to.
  func record(
    context: [UInt8], key: [UInt8], samplePPM: Int, trace: (trace: String, span: String)?
  ) -> [UInt8] {
    var out: [UInt8] = []
    appendNames(to: &out)
    decision.appendMembers(to: &out, targetName: "assigned_target")
    for (name, unit) in [("unit_hash", decision.unit), ("ramp_unit_hash", rollout?.unit)] {
      guard let unit else { continue }
      out += Array(",\"\(name)\":\"\(Digest(authenticating: unit, key: key).hex)\"".utf8)
    }
    if let rollout {
      out += Array(",\"ramp_propensity_ppm\":\(rollout.propensityPPM)".utf8)
    }
    if let trace {
      out += Array(",\"trace_id\":\"\(trace.trace)\",\"span_id\":\"\(trace.span)\"".utf8)
    }
    out += Array(
      """
      ,"sticky":false,"evaluator":"assay/1","eval_ns":\(nanoseconds),"context_digest":\
      "\(Digest(hashing: context))","sample_ppm":\(samplePPM)}
      """.utf8)
    return out
  }
}

extension LocalStoreService {
  package func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8] {
    try liveRouter(name, version: version).decide(context, trusting: true, at: store.clock()).json
  }
}
