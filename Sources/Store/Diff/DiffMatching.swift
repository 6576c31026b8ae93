import Catalog
import Columns
import Model
import Objects

/// Matches the rows of two snapshots by key and finds the cells that differ.
///
/// Most rows are matched and found equal by where their chunks come from (``ChunkProvenance``),
/// which costs only the reading of scripts; only the rest is decoded and compared.
struct DiffMatching {
  private typealias Place = VersionDiff.Place

  /// Two row groups whose key chunks come from a common one.
  private struct Pair {
    let oldGroup: Int
    let newGroup: Int
    /// For each row of the new group the old group's row of the same key, or -1.
    var oldRows: [Int32]
    /// True when the commit that is compared matched the rows alike.
    let isDirect: Bool
  }

  private let old: DiffSide
  private let new: DiffSide
  private let key: [String]
  private let columns: [ColumnDefinition]
  private let chunks: ChunkStore
  /// The log file of the new version, if the old one is its parent.
  private let commit: String?
  private var pairs: [Pair] = []
  private var result = DiffRows()

  init(
    _ old: DiffSide, _ new: DiffSide, key: [String], columns: [ColumnDefinition],
    _ chunks: ChunkStore
  ) {
    self.old = old
    self.new = new
    self.key = key
    self.columns = columns
    self.chunks = chunks
    let (parent, child) = (old.snapshot.version, new.snapshot.version)
    let isParent = parent.dataset == child.dataset && child.record.parent == parent.number
    commit = isParent ? StoreLayout.logName(child.dataset, child.sequence) : nil
  }

  mutating func run() throws(StoreError) -> DiffRows {
    let decoder = try ChunkDecoder()
    try pairGroups(decoder)
    let matchedElsewhere = try matchTheRest(decoder)
    for pair in pairs { try compare(pair, decoder) }
    try compare(matchedElsewhere, decoder)
    result.changed.sort { ($0.new.group, $0.new.row) < ($1.new.group, $1.new.row) }
    return result
  }

  /// Pairs each new group with the old group that holds its key chunk's ancestor.
  private mutating func pairGroups(_ decoder: borrowing ChunkDecoder) throws(StoreError) {
    let name = key[0]
    var oldGroups: [Digest: Int] = [:]
    for index in old.groups.indices {
      if let chunk = old.chunk(name, index) { oldGroups[chunk] = index }
    }
    var free = Set(oldGroups.values)
    for newGroup in new.groups.indices {
      guard let chunk = new.chunk(name, newGroup),
        let oldGroup = try nearest(chunk, oldGroups), free.contains(oldGroup),
        let pair = try pair(oldGroup, newGroup, decoder)
      else { continue }
      free.remove(oldGroup)
      pairs.append(pair)
    }
  }

  /// The old group whose key chunk is this one, its base, or in a chain with it.
  private func nearest(_ chunk: Digest, _ oldGroups: [Digest: Int]) throws(StoreError) -> Int? {
    if let group = oldGroups[chunk] { return group }
    guard let object = try chunks.object(chunk) else { return nil }
    if let base = object.object.base, let group = oldGroups[base] { return group }
    let ancestors = Set(try chunks.chain(of: chunk).map(\.object.digest))
    for (oldChunk, group) in oldGroups {
      for link in try chunks.chain(of: oldChunk) where ancestors.contains(link.object.digest) {
        return group
      }
    }
    return nil
  }

  private func pair(
    _ oldGroup: Int, _ newGroup: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> Pair? {
    var oldRows: [Int32]?
    var isDirect = true
    for name in key {
      guard let provenance = try provenance(name, oldGroup, newGroup, decoder) else { return nil }
      let sources = max(provenance.first.max() ?? -1, provenance.second.max() ?? -1) + 1
      var rowOfSource = [Int32](repeating: -1, count: Int(sources))
      for (row, source) in provenance.first.enumerated() where source >= 0 {
        rowOfSource[Int(source)] = Int32(row)
      }
      let rows = provenance.second.map { $0 < 0 ? -1 : rowOfSource[Int($0)] }
      let isSame = old.chunk(name, oldGroup) == new.chunk(name, newGroup)
      isDirect = isDirect && (isSame || provenance.isDirect)
      // All key columns must say so for two rows to have the same key.
      oldRows = oldRows.map { known in zip(known, rows).map { $0 == $1 ? $0 : -1 } } ?? rows
    }
    return oldRows.map {
      Pair(oldGroup: oldGroup, newGroup: newGroup, oldRows: $0, isDirect: isDirect)
    }
  }

  private func provenance(
    _ name: String, _ oldGroup: Int, _ newGroup: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ChunkProvenance? {
    guard let oldChunk = old.chunk(name, oldGroup), let newChunk = new.chunk(name, newGroup),
      old.type(name) == new.type(name)
    else { return nil }
    return try ChunkProvenance(
      oldChunk, newChunk, firstRows: old.groups[oldGroup].rows,
      secondRows: new.groups[newGroup].rows, commit: commit, chunks, decoder)
  }

  /// Matches rows that provenance left over by their keys; the others are added or removed.
  private mutating func matchTheRest(
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> [(old: VersionDiff.Place, new: VersionDiff.Place)] {
    var pairOfOld: [Int: Pair] = [:]
    var pairOfNew: [Int: Pair] = [:]
    for pair in pairs {
      pairOfOld[pair.oldGroup] = pair
      pairOfNew[pair.newGroup] = pair
    }
    let oldPlaces = old.groups.indices.flatMap { group in
      var isMatched = [Bool](repeating: false, count: old.groups[group].rows)
      for row in pairOfOld[group]?.oldRows ?? [] where row >= 0 { isMatched[Int(row)] = true }
      return isMatched.indices.filter { !isMatched[$0] }.map {
        Place(group: Int32(group), row: Int32($0))
      }
    }
    let newPlaces = new.groups.indices.flatMap { group in
      let oldRows = pairOfNew[group]?.oldRows
      return (0..<Int32(new.groups[group].rows)).filter { (oldRows?[Int($0)] ?? -1) < 0 }.map {
        Place(group: Int32(group), row: $0)
      }
    }
    let oldKeys = try keys(old, oldPlaces, decoder)
    let newKeys = try keys(new, newPlaces, decoder)
    var table = KeyTable(capacity: oldPlaces.count)
    _ = table.insert(oldKeys, hashes: oldKeys.hashes)
    var matched: [(old: Place, new: Place)] = []
    var isMatched = [Bool](repeating: false, count: oldPlaces.count)
    for (row, hash) in newKeys.hashes.enumerated() {
      if let oldRow = table.find(newKeys, row, hash: hash) {
        isMatched[oldRow] = true
        matched.append((oldPlaces[oldRow], newPlaces[row]))
      } else {
        result.added.append(newPlaces[row])
      }
    }
    for (row, place) in oldPlaces.enumerated() where !isMatched[row] {
      result.removed.append(place)
    }
    return matched
  }

  private func keys(
    _ side: DiffSide, _ places: [VersionDiff.Place], _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> KeyIdentities {
    var vectors: [ColumnVector] = []
    for name in key { vectors.append(try side.snapshot.values(name, at: places, decoder)) }
    return KeyIdentities(columns: vectors, count: places.count)
  }

  /// Compares the rows of a pair, column by column, and only where provenance does not settle it.
  private mutating func compare(
    _ pair: Pair, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) {
    var changes: [Int32: [Int]] = [:]
    for (position, column) in columns.enumerated() where !key.hasText(column.name) {
      let name = column.name
      if old.chunk(name, pair.oldGroup) == nil, new.chunk(name, pair.newGroup) == nil { continue }
      let provenance = try provenance(name, pair.oldGroup, pair.newGroup, decoder)
      var candidates = Self.unsettled(pair.oldRows, provenance)
      if !(provenance?.isDirect ?? false && pair.isDirect), !candidates.isEmpty {
        let comparison = CellEquality(
          try old.vector(name, pair.oldGroup, decoder), try new.vector(name, pair.newGroup, decoder)
        )
        candidates = candidates.filter {
          !comparison.areEqual(Int(pair.oldRows[Int($0)]), Int($0))
        }
      }
      for row in candidates { changes[row, default: []].append(position) }
    }
    for (row, columns) in changes {
      result.changed.append(
        VersionDiff.Change(
          old: Place(group: Int32(pair.oldGroup), row: pair.oldRows[Int(row)]),
          new: Place(group: Int32(pair.newGroup), row: row), columns: columns))
    }
  }

  /// The matched rows of the new group whose values may differ.
  private static func unsettled(
    _ oldRows: [Int32], _ provenance: ChunkProvenance?
  ) -> [Int32] {
    guard let provenance else { return (0..<Int32(oldRows.count)).filter { oldRows[Int($0)] >= 0 } }
    let first = provenance.first
    let second = provenance.second
    var candidates: [Int32] = []
    for (row, oldRow) in oldRows.enumerated() where oldRow >= 0 {
      let source = second[row]
      if source < 0 || first[Int(oldRow)] != source { candidates.append(Int32(row)) }
    }
    return candidates
  }

  /// Compares rows matched by key across groups, the key's cells too.
  ///
  /// 1 and 1.0 are one key in two spellings; of the rows of a pair keys were copied.
  private mutating func compare(
    _ matched: [(old: VersionDiff.Place, new: VersionDiff.Place)],
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) {
    guard !matched.isEmpty else { return }
    var changes = [[Int]](repeating: [], count: matched.count)
    for (position, column) in columns.enumerated() {
      let comparison = CellEquality(
        try old.snapshot.values(column.name, at: matched.map(\.old), decoder),
        try new.snapshot.values(column.name, at: matched.map(\.new), decoder))
      for row in matched.indices where !comparison.areEqual(row, row) {
        changes[row].append(position)
      }
    }
    for (row, columns) in changes.enumerated() where !columns.isEmpty {
      result.changed.append(
        VersionDiff.Change(old: matched[row].old, new: matched[row].new, columns: columns))
    }
  }
}

/// Compares cells of two columns that may differ in type: 41 is 41 in an `int64` and in a `json`
/// column.
struct CellEquality {
  private enum Comparison {
    case cells(CellComparison)
    case values(RowKeys, RowKeys)
  }

  private let comparison: Comparison

  init(_ old: ColumnVector, _ new: ColumnVector) {
    if old.type == new.type {
      comparison = .cells(CellComparison(old, new))
    } else {
      let (old, new) = (Self.spelled(old, besides: new), Self.spelled(new, besides: old))
      comparison = .values(
        RowKeys(columns: [old], count: old.count), RowKeys(columns: [new], count: new.count))
    }
  }

  /// Vectors as those of floats of 64 bits beside vectors, and as the lists that they became beside
  /// others.
  private static func spelled(_ vector: ColumnVector, besides other: ColumnVector) -> ColumnVector {
    guard let form = vector.type.vectorForm else { return vector }
    guard other.type.vectorForm != nil,
      let wide = VectorForm(count: form.count, element: .f64),
      let numbers = try? vector.vectors(wide)
    else { return vector.spelledVectors }
    return numbers
  }

  func areEqual(_ oldRow: Int, _ newRow: Int) -> Bool {
    switch comparison {
    case .cells(let cells): return cells.areEqual(oldRow, newRow)
    case .values(let old, let new):
      return old.texts.bytes[old.texts.range(oldRow)]
        .elementsEqual(new.texts.bytes[new.texts.range(newRow)])
    }
  }
}
