import Platform

/// A random text that no other writer will choose: the name of a temporary file, the write id of a
/// record, a store's id.
package enum WriteID {
  /// Thirty-two hexadecimal digits from the system's random number generator.
  package static func make() -> String { SystemRandom.hex(16) }
}
