package import Model

/// A finding about the values of versions: seldom meant, though every byte is as it was saved.
package struct ValueFinding: Sendable, Hashable {
  /// The kind of finding.
  package enum Kind: String, Sendable, CaseIterable {
    /// Rows of one version whose keys are one: 1 and 1.0.
    case sameKeys = "same-keys"
    /// A column of texts that all, or nearly all, look like numbers or true and false.
    case texts
    /// A column whose type is another than in the version before.
    case retyped
    /// A version that is dated after now.
    case future
  }

  package let kind: Kind
  package let dataset: DatasetName
  /// The versions it is found in, without gaps.
  package var versions: ClosedRange<Int>
  package let column: String?
  /// The finding and the advice, as a sentence without a full stop.
  package let what: String

  /// The reference of the versions: `name@3` or `name@3..7`.
  package var reference: String {
    versions.count == 1
      ? "\(dataset)@\(versions.lowerBound)"
      : "\(dataset)@\(versions.lowerBound)..\(versions.upperBound)"
  }
}
