import Model
import Platform

/// The ids of decisions: UUIDs of version 7 (RFC 9562), which sort by the time of the decision.
enum DecisionID {
  /// Makes a new id.
  static func make(at time: Timestamp) -> String {
    let milliseconds = UInt64(clamping: time.microseconds / 1000) & 0xFFFF_FFFF_FFFF
    let high = milliseconds << 16 | 0x7000 | SystemRandom.number() & 0x0FFF
    let low = SystemRandom.number() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for index in 0..<32 {
      if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
      let word = index < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 0xF
      text.append(digit < 10 ? digit + 0x30 : digit + 0x57)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
