/// The address of a server: `http://host:port`, `https://host/below/a/path`.
package struct ServerAddress: Sendable, Hashable {
  /// Scheme, host and port, as they were written.
  package let origin: String
  /// The prefix of the API's paths; empty, or a path without a `/` at its end.
  package let basePath: String

  /// Reads an address.
  package init(parsing text: String) throws(AddressError) {
    guard text.hasPrefix("http://") || text.hasPrefix("https://") else { throw .scheme }
    let scheme = text.prefix { $0 != "/" } + "//"
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let path = rest[authority.endIndex...]
    guard !authority.contains("@") else { throw .userName }
    guard !path.contains(where: { $0 == "?" || $0 == "#" }) else { throw .query }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .character }
    guard Self.isHostAndPort(authority) else { throw .host }
    origin = String(scheme + authority)
    var base = path
    while base.last == "/" { base.removeLast() }
    basePath = String(base)
  }

  private static func isHostAndPort(_ authority: Substring) -> Bool {
    var host = authority
    // A colon in an IPv6 address stands in brackets.
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else {
        return false
      }
      host = authority[..<colon]
    }
    return !host.isEmpty && (!host.contains(":") || (host.first == "[" && host.last == "]"))
  }
}

extension ServerAddress: CustomStringConvertible {
  package var description: String { origin + basePath }
}

/// A reason why a text is not the address of a server.
///
/// It holds nothing of the text, which may contain a password.
package enum AddressError: Error, Hashable, Sendable {
  /// It begins with neither `http://` nor `https://`.
  case scheme
  /// A user name, and maybe a password, stands before the host.
  case userName
  /// A query or a fragment follows the path.
  case query
  /// It contains a character outside visible ASCII.
  case character
  /// It names no host, or a port outside 1 to 65535.
  case host
}
