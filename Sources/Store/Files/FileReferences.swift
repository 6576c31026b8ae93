import Columns
import Model

/// The attachments that the versions of a store name, and the versions that name each.
struct FileReferences: Sendable {
  /// The attachments that a chunk of a `file` column names, with the sizes it says they have.
  private var filesOfChunk: [Digest: [FileValue]] = [:]
  /// The versions that name each, as references, in the order they were added.
  private(set) var versions: [Digest: [String]] = [:]
  /// The size in bytes that versions state for each.
  private(set) var byteCounts: [Digest: Int] = [:]

  /// Returns true when the values of that chunk were added.
  func knows(_ chunk: Digest) -> Bool { filesOfChunk[chunk] != nil }

  /// Takes up the values of a chunk.
  mutating func add(_ values: [FileValue], of chunk: Digest) { filesOfChunk[chunk] = values }

  /// Notes that a version has a chunk whose values were added.
  mutating func add(_ version: Version, has chunk: Digest) {
    for value in filesOfChunk[chunk] ?? [] {
      byteCounts[value.digest] = value.byteCount
      if versions[value.digest]?.last != version.reference {
        versions[value.digest, default: []].append(version.reference)
      }
    }
  }
}

extension ColumnVector {
  /// The different attachments that a `file` column names.
  var files: [FileValue] {
    var files: Set<FileValue> = []
    switch values {
    case .text(let words), .dictionary(_, let words):
      for index in 0..<words.count {
        if let value = FileValue(parsing: Array(words.bytes[words.range(index)])) {
          files.insert(value)
        }
      }
    default: break
    }
    return files.sorted { $0.digest < $1.digest }
  }
}
