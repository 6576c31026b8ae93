import Columns
import Model
import Objects

/// Reads chunks by only the files themselves, without the index.
struct ContentsReader: Sendable {
  let contents: StoreContents
  let objects: any ObjectStore
  let vectors: GenerationCache<Digest, ColumnVector>

  /// The values of a chunk.
  /// - Throws: ``StoreError`` of kind `corrupt` when it or a chunk it is stored over is damaged or
  ///   missing.
  func vector(
    _ digest: Digest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    if let vector = vectors.value(digest) { return vector }
    guard let object = contents.objects[digest] else {
      throw StoreError(.corrupt, "\(digest) is in no file")
    }
    let decoded = try decoder.decode(try contents.stored(object, objects))
    var vector = decoded.values
    if let script = decoded.script, let base = object.entry.base {
      let baseDepth = contents.objects[base]?.entry.depth ?? .max
      guard baseDepth < object.entry.depth else {
        throw StoreError(.corrupt, "\(base), which \(digest) is stored over, is in no file")
      }
      let old = try self.vector(base, decoder)
      guard old.type == vector.type else {
        throw StoreError(.corrupt, "\(digest) is stored over a chunk of another type")
      }
      let runs = try RowRun.resolve([script], baseRows: old.count)
      vector = ColumnVector.gather(runs, from: [vector, old], type: old.type)
    }
    vectors.insert(digest, vector, cost: vector.memoryBytes)
    return vector
  }
}
