import HTTPTypes
import Hummingbird
import Model
import Service

/// The pages in a browser that may send requests, judged by the headers that the browser adds.
///
/// A browser sends what any page asks for to any server that it reaches, one on this machine
/// included. `Sec-Fetch-Site` (https://w3c.github.io/webappsec-fetch-metadata/) says whether the
/// page is of the server's own origin, `Origin` which one it is, and `Host` the name by which the
/// browser reached the server: a name whose address was changed under a page (DNS rebinding) is not
/// this machine's.
struct OriginRules: Sendable {
  /// Hosts that a proxy before the server goes by.
  let allowedHosts: [HostName]

  /// Throws unless the request was not made by a page of another site.
  ///
  /// A click on a link of another site is allowed (a top-level GET); nothing else is, with a token
  /// or without: not a script, a frame, a form or an image.
  /// - Throws: ``StoreError`` of kind `denied`.
  func requireOwnSite(_ request: Request) throws(StoreError) {
    let sites = Self.values(request, .secFetchSite)
    if !sites.isSubset(of: ["same-origin", "same-site", "none"]) {
      guard Self.isNavigation(request) else { throw Self.foreign }
      return
    }
    // Browsers that do not send the site send the origin, except for a plain GET.
    if sites.isEmpty, let origin = request.headers[.origin], !isOwn(origin, request) {
      throw Self.foreign
    }
  }

  /// Throws unless this machine's user makes the request, where no token identifies the caller.
  ///
  /// Another port of this machine is of the same site, and still not one of our pages.
  /// - Throws: ``StoreError`` of kind `denied`.
  func requireOwnUser(_ request: Request) throws(StoreError) {
    // Nil for HTTP/1.0, which no browser speaks.
    if let authority = request.head.authority {
      guard let host = Authority(parsing: authority)?.host,
        host.isLoopback || allowedHosts.contains(host)
      else {
        throw StoreError(
          .denied,
          "without tokens this server answers only requests to localhost; make a token with "
            + "'assay token create', or name the host of a proxy with --allow-host")
      }
    }
    let isOwnOrigin = request.headers[.origin].map { isOwn($0, request) } ?? true
    let isOwnSite = Self.values(request, .secFetchSite).isSubset(of: ["same-origin", "none"])
    guard isOwnOrigin, isOwnSite || Self.isNavigation(request) else { throw Self.foreign }
  }

  private static let foreign = StoreError(
    .denied,
    "this request comes from a page of another site, which may not use this server; send it from a "
      + "program, or from a page of the server's own address (--allow-host names a proxy's)")

  /// Returns true when an origin is the request's target, or the proxy before the server.
  private func isOwn(_ origin: String, _ request: Request) -> Bool {
    guard let origin = WebOrigin(parsing: origin) else { return false }
    if allowedHosts.contains(origin.authority.host) { return true }
    return request.head.authority.flatMap { Authority(parsing: $0) }.map(origin.isOrigin) ?? false
  }

  /// Returns true when a browser navigates to another page, for its user to see.
  private static func isNavigation(_ request: Request) -> Bool {
    request.method == .get && values(request, .secFetchMode) == ["navigate"]
      && values(request, .secFetchDest) == ["document"] && request.headers[.origin] == nil
  }

  /// The values of all fields of a name.
  private static func values(_ request: Request, _ name: HTTPField.Name) -> Set<String> {
    Set(
      request.headers[values: name].flatMap {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }.map {
        $0.trimming { $0 == " " || $0 == "\t" }.lowercased()
      })
  }
}

extension Substring {
  /// The text without what `isSpace` says at its ends.
  func trimming(_ isSpace: (Character) -> Bool) -> Substring {
    var text = drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }
}
