package import Model

/// What a door asks of a store about versions laid beside one another.
package protocol ComparisonService: Sendable {
  /// Compares arms item by item, and keeps the answer where the request says so.
  /// - Parameter onProgress: Told from any thread which part is done, from 0 to 1, where that is
  ///   known.
  /// - Throws: ``StoreError``: `usage` for options that make no sense, `missing` for a version that
  ///   is not there, `conflict` when the items are not those of the registration.
  func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Kept<ComparisonDocument>

  /// A comparison that was kept.
  func comparison(_ reference: Reference) throws(StoreError) -> Kept<ComparisonDocument>

  /// Computes a comparison that was kept again, from the versions it names.
  /// - Parameter onProgress: As for ``compare(_:onProgress:)``.
  func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument

  /// Keeps gates for the items of a version.
  func createGate(_ request: GateRequest) throws(StoreError) -> Kept<GateDocument>

  /// Gates that were registered.
  func gate(_ reference: Reference) throws(StoreError) -> Kept<GateDocument>
}

extension ComparisonService {
  /// Compares without telling how far it is.
  package func compare(
    _ request: ComparisonRequest
  ) throws(StoreError) -> Kept<ComparisonDocument> {
    try compare(request) { _ in }
  }

  /// Computes again without telling how far it is.
  package func verifyComparison(
    _ reference: Reference
  ) throws(StoreError) -> RecomputationDocument {
    try verifyComparison(reference) { _ in }
  }
}

/// A document, and the version that keeps it: one JSON object with the document's members and
/// `saved`, the canonical reference.
package struct Kept<Document: Codable & Sendable & Hashable>: Sendable, Hashable {
  package let document: Document
  /// Nil when it is kept nowhere.
  package let saved: String?

  /// `document`, kept as the version `saved`.
  package init(_ document: Document, saved: String?) {
    self.document = document
    self.saved = saved
  }
}

extension Kept: Codable {
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

/// What computing a comparison again gave.
package struct RecomputationDocument: Codable, Sendable, Hashable {
  /// One member that is not the same.
  package struct Difference: Codable, Sendable, Hashable {
    /// Where it is, as RFC 6901 writes it: `/pairs/0/metrics/1/items`.
    package let pointer: String
    /// Its JSON in the document that was kept; nil where it has no such member.
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
  /// Whether it gave the same bytes.
  package let isEqual: Bool
  /// The first of what is not the same.
  package let differences: [Difference]

  /// What computing `reference` again gave.
  package init(reference: String, isEqual: Bool, differences: [Difference]) {
    self.reference = reference
    self.isEqual = isEqual
    self.differences = differences
  }
}
