import Formats
import Foundation
import Glibc
import Model
import Wire

/// A folder of this machine that attachments are written to, and what tables call its files.
package struct FileFolder: Sendable {
  private let path: String
  private let tableFolder: String

  /// The folder at `path` for a table at `table` (`-` for standard output), whose cells name files
  /// relative to the table's own folder.
  package init(_ path: String, table: String) {
    self.path = path
    tableFolder = LocalPath.folder(of: table)
  }

  /// Makes the folder, and that of the table, when they are not there.
  /// - Throws: ``StoreError`` of kind `unavailable` when one cannot be made.
  func made() throws(StoreError) -> MadeFolder {
    let tableFolder = try Self.made(tableFolder)
    return MadeFolder(path: try Self.made(path), tableFolder: tableFolder)
  }

  /// Makes a folder when it is not there, and gives its real path.
  private static func made(_ path: String) throws(StoreError) -> String {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw StoreError(
        .unavailable, "the folder '\(path)' cannot be made: \(error.localizedDescription)")
    }
    guard let real = LocalPath.real(path) else {
      throw StoreError(.unavailable, "the folder '\(path)' cannot be made")
    }
    return real
  }
}

/// A folder that is there to be written to.
struct MadeFolder: Sendable {
  /// Both real paths.
  let path: String
  let tableFolder: String

  /// A file that an attachment is to become.
  struct Place: Sendable {
    let file: FileValue
    let path: String
    /// The path of the file in a cell, from the table's folder.
    let cell: String
    /// True when the file exists, with its bytes.
    let isThere: Bool
  }

  /// The places of some different attachments, in their order.
  ///
  /// An existing file with the same bytes is used as it is; one with other bytes is never touched,
  /// and the attachment gets a name with its digest in it.
  func places(_ files: [FileValue]) -> [Place] {
    // File systems that ignore case, or the spelling of a character, would take one for the other:
    // a String's equality is right for these. Equal bytes are one file, under its first name.
    var taken: [String: (digest: Digest, name: String)] = [:]
    return files.map { file in
      let names = SafeName.names(file)
      var name = names[names.count - 1]
      var isThere = false
      for candidate in names {
        if let holder = taken[candidate.lowercased()] {
          guard holder.digest == file.digest else { continue }
          (name, isThere) = (holder.name, true)
          break
        }
        let full = path + "/" + candidate
        isThere = Self.has(full, file)
        if isThere || !LocalPath.exists(full) {
          name = candidate
          break
        }
      }
      taken[name.lowercased()] = (file.digest, name)
      let full = path + "/" + name
      return Place(
        file: file, path: full, cell: LocalPath.relative(full, to: tableFolder), isThere: isThere)
    }
  }

  /// Returns true when a file has the bytes of an attachment.
  private static func has(_ path: String, _ file: FileValue) -> Bool {
    guard LocalPath.size(path, follows: false) == file.byteCount,
      let found = try? SeekableFile.open(path: path, compression: nil, name: path)
    else { return false }
    return (try? found.digest()) == file.digest
  }

  /// Writes an attachment to its place, from where an earlier attempt ended.
  /// - Throws: ``StoreError``: `corrupt` when the store's bytes are others, else what the store or
  ///   the disk throws.
  func fetch(
    _ place: Place, from service: any FileService, report: (Int) -> Void
  ) throws(StoreError) {
    let file = place.file
    let mark = Digest(hashing: Array(place.path.utf8)).hex.prefix(16)
    let part = try PartFile("\(path)/.assay-\(file.digest.hex)-\(mark).part")
    if part.byteCount > file.byteCount { try part.empty() }
    while true {
      let start = part.byteCount
      report(start)
      while part.byteCount < file.byteCount {
        let count = min(Self.pieceBytes, file.byteCount - part.byteCount)
        let piece = try service.fileBytes(file.digest, at: part.byteCount, count: count)
        guard !piece.isEmpty else { break }
        try part.append(piece)
        report(piece.count)
      }
      if part.digest == file.digest { break }
      report(-part.byteCount)
      try part.empty()
      // What an earlier attempt left may be damaged; what came now may not.
      guard start > 0 else {
        throw StoreError(
          .corrupt,
          "the store's bytes of '\(file.name)' are not those of \(file.digest); run 'assay verify'")
      }
    }
    try part.finish(as: place.path)
  }

  /// The number of bytes that are requested at a time.
  private static let pieceBytes = 4 << 20
}

extension SeekableFile {
  /// The digest of all bytes.
  func digest() throws(StoreError) -> Digest {
    var hasher = DigestHasher()
    var offset = 0
    while offset < count {
      let piece = try bytes(offset..<min(offset + (1 << 20), count))
      hasher.update(piece)
      offset += piece.count
    }
    return hasher.finalize()
  }
}
