import Catalog
import Model
import Objects

extension Store {
  /// Throws unless a record of that sequence can be written to a log without a gap.
  func requireNoHole(at sequence: Int, of dataset: DatasetName) throws(StoreError) {
    if sequence > 1 {
      try keeper.requireLog(sequence - 1, of: dataset, because: "though the index knows its record")
    }
    if try objects.status(of: StoreLayout.logName(dataset, sequence + 1)) != nil {
      try keeper.requireLog(sequence, of: dataset, because: "though later ones of its log are")
    }
  }

  /// Returns true when `head` is still the newest record of a dataset, and its file holds it; false
  /// when there is another by now, as when the index was of another history and was rebuilt.
  /// - Throws: ``StoreError`` of kind `corrupt` naming a file that does not hold the record that is
  ///   known of it: nothing is linked onto one that cannot be read.
  func isNewest(_ head: DatasetHead?, of dataset: DatasetName) throws(StoreError) -> Bool {
    try keeper.repairing { () throws(StoreError) in
      let newest = try keeper.readLog(of: dataset)
      if let newest { try keeper.requireRecord(newest) }
      return newest == head
    }
  }

  /// Throws unless every record that the index knows has its file.
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
