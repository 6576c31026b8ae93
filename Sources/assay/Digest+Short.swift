import Model

extension Digest {
  /// The digest cut to 12 digits: enough to distinguish versions, and valid after '@'.
  var short: String { "sha256:" + hex.prefix(12) }
}
