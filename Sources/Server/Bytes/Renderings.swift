import Model
import Wire

/// A snapshot in one of its forms, as bytes.
struct Rendering: Sendable {
  let bytes: SpooledBytes
  /// The number of its rows.
  let rows: Int
  /// Sentences about the condition that picked them.
  let notes: [String]
}

/// Renderings of snapshots, kept while there is room, and made once for all concurrent requests.
///
/// A snapshot never changes, so no entry is ever out of date. Files have no names, so nothing is
/// left behind by a crash.
actor Renderings {
  /// The key of a rendering.
  struct Key: Hashable, Sendable {
    let snapshot: Digest
    let request: DataRequest
  }

  private struct Entry {
    let rendering: Rendering
    /// The number of the last request for it.
    var used: Int
  }

  /// A rendering that is being made.
  private struct Making {
    let task: Task<Rendering, any Error>
    let number: Int
    /// The number of requests that wait for it.
    var waiting = 0
  }

  private let limitBytes: Int
  private let memoryLimitBytes: Int
  private var entries: [Key: Entry] = [:]
  private var underWay: [Key: Making] = [:]
  private var uses = 0
  private(set) var fileBytes = 0
  private(set) var memoryBytes = 0

  /// Keeps at most so many bytes in files and in memory.
  init(limitBytes: Int, memoryLimitBytes: Int) {
    self.limitBytes = limitBytes
    self.memoryLimitBytes = memoryLimitBytes
  }

  /// The rendering of `key`, which `make` makes when it is not kept.
  func rendering(
    _ key: Key, make: @escaping @Sendable () async throws -> Rendering
  ) async throws -> Rendering {
    uses += 1
    if let kept = entries[key]?.rendering {
      entries[key]?.used = uses
      return kept
    }
    // A task of its own, since the one who asked first may go away while others wait.
    var making = underWay[key] ?? Making(task: Task { try await make() }, number: uses)
    making.waiting += 1
    underWay[key] = making
    let (task, number) = (making.task, making.number)
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      Task { await self.leave(key, number) }
    }
    if underWay[key]?.number == number { underWay[key] = nil }
    let rendering = try result.get()
    if entries[key] == nil { keep(rendering, key) }
    return rendering
  }

  /// Stops waiting; a rendering that no request waits for is cancelled.
  private func leave(_ key: Key, _ number: Int) {
    guard underWay[key]?.number == number else { return }
    underWay[key]?.waiting -= 1
    guard underWay[key]?.waiting == 0 else { return }
    underWay[key]?.task.cancel()
    underWay[key] = nil
  }

  private func keep(_ rendering: Rendering, _ key: Key) {
    let isFile = rendering.bytes.file != nil
    guard rendering.bytes.count <= (isFile ? limitBytes : memoryLimitBytes) / 2 else { return }
    entries[key] = Entry(rendering: rendering, used: uses)
    add(rendering.bytes, 1)
    evict(from: entries.filter { ($0.value.rendering.bytes.file != nil) == isFile })
  }

  /// Removes the least recently requested of `candidates` until there is room.
  private func evict(from candidates: [Key: Entry]) {
    guard fileBytes > limitBytes || memoryBytes > memoryLimitBytes else { return }
    for (key, entry) in candidates.sorted(by: { $0.value.used < $1.value.used }) {
      // A little more than needed, so that it is not needed again at once.
      guard fileBytes > limitBytes / 8 * 7 || memoryBytes > memoryLimitBytes / 8 * 7 else { return }
      entries[key] = nil
      add(entry.rendering.bytes, -1)
    }
  }

  private func add(_ bytes: SpooledBytes, _ sign: Int) {
    // An empty one costs its entry.
    let count = sign * (bytes.count + 1024)
    if bytes.file != nil { fileBytes += count } else { memoryBytes += count }
  }
}
