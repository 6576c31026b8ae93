import Model
import Server
import Testing

/// Hosts as they are parsed, never compared by how they begin.
@Suite struct HostNameTests {
  @Test(arguments: [
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1.", "127.255.255.254", "::1",
    "[::1]", "0:0:0:0:0:0:0:1", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]",
  ])
  func `this machine goes by these names`(text: String) {
    #expect(HostName(parsing: text)?.isLoopback == true)
  }

  @Test(arguments: [
    "127.0.0.1.evil.example", "127.evil.example", "localhost.evil.example", "localhostess",
    "evil.example", "128.0.0.1", "12.7.0.1", "0.0.0.0", "10.0.0.1", "[::2]", "[::]",
    "[::ffff:128.0.0.1]", "[fe80::1]", "my_host", "a-b.example", "127-0-0-1.example",
    "xn--bcher-kva.example", "1.example", "0x7f.example",
  ])
  func `another host is one all the same`(text: String) {
    #expect(HostName(parsing: text)?.isLoopback == false)
  }

  @Test(arguments: [
    "", ".", "..", "a..b", ".a", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1",
    "0177.0.0.1", "127.0.0.01", "127.0.0.256", "127.0.0.1.1", "1.2.3", "127.0.0.1 ", " localhost",
    "local host", "localhost\t", "127.0.0.1%00", "[::1", "::1]", "[::1%25eth0]", "[::1%eth0]",
    "[127.0.0.1]", "[]", "[localhost]", ":::1", "é.example", "a@b", "a/b", "a?b", "a#b", "a,b",
    "%31%32%37.0.0.1", "127。0。0。1", "127.0.0.٠", "1e2.0x",
  ])
  func `what is no host is refused`(text: String) {
    #expect(HostName(parsing: text) == nil)
  }

  @Test func `a name is read in any case, and without its last dot`() {
    #expect(HostName(parsing: "Assay.Example.COM.") == .name("assay.example.com"))
    #expect(HostName(parsing: "[2001:DB8::1]") == HostName(parsing: "2001:db8:0:0::1"))
    #expect(HostName(parsing: String(repeating: "a", count: 64)) == nil)
    #expect(HostName(parsing: Array(repeating: "abcdefg", count: 33).joined(separator: ".")) == nil)
  }

  @Test(
    arguments: [
      ("localhost", nil), ("localhost:", nil), ("localhost:0", 0), ("localhost:8640", 8640),
      ("127.0.0.1:65535", 65_535), ("[::1]:8640", 8640), ("[::1]", nil), ("localhost:00080", 80),
    ] as [(String, UInt16?)])
  func `an authority is a host and perhaps a port`(text: String, port: UInt16?) {
    let authority = Authority(parsing: text)
    #expect(authority?.host.isLoopback == true)
    #expect(authority?.port == port)
  }

  @Test(arguments: [
    "", ":8640", "localhost:65536", "localhost:-1", "localhost:+1", "localhost: 1", "localhost:1a",
    "localhost:1:2", "::1", "::1:8640", "[::1]8640", "[::1]x:1", "a@localhost", "a:b@localhost",
    "localhost/", "localhost, localhost", "http://localhost", "localhost:٨",
  ])
  func `what is no authority is refused`(text: String) {
    #expect(Authority(parsing: text) == nil)
  }

  @Test func `an origin is a scheme and an authority`() throws {
    let target = try #require(Authority(parsing: "localhost:8640"))
    func isOwn(_ text: String) -> Bool { WebOrigin(parsing: text)?.isOrigin(of: target) ?? false }
    #expect(isOwn("http://localhost:8640") && isOwn("https://LOCALHOST:8640"))
    for text in [
      "null", "", "http://localhost", "http://localhost:3000", "http://127.0.0.1:8640",
      "http://localhost:8640.evil.example", "http://localhost:8640@evil.example", "file://",
      "http://localhost:8640/", "chrome-extension://localhost:8640", "localhost:8640",
      "http://localhost:8640, http://evil.example",
    ] {
      #expect(!isOwn(text), "\(text)")
    }
    let plain = try #require(Authority(parsing: "assay.example.com"))
    #expect(WebOrigin(parsing: "https://assay.example.com")?.isOrigin(of: plain) == true)
    #expect(WebOrigin(parsing: "https://assay.example.com:443")?.isOrigin(of: plain) == true)
    #expect(WebOrigin(parsing: "https://assay.example.com:444")?.isOrigin(of: plain) == false)
  }
}

/// The target of a request and its hosts.
@Suite struct RequestTargetTests {
  @Test(arguments: [
    ("/a?b=c", ["localhost"], "/a?b=c", "localhost"), ("//a", ["[::1]:1"], "//a", "[::1]:1"),
    ("http://localhost/a?b", ["localhost"], "/a?b", "localhost"),
    ("HTTP://LocalHost:80/a", ["localhost"], "/a", "LocalHost:80"),
    ("https://localhost", ["localhost:443"], "/", "localhost"),
    ("http://localhost?x=1", ["localhost"], "/?x=1", "localhost"),
  ])
  func `a request goes where both say`(
    target: String, hosts: [String], path: String, authority: String
  ) throws {
    let read = try RequestTarget(target, hosts: hosts, isVersion10: false)
    #expect(read.path == path && read.authority == authority)
  }

  @Test(
    arguments: [
      ("/", []), ("/", ["localhost", "localhost"]), ("/", ["localhost", "evil.example"]),
      ("/", [""]), ("/", ["a b"]), ("/", ["127.1"]), ("/", ["localhost, evil.example"]),
      ("http://localhost/", ["evil.example"]), ("http://evil.example/", ["localhost"]),
      ("http://localhost:81/", ["localhost:82"]), ("http://localhost/", ["localhost:8640"]),
      ("http://a@localhost/", ["localhost"]), ("http:///", ["localhost"]), ("a", ["localhost"]),
      ("localhost:80", ["localhost"]), ("*", ["localhost"]), ("", ["localhost"]),
      ("ftp://localhost/", ["localhost"]), ("/a#b", ["localhost"]), ("http:/a", ["localhost"]),
      ("http://localhost/", []),
    ] as [(String, [String])])
  func `a request that two readers could take for two is refused`(
    target: String, hosts: [String]
  ) {
    let error = #expect(throws: StoreError.self) {
      try RequestTarget(target, hosts: hosts, isVersion10: false)
    }
    #expect(error?.kind == .usage)
  }

  @Test func `a client of HTTP 1.0 need not name a host, and may not name two`() throws {
    #expect(try RequestTarget("/", hosts: [], isVersion10: true).authority == nil)
    #expect(throws: StoreError.self) {
      try RequestTarget("/", hosts: ["a", "b"], isVersion10: true)
    }
  }
}
