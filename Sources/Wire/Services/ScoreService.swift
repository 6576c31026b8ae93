package import Model

/// The calls on scores: datasets of kind `metrics` that are made of stored outputs.
package protocol ScoreService: Sendable {
  /// Applies scorers to the outputs of a version, and saves the scores as the next version of a
  /// dataset; equal scores make no new version.
  /// - Throws: ``StoreError``: `usage` for a scorer that cannot be applied, or columns that are
  ///   missing; `missing` for a version that does not exist.
  func score(_ request: ScoreRequest) throws(StoreError) -> ScoresDocument
}
