import Providers
import TestSupport
import Testing

/// Server-sent events as bytes come.
@Suite struct EventReaderTests {
  private func events(_ text: String, by size: Int = 1) throws -> [String] {
    try events(Array(text.utf8), by: size)
  }

  private func events(_ bytes: [UInt8], by size: Int) throws -> [String] {
    var reader = EventReader()
    var found: [ServerEvent] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + size, bytes.count)
      found += try reader.take(Array(bytes[start..<end]))
      start = end
    }
    if let last = reader.end() { found.append(last) }
    return found.map { "\($0.name)|\(String(decoding: $0.data, as: UTF8.self))" }
  }

  @Test(arguments: ["\n", "\r", "\r\n"])
  func `lines end with LF, CR or both`(end: String) throws {
    let text = ["event: a", "data: 1", "", "data: 2", "", ""].joined(separator: end)
    #expect(try events(text) == ["a|1", "|2"])
  }

  @Test func `a space behind the colon is optional, comments and unknown fields are passed over`()
    throws
  {
    #expect(
      try events("\u{FEFF}data:1\n: ka\nid: 7\nretry: 3\nfoo\ndata: 2\n\n:\n\n: only\n\n") == [
        "|1\n2"
      ])
  }

  @Test func `a field without a colon has an empty value`() throws {
    #expect(try events("data\ndata\n\n") == ["|\n"])
  }

  @Test func `an event without its empty line is given at the end`() throws {
    #expect(try events("data: a\n\ndata: b") == ["|a", "|b"])
    #expect(try events("data: a\n\ndata: b\n") == ["|a", "|b"])
    #expect(try events("event: x\n\n") == [])
  }

  @Test func `letters of several bytes may be cut anywhere`() throws {
    let text = "data: Grüße 👋🏽 – ok\r\n\r\ndata: ü\n\n"
    for size in 1...Array(text.utf8).count {
      #expect(try events(text, by: size) == ["|Grüße 👋🏽 – ok", "|ü"])
    }
  }

  @Test func `an event beyond the limit is an error, many small ones are not`() throws {
    var reader = EventReader(limit: 100)
    for _ in 0..<1_000 { _ = try reader.take(Array("data: 0123456789\n\n: comment\n\n".utf8)) }
    #expect(throws: EventReader.TooLarge.self) {
      for _ in 0..<100 { _ = try reader.take(Array("data: 0123456789\n".utf8)) }
    }
    var endless = EventReader(limit: 100)
    #expect(throws: EventReader.TooLarge.self) {
      _ = try endless.take(Array(repeating: 0x61, count: 101))
    }
  }

  @Test(arguments: 1...200)
  func `random bytes give the same events however they are cut`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let parts = [
      "data:", "data: ", "event: e", ":", "\n", "\r", "\r\n", "x", "ü", "\u{FEFF}", "\0", "[DONE]",
    ]
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...60, using: &generator) {
      if Int.random(in: 0..<10, using: &generator) == 0 {
        bytes.append(UInt8.random(in: .min ... .max, using: &generator))
      } else {
        bytes += Array(parts.randomElement(using: &generator)!.utf8)
      }
    }
    let whole = try events(bytes, by: bytes.count)
    for size in [1, 2, 3, 5, 8] { #expect(try events(bytes, by: size) == whole) }
  }
}
