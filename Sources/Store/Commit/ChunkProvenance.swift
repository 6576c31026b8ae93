import Catalog
import Columns
import Model

/// The relation of two chunks' rows by the chunks they are stored over, found without reading any
/// value.
///
/// Row i of the first chunk and row j of the second hold the same value for certain when
/// `first[i] == second[j]` and that is not negative.
struct ChunkProvenance {
  /// For each row the row of the common chunk it was copied from, or -1.
  let first: [Int32]
  let second: [Int32]
  /// True when the second chunk was made from the first in the very commit that is compared.
  ///
  /// Then a row that was not copied differs from the row of the same key
  /// (``RowScript/init(from:to:baseRows:)``). A chunk that an earlier commit stored says nothing of
  /// the kind, since its rows were matched in another way.
  let isDirect: Bool

  /// Nil when the chunks have no chunk in common; `commit` is the log file of the second's version
  /// when the first's is its parent.
  init?(
    _ firstDigest: Digest, _ secondDigest: Digest, firstRows: Int, secondRows: Int,
    commit: String?, _ chunks: ChunkStore, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) {
    if firstDigest == secondDigest {
      first = Self.identity(firstRows)
      second = first
      isDirect = false
      return
    }
    if let newer = try chunks.object(secondDigest), newer.object.base == firstDigest {
      first = Self.identity(firstRows)
      second = try Self.sources([newer], 1, chunks, decoder)
      let isStep = try Self.isStep(newer, over: firstDigest, chunks)
      isDirect = isStep && newer.pack == commit
    } else if let newer = try chunks.object(firstDigest), newer.object.base == secondDigest {
      first = try Self.sources([newer], 1, chunks, decoder)
      second = Self.identity(secondRows)
      isDirect = false
    } else {
      let firstChain = try chunks.chain(of: firstDigest)
      let secondChain = try chunks.chain(of: secondDigest)
      var positions: [Digest: Int] = [:]
      for (position, link) in firstChain.enumerated() { positions[link.object.digest] = position }
      guard let secondCount = secondChain.firstIndex(where: { positions[$0.object.digest] != nil }),
        let firstCount = positions[secondChain[secondCount].object.digest]
      else { return nil }
      first =
        firstCount == 0
        ? Self.identity(firstRows) : try Self.sources(firstChain, firstCount, chunks, decoder)
      second =
        secondCount == 0
        ? Self.identity(secondRows) : try Self.sources(secondChain, secondCount, chunks, decoder)
      isDirect = false
    }
    guard first.count == firstRows, second.count == secondRows else {
      throw StoreError(.corrupt, "the rows of \(secondDigest) are damaged; run 'assay verify'")
    }
  }

  private static func identity(_ rows: Int) -> [Int32] { (0..<Int32(rows)).map { $0 } }

  /// Deltas that skip versions may list a value as new that was changed and changed back.
  private static func isStep(
    _ newer: ObjectLocation, over base: Digest, _ chunks: ChunkStore
  ) throws(StoreError) -> Bool {
    let depth = try chunks.object(base)?.object.depth ?? 0
    return newer.object.depth == depth + 1
  }

  /// For each row of a chain's first chunk the row of the chunk `count` links below.
  private static func sources(
    _ chain: [ObjectLocation], _ count: Int, _ chunks: ChunkStore,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> [Int32] {
    let scripts = try chunks.scripts(chain, count: count, decoder)
    var composed = scripts[0]
    for older in scripts.dropFirst() { composed = composed.composed(over: older) }
    var rows: [Int32] = []
    rows.reserveCapacity(composed.rows)
    for piece in composed.pieces {
      if piece.isNew {
        rows.append(contentsOf: repeatElement(-1, count: Int(piece.count)))
      } else {
        for row in piece.start..<piece.start + piece.count { rows.append(row) }
      }
    }
    return rows
  }
}
