import Client
import Model
import Outbound
import Testing

/// Addresses of servers, and of things on them.
@Suite struct AddressTests {
  @Test(arguments: [
    "http://", "http:///x", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
    "http://a?x", "http://a/#x", "http://user:secret@a", "ftp://a", "http://a b", "http://a\r\nX:1",
    "http://\u{E4}", "http://::1", "folder",
  ])
  func `what is no address is refused without being repeated`(text: String) {
    let error = #expect(throws: StoreError.self) { try RemoteStoreService(url: text, token: nil) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("secret") == false)
  }

  @Test(arguments: [
    ("runs", "latest"), ("runs@latest", "latest"), ("runs@3", "3"), ("runs@latest~2", "latest~2"),
    ("runs@baseline~1", "baseline~1"), ("runs@2026-10-01", "2026-10-01"),
    ("runs@2026-10-01T12:00:00Z", "2026-10-01T12%3A00%3A00Z"),
    ("runs@2026-10-01T12:00:00+02:00", "2026-10-01T12%3A00%3A00%2B02%3A00"),
    ("runs@sha256:ab12cd34", "sha256%3Aab12cd34"),
  ])
  func `a reference has a path`(text: String, path: String) throws {
    let reference = try Reference(parsing: text)
    #expect(Resource("x", reference.selectorText).text == "/x/" + path)
  }

  @Test func `parameters are escaped, and lists are records of CSV`() {
    var resource = Resource("v1", "a/b c")
    resource.add("where", "x = 'ä&b' + 1")
    resource.add("none", nil)
    resource.add("select", list: ["a", "b"])
    resource.add("select", list: ["a,b", "\""])
    resource.add("types", pairs: ["b": "json", "a": "int64"])
    resource.add("types", pairs: ["a=b": "json"])
    #expect(
      resource.text == "/v1/a%2Fb%20c?where=x%20%3D%20%27%C3%A4%26b%27%20%2B%201&select=a%2Cb"
        + "&select=%22a%2Cb%22%2C%22%22%22%22&types=a%3Dint64%2Cb%3Djson&types=a%3Db%3Djson")
  }
}
