import Columns
import Formats
import Model
import Objects

/// Makes a snapshot from batches of rows: cuts row groups, encodes their chunks on all cores and
/// hands those not yet in the store to a sink.
///
/// Owned by one writer.
///
/// Memory holds the batch at hand, the rows since the last cut and, with a key, all keys.
struct SnapshotBuilder {
  private let chunks: ChunkStore
  private let key: [String]
  private let parent: ParentRows?
  /// True when the lines of rows are their numbers, in a file without lines.
  private let countsRows: Bool
  private(set) var sink: ChunkSink
  private var columns: [ColumnDefinition] = []
  private var groups: [RowGroupManifest] = []
  /// The common shape of the values of each `json` column, by its position.
  private var shapes: [Int: ShapeFinder] = [:]
  /// Rows since the last cut.
  private var open: [RowBatch] = []
  /// The hashes of their identities.
  private var openHashes: [UInt64] = []
  private var cutter = RowGroupCutter()
  private var keys = KeyTable()
  private var lines: [UInt32] = []
  private var recent = RecentVectors()
  /// Chunks that the store had and that the parent does not use, so that their files are not known
  /// yet.
  private(set) var found: Set<Digest> = []
  /// The chunks that new deltas are stored over.
  private(set) var bases: Set<Digest> = []
  /// The files in which the parent's chunks are; nil when its record does not say.
  let inheritedFiles: [String]?
  /// The chunks of such a parent.
  private let inherited: Set<Digest>

  init(chunks: ChunkStore, key: [String], parent: ParentRows?, countsRows: Bool = false) {
    self.chunks = chunks
    self.countsRows = countsRows
    self.key = key
    self.parent = parent
    sink = ChunkSink(objects: chunks.objects)
    inheritedFiles = parent?.snapshot.version.record.packs
    inherited =
      inheritedFiles == nil
      ? [] : Set((parent?.groups ?? []).flatMap { $0.chunks.compactMap(\.self) })
  }

  /// The number of rows added.
  var rows: Int { lines.count }

  /// Adds rows; `lines` are their places in the input file (0 for rows that come from the parent).
  ///
  /// False when a column's type is not what it was in earlier batches: then the caller starts over
  /// with the wider types.
  mutating func add(_ batch: RowBatch, lines batchLines: [UInt32]) throws(StoreError) -> Bool {
    guard batch.count > 0 else {
      // A table without any rows has columns all the same.
      if lines.isEmpty { columns = batch.columns }
      return true
    }
    if !lines.isEmpty {
      for (old, new) in zip(columns, batch.columns) where old != new { return false }
    }
    columns = batch.columns
    let (cuts, hashes) = try identify(batch, batchLines)
    var rowBytes = [Int](repeating: 0, count: batch.count)
    for vector in batch.vectors { vector.addTextBytes(to: &rowBytes) }

    var cut: [PendingGroup] = []
    var start = 0
    for row in 0..<batch.count
    where cutter.endsGroup(keyHash: cuts[row], rowBytes: rowBytes[row]) {
      cut.append(closeGroup(batch, hashes, start..<row + 1))
      start = row + 1
    }
    if start < batch.count {
      let range = start..<batch.count
      open.append(batch.slice(range))
      openHashes.append(contentsOf: hashes[range])
    }
    try encode(cut)
    return true
  }

  /// Encodes the last rows and returns the snapshot with its row groups.
  mutating func finish() throws(StoreError) -> (SnapshotManifest, [RowGroupManifest]) {
    if !open.isEmpty {
      let group = PendingGroup(parts: open, hashes: openHashes)
      open = []
      openHashes = []
      try encode([group])
    }
    let padded = groups.map { group in
      let missing = columns.count - group.chunks.count
      return RowGroupManifest(
        rows: group.rows, chunks: group.chunks + [Digest?](repeating: nil, count: missing))
    }
    let entries = padded.map {
      SnapshotManifest.Group(digest: Digest(hashing: $0.json.canonicalBytes), rows: $0.rows)
    }
    recent.keep(
      in: chunks,
      replacing: Set((parent?.groups ?? []).flatMap { $0.chunks.compactMap(\.self) }))
    let schema = Schema(columns: columns, key: key)
    let shapes = columns.indices.map { self.shapes[$0]?.shape }
    return (SnapshotManifest(schema: schema, shapes: shapes, groups: entries), padded)
  }

  /// Hands over the bulk pack, if the chunks grew into one.
  mutating func finishBulk(
    writeID: String
  ) throws(StoreError) -> (name: String, pack: PackWriter.Finished)? {
    try sink.finish(writeID: writeID)
  }

  private mutating func closeGroup(
    _ batch: RowBatch, _ hashes: [UInt64], _ range: Range<Int>
  ) -> PendingGroup {
    let group = PendingGroup(
      parts: open + [batch.slice(range)], hashes: openHashes + hashes[range])
    open = []
    openHashes = []
    return group
  }

  /// For each row the hash that cuts row groups and that of its identity; refuses rows without a
  /// key and keys that were there before.
  private mutating func identify(
    _ batch: RowBatch, _ batchLines: [UInt32]
  ) throws(StoreError) -> (cuts: [UInt64], identities: [UInt64]) {
    let firstRow = lines.count
    lines.append(contentsOf: batchLines)
    guard !key.isEmpty else {
      let hashes = RowKeys(contentOf: batch.vectors, count: batch.count).hashes
      return (hashes, hashes)
    }
    var vectors: [ColumnVector] = []
    for name in key {
      guard let position = batch.columns.position(of: name) else {
        throw StoreError(
          .invalid,
          "the key column '\(name)' is missing; the columns are "
            + batch.columns.map(\.name).joined(separator: ", ")
            + (name.hasPrefix(" ") ? "; write lists without the spaces, such as a,b" : ""),
          at: StoreError.Location())
      }
      let vector = batch.vectors[position]
      if let row = (0..<batch.count).first(where: { !vector.hasValue($0) }) {
        throw StoreError(
          .invalid, "the row has no value in the key column '\(name)'", at: place(firstRow + row))
      }
      if let row = vector.firstNotANumber {
        throw StoreError(.invalid, notANumber(in: name, firstRow + row), at: place(firstRow + row))
      }
      vectors.append(vector)
    }
    let cutKeys = RowKeys(columns: vectors, count: batch.count)
    let cuts = cutKeys.hashes
    let identities = KeyIdentities(cutKeys, of: vectors)
    let hashes = KeyIdentities.areBytes(of: vectors) ? cuts : identities.hashes
    if let (row, earlier) = keys.insert(identities, hashes: hashes) {
      let value = vectors.map { $0.display(row) }.joined(separator: ", ")
      throw StoreError(
        .invalid, repetition(of: value, row: firstRow + row, earlier: earlier),
        at: place(firstRow + row))
    }
    return (cuts, hashes)
  }

  private func notANumber(in column: String, _ row: Int) -> String {
    let what = "the key column '\(column)' is NaN, which cannot be a key"
    guard lines[row] == 0 else {
      return what + "; give the row another value, or name other key columns"
    }
    return
      "in a row of \(parentName) \(what); push its rows with another key (--mode replace --key …)"
  }

  private var parentName: String { parent?.snapshot.version.reference ?? "the version before" }

  /// The message about a row whose key an earlier one has.
  private func repetition(of key: String, row: Int, earlier: Int) -> String {
    guard lines[earlier] == 0 else {
      return "the key \(key) is there twice: first "
        + (countsRows ? "in row" : "on line") + " \(lines[earlier]); "
        + "name more key columns (--key a,b) or remove a row (1 and 1.0 are one key)"
    }
    return lines[row] == 0
      ? "\(parentName) has the key \(key) twice (1 and 1.0 are one key): pull it, leave one of the "
        + "rows or add more key columns (--key a,b), and push it whole"
      : "\(parentName) has the key \(key) already; --mode merge replaces its row"
  }

  private func place(_ row: Int) -> StoreError.Location? {
    lines[row] > 0 ? StoreError.Location(line: Int(lines[row])) : nil
  }

  private mutating func encode(_ pending: [PendingGroup]) throws(StoreError) {
    let added = sink
    let encoder = GroupEncoder(
      chunks: chunks, parent: parent, isPending: { added.contains($0) },
      shapeless: Set(shapes.filter { $0.value.isRuledOut }.keys))
    for (rows, encoded) in try encoder.encode(pending, &recent) {
      groups.append(RowGroupManifest(rows: rows, chunks: encoded.map(\.digest)))
      for (column, chunk) in encoded.enumerated() {
        if let shape = chunk.shape { shapes[column, default: ShapeFinder()].merge(shape) }
        if let pending = chunk.pending {
          try sink.add(pending)
          if let base = pending.base { bases.insert(base) }
        } else if let digest = chunk.digest, !inherited.contains(digest) {
          found.insert(digest)
        }
      }
    }
  }
}

/// Rows of one row group before they are encoded: parts of one or more batches.
struct PendingGroup: Sendable {
  let parts: [RowBatch]
  /// The identity hash of each row.
  let hashes: [UInt64]

  var rows: Int { hashes.count }
}

extension RowBatch {
  /// The rows of `range`.
  func slice(_ range: Range<Int>) -> RowBatch {
    if range == 0..<count { return self }
    return RowBatch(
      columns: columns, vectors: vectors.map { $0.slice(range) }, count: range.count)
  }
}
