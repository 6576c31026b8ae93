import Columns
import Model

/// The vectors of the version being written, kept for the next push, which is likely to follow from
/// it.
///
/// All or nothing: of a version too large to keep, a part would only push out what is of use.
struct RecentVectors {
  private static let limitBytes = 96 << 20

  private var vectors: [(digest: Digest, vector: ColumnVector)] = []
  private var bytes = 0

  mutating func add(_ vector: ColumnVector, _ digest: Digest) {
    bytes += vector.memoryBytes
    if bytes <= Self.limitBytes {
      vectors.append((digest, vector))
    } else {
      vectors = []
    }
  }

  /// Hands the vectors to the cache that reads ask first, in the place of those of the version
  /// before: a process that saves version after version holds one of them.
  /// - Parameter superseded: The chunks of the version before.
  func keep(in chunks: ChunkStore, replacing superseded: Set<Digest>) {
    if vectors.isEmpty { return }
    chunks.forget(superseded.subtracting(vectors.map(\.digest)))
    for (digest, vector) in vectors { chunks.remember(vector, as: digest) }
  }
}
