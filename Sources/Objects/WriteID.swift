/// A random text that no other writer will choose: the name of a temporary file, the write id of a
/// record, a store's id.
package enum WriteID {
  /// Thirty-two hexadecimal digits from the system's random number generator.
  package static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return digits(generator.next()) + digits(generator.next())
  }

  private static func digits(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }
}
