/// What a dataset holds.
package enum DatasetKind: String, Sendable, CaseIterable {
  case inputs, outputs, metrics, ratings, rules
  /// A wide evaluation table: the kind when none is named.
  case results
}
