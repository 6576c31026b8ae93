import Outbound
import Testing

/// Addresses of servers, and paths on them.
@Suite struct AddressTests {
  @Test(arguments: [
    ("http://localhost:8640", "http://localhost:8640", ""),
    ("https://a.example/", "https://a.example", ""),
    ("https://a.example/x/y//", "https://a.example", "/x/y"),
    ("http://[::1]:80/x", "http://[::1]:80", "/x"),
    ("http://[::1]", "http://[::1]", ""),
  ])
  func `an address has an origin and a path`(text: String, origin: String, path: String) throws {
    let address = try ServerAddress(parsing: text)
    #expect(address.origin == origin && address.basePath == path)
    #expect(address.description == origin + path)
  }

  @Test(arguments: [
    ("http://", AddressError.host), ("http:///x", .host), ("http://:80", .host),
    ("http://a:0", .host), ("http://a:65536", .host), ("http://a:b", .host),
    ("http://::1", .host), ("http://a?x", .query), ("http://a/#x", .query),
    ("http://user:secret@a", .userName), ("ftp://a", .scheme), ("folder", .scheme),
    ("http://a b", .character), ("http://a\r\nX:1", .character), ("http://\u{E4}", .character),
  ])
  func `a text that is not an address is refused with the reason`(
    text: String, reason: AddressError
  ) {
    #expect(throws: reason) { try ServerAddress(parsing: text) }
  }

  @Test func `segments of paths and parameters are escaped`() {
    var resource = Resource("v1", "a/b c")
    resource.add("where", "x = 'ä&b' + 1")
    resource.add("none", nil)
    resource.add("limit", "~1")
    #expect(
      resource.text
        == "/v1/a%2Fb%20c?where=x%20%3D%20%27%C3%A4%26b%27%20%2B%201&limit=~1")
  }
}
