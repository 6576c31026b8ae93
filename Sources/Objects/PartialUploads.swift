package import Model

/// The files of an object store that come in parts, which wait on a disk until they are whole.
///
/// A bucket cannot add to an object, so the parts need a disk beside it. Any thread may call.
package struct PartialUploads: Sendable {
  /// The bytes that are copied at a time.
  private static let pieceBytes = 1 << 20

  private let disk: any Disk
  private let publish: @Sendable (PartialUpload, String) throws(StoreError) -> Creation

  /// Uploads on the disk of `store`, whose files they become without being copied.
  package init(within store: LocalObjectStore) {
    disk = store.disk
    publish = { (upload, name) throws(StoreError) in
      try upload.sync()
      return try store.publish(upload.path, as: name)
    }
  }

  /// Uploads on a scratch disk, which are copied into `store` when they are whole.
  package init(over disk: any Disk, into store: any ObjectStore) {
    self.disk = disk
    publish = { (upload, name) throws(StoreError) in
      try Self.copy(upload, into: store, as: name)
    }
  }

  /// Begins a file that comes in parts, or continues one that was paused or cut off.
  /// - Throws: ``StoreError`` of kind `conflict` while another owner does.
  package func resume(_ name: String) throws(StoreError) -> PartialUpload {
    if let slash = name.lastIndex(of: "/") {
      _ = try disk.makeDirectory(String(name[..<slash]))
    }
    return try PartialUpload(disk: disk, path: name, publish: publish)
  }

  /// The number of bytes that a file has so far; nil when no part of it came.
  package func byteCount(of name: String) throws(StoreError) -> Int? {
    try disk.status(of: name)?.byteCount
  }

  private static func copy(
    _ upload: PartialUpload, into store: any ObjectStore, as name: String
  ) throws(StoreError) -> Creation {
    let target = try store.begin()
    let byteCount = upload.byteCount
    var offset = 0
    while offset < byteCount {
      let piece = try upload.read(at: offset, count: min(pieceBytes, byteCount - offset))
      guard !piece.isEmpty else {
        throw StoreError(
          .corrupt, "\(upload.path) ends at byte \(offset) of \(byteCount); send the file again")
      }
      try target.append(piece)
      offset += piece.count
    }
    return try target.create(as: name)
  }
}
