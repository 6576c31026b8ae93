package import Model

/// Where a server is: `http://host:port`, `https://host/below/a/path`.
package struct ServerAddress: Sendable, Hashable {
  /// Scheme, host and port, as they were written.
  package let origin: String
  /// What stands before the paths of the API; empty, or a path without a `/` at its end.
  package let basePath: String

  /// Whether the name of a store is that of a server.
  package static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("http://") || text.hasPrefix("https://")
  }

  /// Reads an address.
  /// - Throws: ``StoreError`` of kind `usage` that says what was expected.
  package init(parsing text: String) throws(StoreError) {
    guard Self.isAddress(text) else {
      throw Self.malformed("it begins with neither http:// nor https://")
    }
    let scheme = text.prefix { $0 != "/" } + "//"
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let path = rest[authority.endIndex...]
    // Nothing of an address with a password in it is repeated.
    guard !authority.contains("@") else {
      throw Self.malformed("it holds a user name; give a token in ASSAY_TOKEN")
    }
    guard !path.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw Self.malformed("nothing comes after the path")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Self.malformed("it holds a character that is none of an address")
    }
    guard Self.isHostAndPort(authority) else {
      throw Self.malformed("it names no host, or no port from 1 to 65535")
    }
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

  private static func malformed(_ why: String) -> StoreError {
    StoreError(.usage, "this is no address of a server: \(why); write http://host:8640")
  }
}

extension ServerAddress: CustomStringConvertible {
  package var description: String { origin + basePath }
}
