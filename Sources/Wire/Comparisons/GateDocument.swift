package import Model

/// Gates that were registered before a run, for exactly these items.
package struct GateDocument: Codable, Sendable, Hashable {
  /// The document's format: 2 names the grammar of the gates in its options, 1 does not.
  package static let format = "assay.gate/2"
  /// All formats that can be read.
  package static let formats = ["assay.gate/1", format]

  package let format: String
  /// The version that the items come from.
  package let source: ComparisonDocument.Source
  package let items: ComparisonDocument.Items
  /// The gates, and everything else on which the answer will depend.
  package let options: ComparisonOptions
  /// The identities of the scorers of the source's scores that gates are about, by the scores'
  /// names; nil for none.
  ///
  /// Scores by others do not meet the gates.
  package let scorers: [DataText: String]?
  /// Facts that a reader needs to trust comparisons of these items; nil for none.
  package let findings: [ComparisonDocument.Finding]?

  /// Gates for the items of `source`.
  package init(
    source: ComparisonDocument.Source, items: ComparisonDocument.Items, options: ComparisonOptions,
    scorers: [DataText: String] = [:],
    findings: [ComparisonDocument.Finding] = []
  ) {
    format = Self.format
    self.source = source
    self.items = items
    self.options = options
    self.scorers = scorers.isEmpty ? nil : scorers
    self.findings = findings.isEmpty ? nil : findings
  }
}

/// A request to register gates.
package struct GateRequest: Codable, Sendable, Hashable {
  /// The version that has the items: a set of inputs, or an earlier run.
  package var reference: String
  package var options: ComparisonOptions
  /// As in ``ComparisonRequest/scores``: gates on scores are checked on these.
  package var scores: [String]?
  /// The column that will divide the arms, and so identifies no item; nil where versions are arms.
  package var by: String?
  package var save: SaveRequest

  /// Gates for the items of `reference`.
  package init(reference: String, options: ComparisonOptions, save: SaveRequest) {
    self.reference = reference
    self.options = options
    self.save = save
  }
}
