package import Model

/// Named immutable files, in a folder or a bucket: everything that reading and committing need.
///
/// A file appears whole or not at all and never changes, unless the store is a
/// ``MaintainableObjectStore``. A file that is being removed can be read, listed and touched until
/// it is gone for good. Names are those of ``StoreLayout``. Calls block; any thread may call.
/// Errors are those of ``Disk``. Every implementation passes `ObjectStoreContract`.
package protocol ObjectStore: Sendable {
  /// Creates a file from `pieces` in order, unless one of that name exists, which then is left as
  /// it is; no two files of one name may have the same bytes.
  ///
  /// A failure whose outcome is in doubt is looked into: the file is read back.
  /// - Throws: ``StoreError`` when the file was not created.
  func create(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) -> Creation

  /// Begins a file whose name (its digest, as a rule) is known only at the end.
  func begin() throws(StoreError) -> any Upload

  /// Reads `count` bytes at `offset`.
  /// - Throws: `corrupt` when the file is shorter than that.
  func get(_ name: String, at offset: Int, count: Int) throws(StoreError) -> [UInt8]

  /// Reads the last `count` bytes, or the whole of a shorter file.
  func tail(_ name: String, count: Int) throws(StoreError) -> [UInt8]

  /// Reads as ``get(_:at:count:)`` from the pack that has this checksum in its trailer.
  /// - Throws: `missing` when the file of that name is another one by now.
  func get(
    _ name: String, matching checksum: UInt64, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8]

  /// Reads as ``tail(_:count:)`` from the pack that has this checksum in its trailer.
  /// - Throws: `missing` when the file of that name is another one by now.
  func tail(_ name: String, matching checksum: UInt64, count: Int) throws(StoreError) -> [UInt8]

  /// Returns the checksum in the trailer of the pack that has that name now; nil without a file of
  /// that name, or for a file that is not a pack.
  func trailerChecksum(of name: String) throws(StoreError) -> UInt64?

  /// Returns the size of the file that is read under that name.
  func byteCount(of name: String) throws(StoreError) -> Int

  /// Makes the next read of that name open the file that then has it: a file that was replaced or
  /// removed can be read for some time after.
  func refresh(_ name: String)

  /// Returns the time of the last change of a folder's names (it ends with `/`); nil without such a
  /// folder, and for a store that has no folders.
  func changed(_ prefix: String) throws(StoreError) -> Timestamp?

  /// Returns size and age of a file; nil without one of that name, and where a folder or a pipe has
  /// it.
  func status(of name: String) throws(StoreError) -> FileStatus?

  /// Lists the names that begin with `prefix` and sort after `name`, sorted by byte; at most
  /// `limit`.
  func list(_ prefix: String, after name: String, limit: Int) throws(StoreError) -> [String]

  /// Lists the folders right below `prefix` (which ends with `/`), each ending with `/`, sorted.
  func folders(_ prefix: String) throws(StoreError) -> [String]

  /// Removes a file; false when there is none of that name. Not durable at once: a removed file may
  /// be back after a power cut, never half.
  func delete(_ name: String) throws(StoreError) -> Bool
}

/// The outcome of creating a file.
package enum Creation: Sendable {
  /// The file exists, durably.
  case created
  /// The file exists and can be read, but a power cut may remove it, for the reason given.
  case visible(StoreError)
  /// Another file of that name exists, durably.
  case taken
  /// The outcome is not known: the last step failed, for the reason given, and may have taken
  /// effect.
  case unknown(StoreError)

  /// Returns true when the file was created; for names that follow from the content, where a
  /// repeated attempt loses nothing.
  /// - Throws: ``StoreError`` when it is not known to be durable.
  package func get() throws(StoreError) -> Bool {
    switch self {
    case .created: true
    case .taken: false
    case .visible(let error), .unknown(let error): throw error
    }
  }
}

extension ObjectStore {
  /// Creates a file from `pieces` in order; false when one of that name exists, which then is left
  /// as it is.
  ///
  /// When it returns, either file is durable.
  package func putIfAbsent(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) -> Bool {
    try create(name, pieces).get()
  }

  /// Returns the whole content of a file.
  ///
  /// For small ones: it is held in memory.
  package func get(_ name: String) throws(StoreError) -> [UInt8] {
    try tail(name, count: Int.max)
  }

  /// Lists all names that begin with `prefix`, sorted by byte.
  package func list(_ prefix: String) throws(StoreError) -> [String] {
    try list(prefix, after: "", limit: Int.max)
  }
}

/// A file being written, which no reader sees before ``commit(as:)``.
///
/// One owner uses it at a time. Releasing it without a commit abandons it.
package protocol Upload: AnyObject, Sendable {
  /// Adds bytes at the end.
  func append(_ bytes: [UInt8]) throws(StoreError)

  /// Makes the file durable and visible under `name`, unless one of that name exists.
  ///
  /// Ends the upload in every case. A file that is visible is not taken back when its name cannot
  /// be synced: it may have been read already.
  /// - Throws: ``StoreError`` when the file was not created.
  func create(as name: String) throws(StoreError) -> Creation

  /// Ends the upload and removes what was written.
  func abandon()
}

extension Upload {
  /// Makes the file durable and visible under `name`; false when one of that name exists.
  /// - Throws: ``StoreError`` also when the file is there and its name is not known to be durable.
  package func commit(as name: String) throws(StoreError) -> Bool {
    try create(as: name).get()
  }
}
