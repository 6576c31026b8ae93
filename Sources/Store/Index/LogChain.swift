import Model

/// Follows a log from its first record, by only the records themselves.
struct LogChain {
  private var sequence = 0
  private var digest = Digest(zero: ())
  private var versions = 0
  private var keys: Set<DataText> = []

  /// Takes the next record in.
  /// - Returns: false when it does not follow: by its sequence, the digest that it names, the
  ///   number of its version, an idempotency key that was used, or a tag of a version that is not
  ///   there.
  mutating func follow(_ record: LogRecord) -> Bool {
    guard record.sequence == sequence + 1, record.previous == digest else { return false }
    sequence = record.sequence
    digest = record.digest
    switch record.change {
    case .version(let version):
      guard version.number == versions + 1 else { return false }
      versions = version.number
      guard let key = version.idempotencyKey else { return true }
      return keys.insert(DataText(key)).inserted
    case .tag(let tag): return tag.number.map { $0 >= 1 && $0 <= versions } ?? true
    case .deployment: return true
    }
  }
}
