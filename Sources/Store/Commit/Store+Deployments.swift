import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// The deployments of a dataset, newest first; the first is live.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such dataset.
  package func deployments(of dataset: DatasetName) throws(StoreError) -> [Deployment] {
    try log(of: dataset).compactMap { Deployment($0) }
  }

  /// The digest of a dataset's newest record, after reading the log's new records.
  ///
  /// It is another as soon as anything happened to the dataset, and cheap to ask for.
  package func head(of dataset: DatasetName) throws(StoreError) -> Digest? {
    try newestRecord(of: dataset)?.digest
  }

  /// The newest record of a dataset, after reading the log's new records.
  func newestRecord(of dataset: DatasetName) throws(StoreError) -> DatasetHead? {
    try reading(dataset) { () throws(StoreError) in try index.head(of: dataset) }
  }

  /// The number of records in a dataset's log, after reading its new records; 0 for an unknown
  /// dataset.
  package func logLength(of dataset: DatasetName) throws(StoreError) -> Int {
    try newestRecord(of: dataset)?.sequence ?? 0
  }

  /// Returns true when a dataset's log has no more than `length` records, by a single `stat`.
  package func endsLog(of dataset: DatasetName, after length: Int) throws(StoreError) -> Bool {
    try objects.status(of: StoreLayout.logName(dataset, length + 1)) == nil
  }

  /// Deploys a version in the place of the one that is live.
  ///
  /// When it returns, the deployment is on disk. Of two that would take the same version's place,
  /// one wins.
  /// - Parameters:
  ///   - expected: The version that has to be live, 0 for none; nil for the one that is when the
  ///     call begins.
  ///   - make: What to deploy, given the deployments so far, newest first.
  /// - Throws: ``StoreError`` of kind `conflict` that says who deployed what and when, if another
  ///   version is live by now; whatever `make` throws.
  package func deploy(
    _ dataset: DatasetName, expected: Int? = nil, author: String,
    make: ([Deployment]) throws(StoreError) -> DeploymentRecord
  ) throws(StoreError) -> Deployment {
    var expected = expected
    while true {
      // The head is read first: should another process move it, our record is refused as too late.
      let head = try newestRecord(of: dataset)
      let known = try deployments(of: dataset)
      let live = known.first
      if let expected, expected != live?.record.number ?? 0 {
        throw Self.lost(dataset, live, expected: expected)
      }
      expected = live?.record.number ?? 0
      let record = try make(known)
      var log = try PackWriter()
      let compressor = try Compressor()
      let written = try append(
        .deployment(record), to: dataset, after: head, author: author, time: clock(), &log,
        compressor)
      if let written, let made = Deployment(written.record) {
        written.warnings.forEach(warn)
        return made
      }
    }
  }

  private static func lost(
    _ dataset: DatasetName, _ live: Deployment?, expected: Int
  ) -> StoreError {
    let wanted = expected == 0 ? "none" : "\(dataset)@\(expected)"
    guard let live else {
      return StoreError(.conflict, "nothing of \(dataset) is live, where \(wanted) was expected")
    }
    let why = live.record.message.isEmpty ? "" : " ('\(live.record.message)')"
    return StoreError(
      .conflict,
      "\(dataset)@\(live.record.number) is live, where \(wanted) was expected: \(live.author) "
        + "deployed it at \(live.time)\(why); look at 'assay router log \(dataset)' and decide "
        + "again"
    )
  }
}
