/// The kind of a dataset: the content of its rows.
package enum DatasetKind: String, Sendable, CaseIterable {
  case inputs, outputs, metrics, ratings, rules
  /// Documents made of other versions: comparisons, bake-off reports, backtests, gates.
  case reports
  /// Documents that say where models are called, and how.
  case providers
  /// The prices of models, each from one moment until another.
  case prices
  /// Documents of runs: inputs, targets and limits.
  case runs
  /// Documents with templates of prompts.
  case prompts
  /// A wide evaluation table: the kind when none is named.
  case results

  /// True when rows stay as they are: others may be added, none changed or removed.
  package var isAppendOnly: Bool { self == .ratings }

  /// True when only calls of their own save versions, which check them: a set of providers names
  /// programs to run and files to read.
  package var isGuarded: Bool { self == .providers }
}
