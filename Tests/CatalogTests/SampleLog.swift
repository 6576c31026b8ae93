import Catalog
import Model

/// Logs and packs to index, made up by the tests.
struct SampleLog {
  let dataset: DatasetName
  private(set) var packs: [IndexedPack] = []
  private var previous = Digest(zero: ())
  private var versions = 0

  init(_ name: String) throws(StoreError) { dataset = try DatasetName(name) }

  /// The digest of an object, version or whatever that a test calls `text`.
  static func digest(_ text: String) -> Digest { Digest(hashing: Array(text.utf8)) }

  static func object(
    _ text: String, offset: UInt64 = 8, base: String? = nil, depth: Int = 0
  ) -> ObjectEntry {
    ObjectEntry(
      digest: digest(text), kind: base == nil ? .chunk : .delta, offset: offset,
      frames: [FrameSize(storedBytes: 10, rawBytes: 20)],
      base: base.map(digest), depth: depth,
      statistics: base == nil
        ? ChunkStatistics(nullCount: 3, minimum: 1, maximum: UInt64.max) : nil)
  }

  /// Publishes a version of `content`, which was created at `hour` o'clock.
  mutating func publish(
    _ content: String, hour: Int? = nil, key: String? = nil, objects: [ObjectEntry] = []
  ) {
    versions += 1
    let hour = hour ?? versions
    append(
      .version(
        VersionRecord(
          number: versions, snapshot: Self.digest(content), rows: 10,
          parent: versions > 1 ? versions - 1 : nil, kind: .results, message: "run \(versions)",
          createdAt: Self.time(hour), lineage: [], attributes: ["model": "a"],
          idempotencyKey: key)),
      objects: objects)
  }

  mutating func tag(_ name: String, _ number: Int?) {
    append(.tag(TagRecord(name: name, number: number, message: "")))
  }

  static func time(_ hour: Int) -> Timestamp {
    Timestamp(microseconds: Int64(hour) * 3_600_000_000)
  }

  private mutating func append(_ change: LogRecord.Change, objects: [ObjectEntry] = []) {
    let sequence = packs.count + 1
    let record = LogRecord(
      dataset: dataset, sequence: sequence, previous: previous, author: "ada",
      time: Self.time(sequence), writeID: "w\(sequence)", change: change)
    previous = record.digest
    packs.append(
      IndexedPack(
        name: "log/\(dataset)/\(sequence).pack", byteCount: 100 + sequence, objects: objects,
        record: record))
  }
}
