package import Model

/// The calls on comparisons of versions, and on gates.
package protocol ComparisonService: Sendable {
  /// Compares arms item by item, and saves the answer where the request says so.
  /// - Parameter onProgress: Called from any thread with the part done, from 0 to 1, where that is
  ///   known.
  /// - Throws: ``StoreError``: `usage` for options that make no sense, `missing` for a version that
  ///   is not there, `conflict` when the items are not those of the registration.
  func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Saved<ComparisonDocument>

  /// Returns a comparison that was saved.
  func comparison(_ reference: Reference) throws(StoreError) -> Saved<ComparisonDocument>

  /// Computes a saved comparison again, from the versions it names.
  /// - Parameter onProgress: As for ``compare(_:onProgress:)``.
  func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument

  /// Saves gates for the items of a version.
  func createGate(_ request: GateRequest) throws(StoreError) -> Saved<GateDocument>

  /// Returns gates that were registered.
  func gate(_ reference: Reference) throws(StoreError) -> Saved<GateDocument>
}

extension ComparisonService {
  /// Compares without reporting progress.
  package func compare(
    _ request: ComparisonRequest
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    try compare(request) { _ in }
  }

  /// Computes again without reporting progress.
  package func verifyComparison(
    _ reference: Reference
  ) throws(StoreError) -> RecomputationDocument {
    try verifyComparison(reference) { _ in }
  }
}

/// A document with the version that saves it: one JSON object with the document's members and
/// `saved`, the canonical reference.
package struct Saved<Document: Codable & Sendable & Hashable>: Sendable, Hashable {
  package let document: Document
  /// Nil when it is not saved.
  package let saved: String?

  /// `document`, saved as the version `saved`.
  package init(_ document: Document, saved: String?) {
    self.document = document
    self.saved = saved
  }
}

extension Saved: Codable {
  private enum CodingKeys: String, CodingKey {
    case saved
  }

  package init(from decoder: any Decoder) throws {
    document = try Document(from: decoder)
    saved = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(
      String.self, forKey: .saved)
  }

  package func encode(to encoder: any Encoder) throws {
    try document.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encodeIfPresent(saved, forKey: .saved)
  }
}

/// The result of computing a saved document again.
package struct RecomputationDocument: Codable, Sendable, Hashable {
  /// A member that differs.
  package struct Difference: Codable, Sendable, Hashable {
    /// The place of the member as RFC 6901 writes it: `/pairs/0/metrics/1/items`.
    package let pointer: String
    /// Its JSON in the saved document; nil where that has no such member.
    package let saved: String?
    package let recomputed: String?

    /// A member at `pointer`.
    package init(pointer: String, saved: String?, recomputed: String?) {
      self.pointer = pointer
      self.saved = saved
      self.recomputed = recomputed
    }
  }

  package let reference: String
  /// True when the computation gave the same bytes.
  package let isEqual: Bool
  /// The first differences, in the order of the document.
  package let differences: [Difference]

  /// The result of computing `reference` again.
  package init(reference: String, isEqual: Bool, differences: [Difference]) {
    self.reference = reference
    self.isEqual = isEqual
    self.differences = differences
  }
}
