import Outbound
import Testing

/// Heads as good and bad servers send them.
@Suite struct HeadReaderTests {
  private func read(_ text: String) -> HTTPResponseHead? {
    var reader = HeadReader()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      guard reader.read(Array((line + "\r\n").utf8)) else { return nil }
    }
    return reader.head
  }

  @Test func `a head has a status and fields, whose names have no case`() throws {
    let head = try #require(read("HTTP/1.1 206 Partial\nETAG:\t\"a\" \nX-A: 1\nx-a: 2\n\n"))
    #expect(head.status == 206 && head["etag"] == "\"a\"" && head["X-A"] == "1, 2")
    #expect(head["absent"] == nil)
  }

  @Test func `the last head counts, and a head of status 1xx is none`() {
    #expect(read("HTTP/1.1 100 Continue\n\n") == nil)
    #expect(read("HTTP/1.1 100 Continue\nA: 1\n\nHTTP/2 404\nB: 2\n\n")?.status == 404)
    #expect(read("HTTP/1.1 100 Continue\nA: 1\n\nHTTP/2 404\nB: 2\n\n")?["A"] == nil)
  }

  @Test func `fields after the body are forgotten`() {
    let head = read("HTTP/1.1 200 OK\nA: 1\n\nB: 2\n")
    #expect(head?.status == 200 && head?["B"] == nil)
  }

  @Test(arguments: [
    "HTTP/1.1 20 OK\n\n", "HTTP/1.1 abc OK\n\n", "HTTP/1.1\n\n", "HTTP/1.1 999 OK\n\n", "A: 1\n\n",
    "HTTP/1.1 200 OK\nno colon\n\n", "HTTP/1.1 200 OK\n: nameless\n\n",
    "HTTP/1.1 200 OK\nA: 1\n folded: 2\n\n", "HTTP/1.1 200 OK\nA B: 1\n\n",
  ])
  func `a malformed head is refused`(text: String) {
    #expect(read(text) == nil)
  }

  @Test func `a head without end is none`() {
    #expect(read("HTTP/1.1 200 OK\nA: 1\n") == nil)
  }

  @Test func `too many lines and too many bytes are refused`() {
    let many = String(repeating: "A: 1\n", count: HeadReader.lineLimit)
    #expect(read("HTTP/1.1 200 OK\n\(many)\n") == nil)
    let long = String(repeating: "x", count: HeadReader.byteLimit)
    #expect(read("HTTP/1.1 200 OK\nA: \(long)\n\n") == nil)
    let fitting = String(repeating: "x", count: HeadReader.byteLimit / 2)
    #expect(read("HTTP/1.1 200 OK\nA: \(fitting)\n\n")?["a"]?.utf8.count == fitting.utf8.count)
  }

  @Test func `fields are understood, or taken for absent`() {
    func head(_ field: String) -> HTTPResponseHead? { read("HTTP/1.1 200 OK\n\(field)\n\n") }
    #expect(head("ETag: \"x\"")?.strongEntityTag == "\"x\"")
    #expect(head("ETag: W/\"x\"")?.strongEntityTag == nil)
    #expect(head("ETag: \"")?.strongEntityTag == nil)
    #expect(head("Content-Range: bytes 7-9/10")?.rangeStart == 7)
    #expect(head("Content-Range: items 7-9/10")?.rangeStart == nil)
    #expect(head("Content-Range: bytes 99999999999999999999-9/10")?.rangeStart == nil)
    #expect(head("Retry-After: 3")?.retryAfter == .seconds(3))
    #expect(head("Retry-After: -3")?.retryAfter == .zero)
    #expect(head("Retry-After: 999999999999")?.retryAfter == .seconds(86_400))
    #expect(head("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT")?.retryAfter == nil)
    #expect(head("Content-Length: 99999999999999999999")?.contentLength == nil)
  }
}
