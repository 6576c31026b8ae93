import Formats
import Foundation
import Glibc
import Model
import Platform
import Wire

/// A file of this machine that is to become an attachment.
struct LocalFile: Sendable {
  let path: String
  /// The name of the file, without folders.
  let name: String
  let byteCount: Int

  /// The number of bytes that are read at a time.
  private static let pieceBytes = 1 << 20
  /// The number of times that another client's stalled upload of the same file is polled, at short
  /// intervals.
  private static let patience = 50

  /// The file at a path that a table has.
  /// - Throws: ``StoreError`` of kind `invalid` when it is not a readable file, or lies outside the
  ///   folder.
  init(_ path: String, in paths: FilePaths) throws(StoreError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw StoreError(.invalid, "an empty text is not a path; leave the cell out for no file")
    }
    let isComplete = path.hasPrefix("/") || paths.folder == "."
    let full = isComplete ? path : paths.folder + "/" + path
    guard let real = LocalPath.real(full) else {
      throw StoreError(.invalid, "there is no file '\(full)': correct the path, or get the file")
    }
    guard let size = LocalPath.size(real), unsafe access(real, R_OK) == 0 else {
      throw StoreError(.invalid, "'\(full)' is not a readable file")
    }
    if !paths.mayLeaveFolder {
      let folder = LocalPath.real(paths.folder) ?? paths.folder
      guard real.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/") else {
        throw StoreError(
          .invalid,
          "'\(full)' lies outside of '\(paths.folder)'; if it shall be sent, name the folder that "
            + "paths are relative to with --files-root")
      }
    }
    self.path = real
    name = LocalPath.name(path)
    byteCount = size
  }

  /// Puts the file into a store that does not have it yet.
  /// - Parameter report: Called with the number of further bytes done.
  /// - Returns: The value for a cell.
  /// - Throws: ``StoreError``: `invalid` when it changes meanwhile, else what the store throws.
  func put(
    into service: any FileService, report: @escaping (Int) -> Void
  ) throws(StoreError) -> FileValue {
    let file = try SeekableFile.open(path: path, compression: nil, name: path)
    var hasher = DigestHasher()
    var offset = 0
    while offset < file.count {
      let piece = try file.bytes(offset..<min(offset + Self.pieceBytes, file.count))
      hasher.update(piece)
      offset += piece.count
    }
    let digest = hasher.finalize()
    let document: FileDocument
    if let known = try Self.known(digest, name: name, service) {
      document = known
      report(file.count)
    } else {
      document = try send(file, digest, to: service, report: report)
    }
    return FileValue(
      digest: digest, mediaType: document.mediaType, name: name, byteCount: file.count)
  }

  private static func known(
    _ digest: Digest, name: String, _ service: any FileService
  ) throws(StoreError) -> FileDocument? {
    do throws(StoreError) {
      return try service.file(digest, name: name)
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  /// Sends the file in parts, from where an earlier attempt ended.
  private func send(
    _ file: SeekableFile, _ digest: Digest, to service: any FileService,
    report: @escaping (Int) -> Void
  ) throws(StoreError) -> FileDocument {
    var reported = 0
    var attempts = 0
    var furthest = 0
    while true {
      let start = min(try service.uploadedBytes(of: digest) ?? 0, file.count)
      attempts = start > furthest ? 1 : attempts + 1
      furthest = max(furthest, start)
      guard attempts <= Self.patience else {
        throw StoreError(.conflict, "the upload of '\(name)' does not go on: try again")
      }
      var offset = start
      do throws(StoreError) {
        let part = try service.putFilePart(digest, at: start, of: file.count, name: name) {
          () throws(StoreError) in
          // What was read before is on its way by now.
          report(max(0, offset - reported))
          reported = max(reported, offset)
          let piece = try file.bytes(offset..<min(offset + Self.pieceBytes, file.count))
          offset += piece.count
          return piece
        }
        if case .whole(let document, _) = part {
          report(file.count - reported)
          return document
        }
      } catch {
        // Another client is sending the same file.
        guard error.kind == .conflict, attempts < Self.patience else { throw error }
        Thread.sleep(forTimeInterval: 0.1)
        if let known = try Self.known(digest, name: name, service) {
          report(file.count - reported)
          return known
        }
      }
    }
  }
}
