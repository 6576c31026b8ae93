import Catalog
import Model
import Objects

/// A log runs without gaps, so a file that is not there is either still to come or lost.
///
/// Lost it is when a later one is there, or when the index has taken its record in.
extension Store {
  /// The sequence of a dataset's newest log file; `known` when there is none after it.
  /// - Throws: ``StoreError`` of kind `corrupt` naming a file that is not there though a later one
  ///   is.
  func newestLog(of dataset: DatasetName, after known: Int) throws(StoreError) -> Int {
    var newest = known
    let names = try objects.list(
      StoreLayout.logPrefix(dataset), after: StoreLayout.logName(dataset, known), limit: .max)
    for name in names {
      guard let sequence = StoreLayout.parseLogName(name)?.sequence else { continue }
      while newest + 1 < sequence {
        newest += 1
        // A folder that is listed while files are added may show a later one alone.
        try requireLog(newest, of: dataset, because: "though later ones of its log are")
      }
      newest = sequence
    }
    return newest
  }

  /// Goes on when a record of that sequence can be written to a log that has no hole.
  func requireNoHole(at sequence: Int, of dataset: DatasetName) throws(StoreError) {
    if sequence > 1 {
      try requireLog(sequence - 1, of: dataset, because: "though the index knows its record")
    }
    if try objects.status(of: StoreLayout.logName(dataset, sequence + 1)) != nil {
      try requireLog(sequence, of: dataset, because: "though later ones of its log are")
    }
  }

  private func requireLog(
    _ sequence: Int, of dataset: DatasetName, because reason: String
  ) throws(StoreError) {
    let name = StoreLayout.logName(dataset, sequence)
    guard try objects.status(of: name) == nil else { return }
    throw StoreError(
      .corrupt,
      "\(name) is not there, \(reason): restore it from a copy ('assay verify' names what it "
        + "touches)")
  }

  /// Goes on when every record that the index knows has its file.
  /// - Throws: ``StoreError`` of kind `corrupt` naming those that would be lost with the index.
  func requireKnownLogs() throws(StoreError) {
    var lost: [String] = []
    for head in try index.datasets() {
      let names = Set(try objects.list(StoreLayout.logPrefix(head.dataset)))
      for sequence in 1...head.sequence {
        let name = StoreLayout.logName(head.dataset, sequence)
        if !names.contains(name) { lost.append(name) }
      }
    }
    guard let first = lost.first else { return }
    let more = lost.count > 1 ? " (and \(lost.count - 1) more)" : ""
    throw StoreError(
      .corrupt,
      "\(first)\(more) is not there, and only the index knows its record: restore it from a copy "
        + "('assay verify' names what it touches), or go on without it: 'assay reindex "
        + "--accept-loss'")
  }
}
