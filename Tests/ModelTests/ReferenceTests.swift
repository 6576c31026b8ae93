import Model
import Testing

@Suite struct ReferenceTests {
  @Test(arguments: [
    "model-comparison", "a@3", "vision.a@baseline", "a@latest~2", "a@2026-10-01",
    "a@2026-10-01T12:00:00Z", "a@sha256:ab12cd34", "a@3~1",
  ])
  func `a reference prints as it was written`(text: String) throws {
    #expect(try Reference(parsing: text).description == text)
  }

  @Test(arguments: [
    "", "../x", "A", "a/b", "a@", "a@0", "a@-1", "a@sha256:ab1", "a@sha256:zzzzzzzz", "a@3~",
    "a@x y",
    "a@2026-13-01", "a..b", ".a", "a@@3", "a@latest~x", "assay_x", "a@1234567890",
  ])
  func `what is no reference is refused`(text: String) {
    #expect(throws: StoreError.self) { try Reference(parsing: text) }
  }

  @Test func `a date means the last moment of that day`() throws {
    guard case .time(let time, _) = try Reference(parsing: "a@2025-03-01").selector else {
      Issue.record("no time")
      return
    }
    #expect(time < Timestamp(parsing: "2025-03-02") ?? time)
    #expect(time > Timestamp(parsing: "2025-03-01T23:59:59Z") ?? time)
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [
    "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.123Z", "1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
  ])
  func `a moment prints as it was read`(text: String) {
    #expect(Timestamp(parsing: text)?.description == text)
  }

  @Test func `zones are turned into UTC`() {
    #expect(
      Timestamp(parsing: "2024-12-21T14:11:21-08:00") == Timestamp(parsing: "2024-12-21T22:11:21Z"))
  }

  @Test(arguments: [
    "2023-02-29", "2024-1-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00.1234567Z", "x", "2024-01-01T00:00:60Z",
  ])
  func `what is no moment is refused`(text: String) { #expect(Timestamp(parsing: text) == nil) }
}
