package import Model

/// An object store that can change what it holds while others read and write: a folder, as opposed
/// to a bucket.
///
/// Garbage collection by age and the compaction of logs rest on these calls. A bucket has no lock,
/// no second name for a file and no removal that depends on an age, so it needs rules of its own
/// for both; until it has them nothing is removed from one.
package protocol MaintainableObjectStore: ObjectStore {
  /// Replaces a file by another that says the same in fewer bytes; readers get one or the other,
  /// whole. Only `gc` does this, and only to log files whose chunks it moved.
  func replace(_ name: String, _ pieces: [[UInt8]]) throws(StoreError)

  /// Makes a file as young as if it had been put now, so that `gc` spares it, or gives it back.
  /// - Throws: `missing` when there is none of that name.
  func touch(_ name: String) throws(StoreError)

  /// Removes a file unless it was touched after `time`; false when it stays or there is none.
  ///
  /// Nobody can touch it in between: a touch either finds the file gone or keeps it.
  func delete(_ name: String, unlessTouchedAfter time: Timestamp) throws(StoreError) -> Bool

  /// Keeps everybody else from holding the same key, until the returned value is released; waits
  /// for whoever does.
  func holding(_ key: String) throws(StoreError) -> any Sendable

  /// Takes the right to remove files, which one process at a time has, until the returned value is
  /// released.
  /// - Throws: `conflict` while another process has it.
  func collecting() throws(StoreError) -> any Sendable
}
