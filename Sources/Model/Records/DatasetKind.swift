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

  /// True when rows of any content are saved, by every caller who may write: pushed, appended, or
  /// one at a time.
  ///
  /// The content of the others is checked by the calls that save it: a set of providers names
  /// programs to run and files to read, and an invalid document breaks its readers.
  package var takesAnyRows: Bool {
    switch self {
    case .inputs, .outputs, .metrics, .results: true
    case .ratings, .rules, .reports, .providers, .prices, .runs, .prompts: false
    }
  }

  /// True when only who administers the store decides which version is used: a set of providers
  /// names programs to run, files to read, and where secrets go.
  package var isAdministered: Bool { self == .providers }

  /// True when a version is one JSON document, in a column of that name.
  package var isDocument: Bool { !takesAnyRows && self != .ratings && self != .prices }

  /// The advice on what saves a version of a kind that does not take any rows.
  package func advice(for dataset: DatasetName) -> String {
    switch self {
    case .rules: "'assay router push \(dataset) FILE' saves rules"
    case .reports: "'--save \(dataset)' of compare and report, and 'assay gate create', save them"
    case .providers: "'assay provider add --file FILE' saves a set of them"
    case .runs: "'assay run' saves the document of each run"
    case .prompts: "'assay prompt push \(dataset) FILE' saves one"
    case .ratings: "'assay rate', 'assay push' and POST /v1/ratings/\(dataset) save them"
    case .prices: "'assay prices import' and 'assay push' save them"
    case .inputs, .outputs, .metrics, .results: "'assay push' saves rows"
    }
  }
}
