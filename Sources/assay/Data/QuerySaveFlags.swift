import ArgumentParser
import Model
import Wire

/// The options by which the rows of a query become a version.
struct QuerySaveFlags: ParsableArguments {
  @Option(help: "Save the rows as the next version of this dataset.") var save: String?
  @Option(help: "With --save: columns that identify a row, a,b. Default: those of what is read.")
  var key: [String] = []
  @Option(help: "With --save: the kind of its rows.") var kind: DatasetKind?
  @Option(help: "With --save: keep a sample of so many rows.") var sample: Int?
  @Option(help: "With --sample: columns whose values make strata, a,b.") var by: [String] = []
  @Option(help: "With --sample: another seed draws others.") var seed = 0
  @Option(help: "With --save: why, in a sentence. Default: how the rows were drawn.")
  var message: String?
  @Option(help: "With --save: who. Default: $ASSAY_AUTHOR, else user@host.") var author: String?

  /// The order to save a query; nil without `--save`.
  /// - Throws: ``StoreError`` of kind `usage` for options that do not go together.
  func saved(_ query: QueryRequest) throws(StoreError) -> SavedQuery? {
    guard let save else {
      if sample != nil || !by.isEmpty || !key.isEmpty || kind != nil || message != nil {
        throw StoreError(.usage, "--sample, --by, --key, --kind and --message go with --save")
      }
      return nil
    }
    guard sample ?? 1 > 0, seed >= 0 else {
      throw StoreError(.usage, "--sample takes a number of rows, and --seed 0 or more")
    }
    let strata = try NameList.names(in: by) ?? []
    if sample == nil, !strata.isEmpty { throw StoreError(.usage, "--by goes with --sample") }
    return SavedQuery(
      query: query, into: try DatasetName(save), key: try NameList.names(in: key), kind: kind,
      sample: sample.map { .init(count: $0, strata: strata, seed: seed) }, message: message,
      author: Author.name(author))
  }
}
