import Glibc

/// The host of an authority (RFC 3986, section 3.2.2): a name, or an address in its one form.
///
/// A text that begins like an address but is not one, and another spelling of an address (`127.1`,
/// `0x7f000001`, `2130706433`), are refused: libraries disagree about what those mean.
package enum HostName: Hashable, Sendable {
  /// In lower case, without the dot that may end it.
  case name(String)
  /// Four bytes, the first one highest.
  case ipv4(UInt32)
  /// Sixteen bytes.
  case ipv6([UInt8])

  /// Reads a host as a bind address or an authority has it; brackets around IPv6 are optional.
  package init?(parsing text: some StringProtocol) {
    if text.first == "[" || text.contains(":") {
      let isBracketed = text.first == "["
      guard isBracketed == (text.last == "]") else { return nil }
      let inner = isBracketed ? String(text.dropFirst().dropLast()) : String(text)
      guard let bytes = Self.ipv6Bytes(inner) else { return nil }
      self = .ipv6(bytes)
      return
    }
    var name = text.lowercased()
    if name.last == "." { name.removeLast() }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard name.utf8.count <= 253, labels.allSatisfy({ Self.isLabel($0.utf8) }),
      let last = labels.last
    else { return nil }
    // https://url.spec.whatwg.org/#ends-in-a-number-checker
    let isNumeric =
      last.utf8.allSatisfy(Self.isDigit)
      || (last.utf8.starts(with: "0x".utf8)
        && last.utf8.dropFirst(2).allSatisfy { Self.isDigit($0) || (0x61...0x66).contains($0) })
    guard isNumeric else {
      self = .name(name)
      return
    }
    guard let number = Self.ipv4Number(labels) else { return nil }
    self = .ipv4(number)
  }

  /// True when it always means the local machine: `localhost`, 127.0.0.0/8, `::1`.
  package var isLoopback: Bool {
    switch self {
    case .name(let name): name == "localhost"
    case .ipv4(let number): number >> 24 == 127
    case .ipv6(let bytes):
      bytes == [UInt8](repeating: 0, count: 15) + [1]
        // ::ffff:127.0.0.0/104 (RFC 4291, section 2.5.5.2)
        || (Array(bytes[..<12]) == [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
          && bytes[12] == 127)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count)
      && label.allSatisfy {
        isDigit($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_")
      }
  }

  private static func ipv4Number(_ labels: [Substring]) -> UInt32? {
    guard labels.count == 4 else { return nil }
    var number: UInt32 = 0
    for label in labels {
      guard label.utf8.allSatisfy(isDigit), let part = UInt8(label),
        label == "0" || label.first != "0"
      else { return nil }
      number = number << 8 | UInt32(part)
    }
    return number
  }

  private static func ipv6Bytes(_ text: String) -> [UInt8]? {
    // No zone: it names an interface of the machine that wrote it.
    guard text.utf8.count <= 45, !text.utf8.contains(0), !text.contains("%") else { return nil }
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    return unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
  }
}
