package import Model

/// An object store whose files can change while others read and write: a folder, as opposed to a
/// bucket.
///
/// Garbage collection by age and the compaction of logs rest on these calls. A bucket has no lock,
/// no second name for a file and no removal that depends on an age, so it needs rules of its own
/// for both; until it has them nothing is removed from one.
package protocol MaintainableObjectStore: ObjectStore {
  /// Replaces a file by another with the same content in fewer bytes; readers get one or the other,
  /// whole. Only `gc` does this, and only to log files whose chunks it moved.
  func replace(_ name: String, _ pieces: [[UInt8]]) throws(StoreError)

  /// Sets the modification time of a file to now, so that `gc` spares it or returns it to its name.
  /// - Throws: `missing` when there is none of that name.
  func touch(_ name: String) throws(StoreError)

  /// Removes a file unless it was touched after `time`; false when it stays or there is none.
  ///
  /// No touch can come in between: it either finds the file gone or keeps it.
  func delete(_ name: String, unlessTouchedAfter time: Timestamp) throws(StoreError) -> Bool

  /// Keeps others from holding the same key until the returned value is released; waits for another
  /// holder.
  func holding(_ key: String) throws(StoreError) -> any Sendable

  /// Takes the lock of collections, which one process at a time has, until the returned value is
  /// released.
  /// - Throws: `conflict` while another process has it.
  func collecting() throws(StoreError) -> any Sendable
}
