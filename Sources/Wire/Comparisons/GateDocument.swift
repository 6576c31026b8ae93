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

  /// Gates for the items of `source`.
  package init(
    source: ComparisonDocument.Source, items: ComparisonDocument.Items, options: ComparisonOptions
  ) {
    format = Self.format
    self.source = source
    self.items = items
    self.options = options
  }
}

/// A request to register gates.
package struct GateRequest: Codable, Sendable, Hashable {
  /// The version that has the items: a set of inputs, or an earlier run.
  package var reference: String
  package var options: ComparisonOptions
  package var save: SaveRequest

  /// Gates for the items of `reference`.
  package init(reference: String, options: ComparisonOptions, save: SaveRequest) {
    self.reference = reference
    self.options = options
    self.save = save
  }
}
