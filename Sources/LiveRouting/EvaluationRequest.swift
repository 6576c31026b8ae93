package import Model
import Routing

/// The body of a request that is to be decided.
package struct EvaluationRequest: Sendable {
  /// The context, as it was sent.
  package let context: [UInt8]
  /// The version that is to decide, as the part of a reference after the `@`; nil for the live one.
  package let version: String?
  /// True when nothing is to be recorded.
  package let isDry: Bool

  /// Reads the body of the OpenFeature Remote Evaluation Protocol, of which only the member
  /// `context` counts.
  /// - Throws: ``StoreError``: `usage` when it is not a JSON object, `invalid` when the context is
  ///   not.
  package init(flagBody body: [UInt8]) throws(StoreError) {
    let envelope = try Self.envelope(body, isStrict: false)
    guard envelope.hasObject else {
      throw StoreError(.invalid, "the member 'context' is not a JSON object")
    }
    context = envelope.context
    version = nil
    isDry = false
  }

  /// Reads a body.
  /// - Throws: ``StoreError`` of kind `usage` when it is not as expected.
  package init(parsing body: [UInt8]) throws(StoreError) {
    let envelope = try Self.envelope(body, isStrict: true)
    context = envelope.context
    version = envelope.version
    isDry = envelope.isDry
  }

  private static func envelope(
    _ body: [UInt8], isStrict: Bool
  ) throws(StoreError) -> EvaluationEnvelope {
    do throws(JSONFault) {
      return try EvaluationEnvelope(parsing: body, isStrict: isStrict)
    } catch {
      throw StoreError(
        .usage, "the body is not as expected: \(error.message) (byte \(error.offset + 1))")
    }
  }
}
