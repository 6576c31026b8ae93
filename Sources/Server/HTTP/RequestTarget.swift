package import Model

/// The target of a request: the path, and the authority that `Host` or an absolute target names
/// (RFC 9112, section 3.2).
package struct RequestTarget: Hashable, Sendable {
  /// Path and query.
  package let path: String
  /// As it was written; nil where an HTTP/1.0 client named none.
  package let authority: String?

  /// Reads the target of a request line and all of its `Host` fields.
  ///
  /// A request that two readers could take for two is refused: one with two hosts, with none in
  /// HTTP/1.1, or with an absolute target that is of another host than `Host` says.
  /// - Throws: ``StoreError`` of kind `usage`, for the status 400.
  package init(_ target: String, hosts: [String], isVersion10: Bool) throws(StoreError) {
    guard hosts.count <= 1 else {
      throw StoreError(.usage, "the request has \(hosts.count) Host fields; it may have one")
    }
    guard !hosts.isEmpty || isVersion10 else {
      throw StoreError(.usage, "the request has no Host field, which HTTP/1.1 needs")
    }
    let host = try hosts.first.map { (text) throws(StoreError) in
      guard let authority = Authority(parsing: text) else {
        throw StoreError(.usage, "the Host field holds no host: a name or an address, and a port")
      }
      return authority
    }
    guard !target.contains("#") else {
      throw StoreError(.usage, "the target of a request has no fragment ('#')")
    }
    if target.first == "/" {
      path = target
      authority = hosts.first
      return
    }
    guard let end = target.firstRange(of: "://")?.upperBound,
      ["http://", "https://"].contains(target[..<end].lowercased())
    else {
      throw StoreError(.usage, "the target of a request is a path that begins with '/'")
    }
    let named = target[end...].prefix { $0 != "/" && $0 != "?" }
    guard let own = Authority(parsing: named) else {
      throw StoreError(.usage, "the target of the request holds no host")
    }
    let usual: UInt16 = target[..<end].lowercased() == "http://" ? 80 : 443
    guard host.map({ own.isSame(as: $0, usualPort: usual) }) ?? true else {
      throw StoreError(.usage, "the target of the request and its Host field name two hosts")
    }
    let rest = target[named.endIndex...]
    path = rest.first == "/" ? String(rest) : "/" + rest
    authority = String(named)
  }
}
