package import Model

/// Some rows of a chain's newest chunk, followed down the chain to the values that they are.
package struct RowSearch {
  /// The place where each row was found: its level of the chain and the row of that level's values.
  package private(set) var found: [RowRun]
  private var level: Int32 = 0
  /// Places in `found` of the rows that are further down, and the rows that they are there.
  private var open: [(place: Int, row: Int32)]

  /// A search for `rows`, from the newest chunk on.
  package init(_ rows: [Int32]) {
    found = rows.map { RowRun(source: -1, start: $0, count: 1) }
    open = rows.enumerated().map { ($0, $1) }
  }

  /// True when all rows were found.
  package var isDone: Bool { open.isEmpty }

  /// Looks at the next link of the chain.
  /// - Throws: ``StoreError`` of kind `corrupt` when the link has fewer rows than those above say.
  package mutating func look(at link: DecodedChunk) throws(StoreError) {
    let starts = link.script?.startRows ?? []
    var below: [(place: Int, row: Int32)] = []
    for (place, row) in open {
      guard row < link.script?.rows ?? link.values.count else {
        throw StoreError(.corrupt, "stored data is damaged (a row script)")
      }
      guard let script = link.script else {
        found[place] = RowRun(source: level, start: row, count: 1)
        continue
      }
      let index = starts.pieceIndex(at: row)
      let piece = script.pieces[index]
      let source = piece.start + row - starts[index]
      if piece.isNew {
        found[place] = RowRun(source: level, start: source, count: 1)
      } else {
        below.append((place, source))
      }
    }
    open = below
    level += 1
  }
}
