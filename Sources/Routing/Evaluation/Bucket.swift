import Model

/// The place of a unit (a user, an item, a request) among the 10,000 buckets from which shares are
/// cut.
///
/// SHA-256 over length-framed texts, so that no two lists of texts make the same bytes; the first
/// eight bytes are scaled to the range without bias. docs/routing.md has the format.
package enum Bucket {
  /// The purposes for which places are drawn; each draws independently of the others.
  package enum Purpose: String, Sendable {
    case split, rollout, shadow
  }

  /// The number of places: shares are basis points.
  package static let count = 10_000

  /// The place of `unit`, below ``count``.
  package static func of(_ unit: String, salt: String, for purpose: Purpose) -> Int {
    of(Array(unit.utf8), salt: Array(salt.utf8), for: purpose)
  }

  /// The place of a unit and a salt in UTF-8, below ``count``.
  package static func of(_ unit: [UInt8], salt: [UInt8], for purpose: Purpose) -> Int {
    var framed: [UInt8] = []
    framed.reserveCapacity(48 + salt.count + unit.count)
    append("routebucket/1".utf8, to: &framed)
    append(purpose.rawValue.utf8, to: &framed)
    append(salt, to: &framed)
    append(unit, to: &framed)
    let word = Digest(hashing: framed).word0
    return Int(word.multipliedFullWidth(by: UInt64(count)).high)
  }

  private static func append(_ text: some Collection<UInt8>, to framed: inout [UInt8]) {
    let length = UInt32(text.count)
    for shift in stride(from: 24, through: 0, by: -8) {
      framed.append(UInt8(truncatingIfNeeded: length >> UInt32(shift)))
    }
    framed.append(contentsOf: text)
  }
}
