/// A host with its port, if it has one (RFC 3986, section 3.2): what `Host` holds.
package struct Authority: Hashable, Sendable {
  package let host: HostName
  /// Nil where it is left out, which means the scheme's.
  package let port: UInt16?

  /// Reads an authority; nil for anything else, such as one with a user's name.
  package init?(parsing text: some StringProtocol) {
    var host = text[...]
    var port: UInt16?
    // A colon in an IPv6 address stands in brackets.
    if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
      let digits = text[text.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      if !digits.isEmpty {
        guard let number = UInt16(digits) else { return nil }
        port = number
      }
      host = text[..<colon]
    }
    guard host.first == "[" || !host.contains(":"), let name = HostName(parsing: host) else {
      return nil
    }
    self.host = name
    self.port = port
  }

  /// Returns true when both name the same place under a scheme whose port is `usual`.
  package func isSame(as other: Authority, usualPort usual: UInt16) -> Bool {
    host == other.host && (port ?? usual) == (other.port ?? usual)
  }
}

/// The origin of a page (RFC 6454): the value of `Origin`, unless it is `null`.
package struct WebOrigin: Hashable, Sendable {
  package let isSecure: Bool
  package let authority: Authority

  /// Reads an origin of http or https; nil for any other, `null` among them.
  package init?(parsing text: String) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let authority = Authority(parsing: parts[1]) else { return nil }
    switch parts[0].lowercased() {
    case "http": isSecure = false
    case "https": isSecure = true
    default: return nil
    }
    self.authority = authority
  }

  /// Returns true when a page of this origin and a request to `target` are of one origin, whichever
  /// scheme a proxy made of it.
  package func isOrigin(of target: Authority) -> Bool {
    authority.isSame(as: target, usualPort: isSecure ? 443 : 80)
  }
}
