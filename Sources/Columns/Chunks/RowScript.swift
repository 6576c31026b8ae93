import Model

/// The script that makes a chunk's rows from its base: runs copied and runs of new values.
package struct RowScript: Equatable, Sendable {
  /// A run of rows.
  package struct Piece: Equatable, Sendable {
    /// The first row: of the base for a copied run, of the new values otherwise.
    package var start: Int32
    package var count: Int32
    package var isNew: Bool

    /// `count` rows from `start` on.
    package init(start: Int32, count: Int32, isNew: Bool) {
      self.start = start
      self.count = count
      self.isNew = isNew
    }
  }

  package private(set) var pieces: [Piece]
  /// The number of rows that the script makes.
  package private(set) var rows: Int
  /// The number of new rows among them.
  package private(set) var newRows: Int

  /// A script that makes no rows yet.
  package init() {
    pieces = []
    rows = 0
    newRows = 0
  }

  /// The script that copies `rows` rows as they are.
  package init(copying rows: Int) {
    self.init()
    if rows > 0 { append(Piece(start: 0, count: Int32(rows), isNew: false)) }
  }

  /// Adds a row copied from row `index` of the base, or a new row when nil.
  @inline(__always)
  package mutating func appendRow(copying index: Int32?) {
    if let index {
      append(Piece(start: index, count: 1, isNew: false))
    } else {
      append(Piece(start: Int32(newRows), count: 1, isNew: true))
    }
  }

  /// Adds a run, joining it to the last one where it carries on from there.
  package mutating func append(_ piece: Piece) {
    guard piece.count > 0 else { return }
    rows += Int(piece.count)
    if piece.isNew { newRows += Int(piece.count) }
    if let last = pieces.last, last.isNew == piece.isNew, last.start + last.count == piece.start {
      pieces[pieces.count - 1].count += piece.count
    } else {
      pieces.append(piece)
    }
  }

  /// The script from an older base: `self` applies to the rows that `older` makes.
  ///
  /// A row that neither copies from the older base is new; new rows are numbered in order.
  package func composed(over older: RowScript) -> RowScript {
    var result = RowScript()
    let starts = older.startRows
    for piece in pieces {
      guard !piece.isNew else {
        result.append(Piece(start: Int32(result.newRows), count: piece.count, isNew: true))
        continue
      }
      var row = piece.start
      let end = piece.start + piece.count
      var index = starts.pieceIndex(at: row)
      while row < end {
        let source = older.pieces[index]
        let offset = row - starts[index]
        let count = min(source.count - offset, end - row)
        if source.isNew {
          result.append(Piece(start: Int32(result.newRows), count: count, isNew: true))
        } else {
          result.append(Piece(start: source.start + offset, count: count, isNew: false))
        }
        row += count
        index += 1
      }
    }
    return result
  }

  /// The first row that each piece makes.
  var startRows: [Int32] {
    var starts: [Int32] = []
    starts.reserveCapacity(pieces.count)
    var row: Int32 = 0
    for piece in pieces {
      starts.append(row)
      row += piece.count
    }
    return starts
  }
}

extension RowScript {
  /// Appends the script: the number of pieces, then each as a varint of count and kind and, when
  /// copied, where it starts as a zigzag varint from the end of the copied piece before it.
  func append(to out: inout [UInt8]) {
    out.append(varint: UInt64(pieces.count))
    var expected: Int32 = 0
    for piece in pieces {
      out.append(varint: UInt64(piece.count) << 1 | (piece.isNew ? 1 : 0))
      guard !piece.isNew else { continue }
      let distance = Int64(piece.start - expected)
      out.append(varint: UInt64(bitPattern: distance << 1 ^ distance >> 63))
      expected = piece.start + piece.count
    }
  }

  /// Reads a script and checks it against the number of rows of its base, when that is known.
  init(from reader: inout ByteReader) throws(StoreError) {
    self.init()
    let count = try reader.varint()
    var expected: Int64 = 0
    for _ in 0..<count {
      let header = try reader.varint()
      let length = header >> 1
      guard length > 0, rows + length <= Int(Int32.max) else { throw Self.damaged }
      if header & 1 == 1 {
        append(Piece(start: Int32(newRows), count: Int32(length), isNew: true))
        continue
      }
      let encoded = UInt64(try reader.varint())
      let start = expected + Int64(bitPattern: encoded >> 1 ^ (~(encoded & 1) &+ 1))
      guard start >= 0, start + Int64(length) <= Int64(Int32.max) else { throw Self.damaged }
      append(Piece(start: Int32(start), count: Int32(length), isNew: false))
      expected = start + Int64(length)
    }
  }

  /// - Throws: ``StoreError`` of kind `corrupt` when a piece reaches past a base of `baseRows`
  ///   rows.
  func check(baseRows: Int) throws(StoreError) {
    for piece in pieces where !piece.isNew && Int(piece.start + piece.count) > baseRows {
      throw Self.damaged
    }
  }

  private static var damaged: StoreError {
    StoreError(.corrupt, "stored data is damaged (a row script)")
  }
}
