package import Model

/// A file being written in parts, maybe by several processes one after the other; not visible to
/// anybody until ``commit(as:)``.
///
/// One owner uses it at a time. Letting go of it keeps what was written, of which a crash may take
/// any part: whoever commits checks the bytes first.
package protocol PartialUpload: AnyObject, Sendable {
  /// How many bytes there are so far.
  var byteCount: Int { get }

  /// Adds bytes at the end.
  func append(_ bytes: [UInt8]) throws(StoreError)

  /// Reads up to `count` bytes at `offset`.
  func read(at offset: Int, count: Int) throws(StoreError) -> [UInt8]

  /// Makes the file durable and visible under `name`, and ends the upload; false when one of that
  /// name exists.
  func commit(as name: String) throws(StoreError) -> Bool

  /// Ends the upload and removes what was written.
  func abandon()
}
