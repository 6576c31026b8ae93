import Model
import Routing

extension RoutedRequest {
  /// The reason that the protocol's targeting key is missing: the rule draws by fields of which the
  /// context has none as a text; nil where nothing is missing.
  package var missingUnit: String? {
    decision.fieldsWithoutUnit.map { fields in
      "the rule '\(decision.ruleName ?? "")' of \(route) draws by "
        + fields.map(\.text).joined(separator: ", else ")
        + ", and the context has none of them as a text that is not empty"
    }
  }

  /// The answer as the OpenFeature Remote Evaluation Protocol has it: the target is the value.
  /// (https://github.com/open-feature/protocol)
  package var flagJSON: [UInt8] {
    var target = decision.target.json.object ?? [:]
    target["name"] = .string(decision.target.name)
    var metadata: JSON.Object = [
      "decision_id": .string(id), "route": .string(route.text), "version": .integer(Int64(number)),
      "content_hash": .string(decision.rules.set.digest.description),
      "target": .string(decision.target.name),
      "propensity_ppm": .integer(Int64(decision.propensityPPM)),
      // Metadata has no nested values; this is all there is to know, as text.
      "decision": .string(String(decoding: decision.json, as: UTF8.self)),
    ]
    metadata["deployment_id"] = deploymentID.map { .string($0) }
    metadata["rule"] = decision.ruleName.map { .string($0) }
    metadata["bucket"] = decision.bucket.map { .integer(Int64($0)) }
    metadata["unit_source"] = decision.unitSource.map { .string($0) }
    return JSON.object([
      "key": .string(route.text), "reason": .string(decision.reason.rawValue),
      "variant": .string(decision.variant ?? decision.target.name), "value": .object(target),
      "metadata": .object(metadata),
    ]).canonicalBytes
  }
}
