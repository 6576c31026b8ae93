import Model

extension Digest {
  /// The digest cut to 12 digits: enough to be told apart, and to be used after '@'.
  var short: String { "sha256:" + hex.prefix(12) }
}
