import Crypto

/// A SHA-256 digest, written `sha256:<64 hex digits>`.
///
/// Four words instead of an array, so that a digest is 32 bytes without a heap allocation and can
/// key a dictionary. Word 0 holds the first eight bytes, most significant first, so order is byte
/// order.
package struct Digest: Hashable, Sendable {
  package let word0: UInt64
  package let word1: UInt64
  package let word2: UInt64
  package let word3: UInt64

  /// The number of bytes in a digest.
  package static let byteCount = 32

  /// Reads a digest from the 32 bytes of `bytes` from `offset` on; nil when there are fewer.
  package init?(_ bytes: [UInt8], at offset: Int = 0) {
    guard offset >= 0, bytes.count - offset >= Self.byteCount else { return nil }
    self.init(
      word0: Self.word(bytes, offset), word1: Self.word(bytes, offset + 8),
      word2: Self.word(bytes, offset + 16), word3: Self.word(bytes, offset + 24))
  }

  /// A digest of four words, most significant first.
  package init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in offset..<offset + 8 { word = word << 8 | UInt64(bytes[index]) }
    return word
  }

  /// Reads `sha256:<64 hex digits>` or only the 64 digits; nil for anything else.
  package init?(parsing text: some StringProtocol) {
    let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
    guard let bytes = Hex.decode(digits.utf8), bytes.count == Self.byteCount else { return nil }
    self.init(bytes)
  }

  /// The 32 bytes, first byte first.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for word in [word0, word1, word2, word3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return bytes
  }

  /// The 64 lower-case hexadecimal digits.
  package var hex: String { Hex.encode(bytes) }
}

extension Digest {
  /// Any word of a digest is as good as a hash.
  package func hash(into hasher: inout Hasher) { hasher.combine(word0) }
}

extension Digest: CustomStringConvertible {
  package var description: String { "sha256:" + hex }
}

extension Digest: Comparable {
  package static func < (left: Digest, right: Digest) -> Bool {
    (left.word0, left.word1, left.word2, left.word3)
      < (right.word0, right.word1, right.word2, right.word3)
  }
}

/// A SHA-256 computation over bytes that come in pieces.
package struct DigestHasher {
  private var hasher = SHA256()

  /// An empty hasher.
  package init() {}

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe hasher.update(bufferPointer: bytes)
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
  }

  /// The digest of everything added so far.
  package func finalize() -> Digest {
    // A SHA-256 digest always has 32 bytes, so the fallback cannot be reached.
    Digest(Array(hasher.finalize())) ?? Digest(zero: ())
  }
}

extension Digest {
  /// The digest of `bytes`.
  package init(hashing bytes: [UInt8]) {
    var hasher = DigestHasher()
    hasher.update(bytes)
    self = hasher.finalize()
  }

  /// The HMAC-SHA-256 of `bytes` (RFC 2104), which identifies equal values without disclosing them.
  package init(authenticating bytes: [UInt8], key: [UInt8]) {
    let code = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key))
    self = Digest(Array(code)) ?? Digest(zero: ())
  }

  /// Thirty-two zero bytes: the predecessor that the first record of a log names.
  package init(zero: Void) {
    (word0, word1, word2, word3) = (0, 0, 0, 0)
  }
}
