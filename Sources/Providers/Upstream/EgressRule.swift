/// The addresses on the internet, to which calls may go, and the others.
package enum EgressRule {
  /// Returns true for an IPv4 or IPv6 address, in network order, that leads to this machine, its
  /// network, a private network or nowhere.
  ///
  /// https://www.iana.org/assignments/iana-ipv4-special-registry and
  /// https://www.iana.org/assignments/iana-ipv6-special-registry; an IPv6 address that stands for
  /// one of IPv4 is judged as that.
  package static func isPrivate(_ address: [UInt8]) -> Bool {
    switch address.count {
    case 4: return isPrivate4(address)
    case 16: break
    default: return true
    }
    if let embedded = embedded(in: address) { return isPrivate4(embedded) }
    switch (address[0], address[1]) {
    // 2000::/3 is what is given out; all else is loopback, link-local, private, multicast or
    // unused.
    case (0x20, 0x01): return address[2] == 0x0D && address[3] == 0xB8 || address[2] < 0x02
    case (0x20...0x3F, _): return false
    default: return true
    }
  }

  private static func embedded(in address: [UInt8]) -> [UInt8]? {
    let zeros = address.prefix { $0 == 0 }.count
    // ::ffff:0:0/96
    if zeros == 10, address[10] == 0xFF, address[11] == 0xFF { return Array(address[12...]) }
    // 64:ff9b::/96
    if address[..<12] == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
      return Array(address[12...])
    }
    // 2002::/16
    if address[0] == 0x20, address[1] == 0x02 { return Array(address[2..<6]) }
    return nil
  }

  private static func isPrivate4(_ address: [UInt8]) -> Bool {
    switch (address[0], address[1], address[2]) {
    case (0, _, _), (10, _, _), (127, _, _): true
    case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _): true
    case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113):
      true
    case (224..., _, _): true
    default: false
    }
  }
}
