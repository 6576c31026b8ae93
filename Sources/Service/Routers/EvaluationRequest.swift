package import Model
import Routing

/// The body of a request that is to be decided.
package struct EvaluationRequest: Sendable {
  /// The context, as it was sent.
  package let context: [UInt8]
  /// The version that is to decide, as the part of a reference after the `@`; nil for what is live.
  package let version: String?
  /// Whether nothing is to be recorded.
  package let isDry: Bool

  /// Reads a body.
  /// - Throws: ``StoreError`` of kind `usage` when it is not as expected.
  package init(parsing body: [UInt8]) throws(StoreError) {
    do throws(JSONFault) {
      let envelope = try EvaluationEnvelope(parsing: body)
      context = envelope.context
      version = envelope.version
      isDry = envelope.isDry
    } catch {
      throw StoreError(
        .usage, "the body is not as expected: \(error.message) (byte \(error.offset + 1))")
    }
  }
}
