import Catalog
import Columns
import Model

/// The rule for the older chunk that a delta is stored over.
///
/// A chunk at depth n of its chain is stored over the one at depth n - 16^j, where j is the place
/// of the lowest digit of n, base 16, that is not zero: n = 35 over 34, 48 over 32, 256 over 0. So
/// a chain has at most 15 links for each digit of n, while a change is stored at most once for each
/// digit. (The idea is Subversion's skip-deltas, with 16 in place of 2: measured, it stores less.)
enum DeltaChain {
  static let radix = 16

  /// A delta ready to be encoded.
  struct Link: Sendable {
    let script: RowScript
    let base: Digest
    let depth: Int

    func newValues(of vector: ColumnVector) -> ColumnVector {
      var runs: [RowRun] = []
      var row: Int32 = 0
      for piece in script.pieces {
        if piece.isNew { runs.append(RowRun(source: 0, start: row, count: piece.count)) }
        row += piece.count
      }
      return ColumnVector.gather(runs, from: [vector], type: vector.type)
    }
  }

  /// The depth of the chunk that one at `depth` (at least 1) is stored over.
  static func baseDepth(of depth: Int) -> Int {
    var step = 1
    while depth % (step * radix) == 0 { step *= radix }
    return depth - step
  }

  /// The link for a chunk that follows by `script` from the first chunk of `chain`; `scripts(n)`
  /// reads the first n scripts of the chain.
  static func link(
    _ script: RowScript, over chain: [ObjectLocation],
    scripts: (Int) throws(StoreError) -> [RowScript]
  ) throws(StoreError) -> Link {
    let depth = chain[0].object.depth + 1
    let wanted = baseDepth(of: depth)
    guard depth <= Int(UInt16.max), wanted < depth - 1,
      let position = chain.firstIndex(where: { $0.object.depth == wanted })
    else { return Link(script: script, base: chain[0].object.digest, depth: depth) }
    var composed = script
    for older in try scripts(position) { composed = composed.composed(over: older) }
    return Link(script: composed, base: chain[position].object.digest, depth: depth)
  }
}
