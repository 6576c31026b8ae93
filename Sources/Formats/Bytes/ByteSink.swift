package import Model

/// The destination of an output's bytes: a file or standard output, compressed by the file's name.
///
/// A file appears under its name at ``finish()``, whole, over whatever had that name. A sink that
/// is let go before leaves nothing behind. Used by one thread at a time.
package final class ByteSink {
  /// Fewer bytes than this wait for more, so that callers may write row by row.
  private static let flushBytes = 256 << 10

  private let output: ByteSinkOutput
  private let encoder: ByteSinkEncoder?
  private var pending: [UInt8] = []
  private var isFinished = false

  /// Opens a file for writing; `-` is standard output.
  ///
  /// A device or a pipe is written to as it is. Standard output and pipes make the process ignore
  /// SIGPIPE from then on, so that a reader that goes away is an error and not a sudden end.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such folder, `unavailable` when
  ///   the file cannot be made.
  package static func open(path: String) throws(StoreError) -> ByteSink {
    let output = try path == "-" ? ByteSinkOutput(standardOutput: ()) : ByteSinkOutput(path: path)
    let encoder: ByteSinkEncoder? =
      switch path == "-" ? nil : FileCompression(path: path) {
      case .gzip: .gzip(try GzipEncoder())
      case .zstd: .zstd(try ZstdEncoder())
      case nil: nil
      }
    return ByteSink(output: output, encoder: encoder)
  }

  private init(output: ByteSinkOutput, encoder: ByteSinkEncoder?) {
    self.output = output
    self.encoder = encoder
  }

  /// Adds bytes at the end; an error leaves the sink fit only for being let go.
  /// - Throws: ``StoreError`` of kind `unavailable`, also when the reader of a pipe has gone, or
  ///   `exhausted` when the disk is full.
  package func write(_ bytes: [UInt8]) throws(StoreError) {
    precondition(!isFinished, "a finished sink takes no more bytes")
    switch encoder {
    case .gzip(let gzip): try gzip.encode(bytes, isLast: false, appendingTo: &pending)
    case .zstd(let zstd): try zstd.encode(bytes, isLast: false, appendingTo: &pending)
    case nil:
      if bytes.count >= Self.flushBytes {
        try flush()
        try output.write(bytes)
        return
      }
      pending.append(contentsOf: bytes)
    }
    if pending.count >= Self.flushBytes { try flush() }
  }

  /// Writes the buffered bytes and renames the file into its place.
  ///
  /// The file is not forced to the disk: it can be made again, and a pull should not wait for that.
  package func finish() throws(StoreError) {
    precondition(!isFinished, "a sink is finished once")
    switch encoder {
    case .gzip(let gzip): try gzip.encode([], isLast: true, appendingTo: &pending)
    case .zstd(let zstd): try zstd.encode([], isLast: true, appendingTo: &pending)
    case nil: break
    }
    isFinished = true
    try flush()
    try output.finish()
  }

  private func flush() throws(StoreError) {
    guard !pending.isEmpty else { return }
    try output.write(pending)
    pending.removeAll(keepingCapacity: true)
  }
}
