/// A place in a series where its level moved.
package struct ChangePoint: Sendable, Hashable {
  /// The first position of the new level.
  package let position: Int
  /// The mean of the stretch before.
  package let before: Double
  /// The mean of the stretch after.
  package let after: Double
  /// The permutation p-value of the largest step in its stretch.
  package let pValue: Double
}
