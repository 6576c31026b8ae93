import Columns
import Model
import Objects

/// Takes the chunks of a commit: in memory while they are few, in a bulk pack once they are many.
///
/// Owned by one writer. What was never committed is an upload without a name, which goes when the
/// sink does.
struct ChunkSink {
  /// A chunk as the encoder made it, on its way into a pack.
  struct Pending: Sendable {
    let digest: Digest
    let frames: [Frame]
    let base: Digest?
    let depth: Int
    let statistics: ChunkStatistics?

    var storedBytes: Int { frames.reduce(0) { $0 + $1.bytes.count } }
  }

  /// The most bytes of chunks that a log file holds; beyond it they go to a pack of their own.
  static let logBytes = 4 << 20

  private let objects: any ObjectStore
  private(set) var pending: [Pending] = []
  private var pendingBytes = 0
  private var added: Set<Digest> = []
  private var bulk: (writer: PackWriter, upload: any Upload)?

  init(objects: any ObjectStore) { self.objects = objects }

  /// Returns true when a chunk of that digest was added.
  func contains(_ digest: Digest) -> Bool { added.contains(digest) }

  mutating func add(_ chunk: Pending) throws(StoreError) {
    guard added.insert(chunk.digest).inserted else { return }
    if bulk != nil {
      try bulk?.writer.append(chunk)
      return
    }
    pending.append(chunk)
    pendingBytes += chunk.storedBytes
    guard pendingBytes > Self.logBytes else { return }
    let upload = try objects.begin()
    var writer = try PackWriter(to: upload)
    for chunk in pending { try writer.append(chunk) }
    pending = []
    bulk = (writer, upload)
  }

  /// Makes the bulk pack durable, if there is one, under the name of its digest.
  mutating func finish(
    writeID: String
  ) throws(StoreError) -> (name: String, pack: PackWriter.Finished)? {
    guard var bulk else { return nil }
    self.bulk = nil
    try Self.append(writeID: writeID, to: &bulk.writer)
    let finished = try bulk.writer.finish()
    let name = StoreLayout.packName(finished.digest)
    _ = try bulk.upload.commit(as: name)
    return (name, finished)
  }

  /// Appends the id of a write, so that no two packs have one name: an older one of the same chunks
  /// may be about to be removed by `gc`.
  ///
  /// It is an object of the kind of records, which programs of format 1 can index.
  static func append(writeID: String, to writer: inout PackWriter) throws(StoreError) {
    let text = JSON.object(["writeId": .string(writeID)]).canonicalBytes
    let frame = try Compressor().frame(text)
    try writer.append(Digest(hashing: text), .record, frames: [frame])
  }
}

extension PackWriter {
  /// Appends a chunk or a delta.
  mutating func append(_ chunk: ChunkSink.Pending) throws(StoreError) {
    try append(
      chunk.digest, chunk.base == nil ? .chunk : .delta, frames: chunk.frames,
      base: chunk.base, depth: chunk.depth, statistics: chunk.statistics)
  }
}
