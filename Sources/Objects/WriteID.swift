/// Texts that no other writer will choose: names of temporary files, write ids of records, store
/// ids.
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
