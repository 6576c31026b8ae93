import Columns
import Formats
import Model

/// The rows of the next version: only the file's, or after the parent's, or merged into them.
///
/// All batches of one pass have types that hold both the parent's values and the file's.
struct RowSource {
  private(set) var reader: FileCheckedReader<ExpectedTypesReader>
  private let parent: Snapshot?
  private let mode: PushMode
  private let key: [String]
  /// The types that were named for columns.
  private let types: [DataText: ColumnType]
  private let deletesMissing: Bool
  /// True when the parent's rows must stay as they are.
  private let keepsRows: Bool
  /// True when a row that is merged takes the whole place of the parent's.
  private let areWhole: Bool
  /// The first values of a merge that are not of their columns' types.
  private var misfits: [ReadRemarks.Misfit] = []
  private var doubts: [String] = []

  /// The readings of the file where it could have meant something else.
  var remarks: ReadRemarks {
    var remarks = reader.remarks
    for misfit in misfits { remarks.begin(with: misfit) }
    remarks.doubts += doubts
    return remarks
  }

  init(
    reader: FileCheckedReader<ExpectedTypesReader>, parent: Snapshot?, mode: PushMode,
    key: [String],
    types: [DataText: ColumnType], deletesMissing: Bool, keepsRows: Bool, areWhole: Bool
  ) {
    self.reader = reader
    self.parent = parent
    self.mode = mode
    self.key = key
    self.types = types
    self.deletesMissing = deletesMissing
    self.keepsRows = keepsRows
    self.areWhole = areWhole
  }

  /// Calls `body` for each batch until it returns false; returns true when it never did.
  mutating func forEachBatch(
    _ body: (RowBatch, [UInt32]) throws(StoreError) -> Bool
  ) throws(StoreError) -> Bool {
    guard let parent else { return try forEachFileBatch(body) }
    switch mode {
    case .replace where !keepsRows: return try forEachFileBatch(body)
    case .append:
      // One pass to learn the file's columns, so that the parent's rows get their final types.
      let columns = try learnColumns().joined(
        to: parent, named: types, key: key, reader.typing)
      for index in parent.manifest.groups.indices {
        let batch = try parentBatch(parent, index)
        let lines = [UInt32](repeating: 0, count: batch.count)
        guard try body(batch.joined(to: columns), lines) else { return false }
      }
      while let batch = try reader.next() {
        guard try body(batch.rows.conformed(to: columns), batch.lines) else { return false }
      }
      return true
    case .replace, .merge:
      var merge = try Merge(
        reader: &reader, parent: parent, key: key, types: types, areWhole: areWhole)
      misfits = merge.misfits
      for index in parent.manifest.groups.indices {
        let old = try parentBatch(parent, index)
        let batch = try merge.updated(
          old, key: key, removingOthers: deletesMissing || mode == .replace)
        if keepsRows { try requireKept(old, in: batch, of: parent) }
        let lines = [UInt32](repeating: 0, count: batch.count)
        guard try body(batch, lines) else { return false }
      }
      // In other formats a row has every column of its file, and in JSON absent is null.
      doubts = reader.typing == .some && !areWhole ? merge.doubts : []
      let added = merge.added()
      return try body(added.rows, added.lines)
    }
  }

  /// Throws unless `new` keeps every row of `old` unchanged.
  private func requireKept(
    _ old: RowBatch, in new: RowBatch, of parent: Snapshot
  ) throws(StoreError) {
    let dataset = parent.version.dataset
    let rule = "rows of \(dataset), of kind \(parent.version.record.kind.rawValue), are only added"
    guard new.count == old.count else {
      throw StoreError(
        .denied,
        "\(rule), and this would remove \(old.count - new.count) or more; push only new rows, with "
          + "--mode append")
    }
    let before = try old.joined(to: new.columns)
    for (column, vectors) in zip(new.columns, zip(before.vectors, new.vectors)) {
      let comparison = CellComparison(vectors.0, vectors.1)
      if (0..<new.count).contains(where: { !comparison.areEqual($0, $0) }) {
        throw StoreError(
          .denied,
          "\(rule), and this would change the column '\(column.name)' of one that is there; add a new "
            + "row that corrects it")
      }
    }
  }

  /// Reads on to the end of the file and goes back, so that the next pass has the final types.
  mutating func restartWithAllTypes() throws(StoreError) {
    while try reader.next() != nil {}
    try reader.restart()
  }

  private mutating func forEachFileBatch(
    _ body: (RowBatch, [UInt32]) throws(StoreError) -> Bool
  ) throws(StoreError) -> Bool {
    while let batch = try reader.next() {
      guard try body(batch.rows, batch.lines) else { return false }
    }
    return true
  }

  private mutating func learnColumns() throws(StoreError) -> LearntColumns {
    var learnt = LearntColumns()
    while let batch = try reader.next() { learnt.add(batch.rows) }
    try reader.restart()
    return learnt
  }

  private func parentBatch(_ parent: Snapshot, _ index: Int) throws(StoreError) -> RowBatch {
    try parent.batches(
      groups: index..<index + 1, columns: Array(parent.schema.columns.indices))[0]
  }
}
