/// The kind of a dataset: the content of its rows.
package enum DatasetKind: String, Sendable, CaseIterable {
  case inputs, outputs, metrics, ratings, rules
  /// Documents made of other versions: comparisons, bake-off reports, backtests, gates.
  case reports
  /// A wide evaluation table: the kind when none is named.
  case results

  /// True when rows stay as they are: others may be added, none changed or removed.
  package var isAppendOnly: Bool { self == .ratings }
}
