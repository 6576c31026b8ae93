package import Model

/// The outputs that are scored, and the scorers.
package struct ScoreRequest: Codable, Sendable, Hashable {
  /// The version with the outputs.
  package var reference: String
  /// The scorers: objects of docs/scoring.md, or texts in their short form.
  package var scorers: [JSON]
  /// The column with the outputs, for scorers that name no other; nil for one with a usual name.
  package var output: String?
  /// The column whose values are the models; nil for `model`, if there is such a column.
  package var by: String?
  /// The column that numbers the attempts at an item; nil for one of the key with a usual name.
  package var repeats: String?
  /// The version with further columns of the items; nil for those of kind inputs in the lineage.
  package var inputs: String?
  /// The dataset that keeps the scores; nil for `NAME.scores`.
  package var into: String?
  package var message: String?
  package var author: String?

  /// A request to score a version.
  package init(_ reference: String, scorers: [JSON]) {
    self.reference = reference
    self.scorers = scorers
  }

  private enum CodingKeys: String, CodingKey {
    case reference, scorers, output, by, inputs, into, message, author
    case repeats = "repeat"
  }
}
