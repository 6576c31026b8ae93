/// Gates that were registered before a run, for exactly these items.
package struct GateDocument: Codable, Sendable, Hashable {
  /// The form of the document: 2 where the options name the grammar of the gates, which 1 do not.
  package static let format = "assay.gate/2"
  /// All forms.
  package static let formats = ["assay.gate/1", format]

  package let format: String
  /// The version whose items these are.
  package let source: ComparisonDocument.Source
  package let items: ComparisonDocument.Items
  /// The gates, and everything else that the answer will depend on.
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

/// A registration on its way in.
package struct GateRequest: Codable, Sendable, Hashable {
  /// The version with the items: a set of inputs, or an earlier run.
  package var reference: String
  package var options: ComparisonOptions
  package var save: SaveOrder

  /// Gates for the items of `reference`.
  package init(reference: String, options: ComparisonOptions, save: SaveOrder) {
    self.reference = reference
    self.options = options
    self.save = save
  }
}
