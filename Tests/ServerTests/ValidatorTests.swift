import HTTPTypes
import Model
import Server
import Testing

@Suite struct ValidatorTests {
  private let validators = Validators(
    tag: "sha256:ab", lastModified: Timestamp(parsing: "1994-11-06T08:49:37.5Z"))

  @Test(arguments: [
    ("1970-01-01", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("1994-11-06T08:49:37.999999Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"),
    ("1969-12-31T23:59:59.5Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ("2026-10-01T12:00:00Z", "Thu, 01 Oct 2026 12:00:00 GMT"),
  ])
  func `a date is written as HTTP has it, and read again`(time: String, text: String) throws {
    let date = HTTPDate(try #require(Timestamp(parsing: time)))
    #expect(date.description == text)
    #expect(HTTPDate(parsing: text) == date)
  }

  @Test(arguments: [
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
    ("Thu Feb 29 23:59:59 2024", "2024-02-29T23:59:59Z"),
    ("Sunday, 29-Nov-26 14:05:09 GMT", "2026-11-29T14:05:09Z"),
    ("Friday, 31-Dec-99 23:59:59 GMT", "1999-12-31T23:59:59Z"),
    ("Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00Z"),
  ])
  func `the obsolete forms of a date are read`(text: String, time: String) throws {
    let date = HTTPDate(try #require(Timestamp(parsing: time)))
    #expect(HTTPDate(parsing: text) == date)
    let validators = Validators(tag: "x", lastModified: Timestamp(parsing: time))
    #expect(validators.isNotModified(for: [.ifModifiedSince: text]))
    #expect(validators.isMeant(by: [.ifUnmodifiedSince: text]))
    #expect(validators.allowsRange(for: [.ifRange: text]))
  }

  @Test(arguments: [
    "", "x y z a b GMT", "Sun Nov  6 08:49:37 94", "Sunday, 6-Nov-94 08:49:37 GMT",
    "Sun Nov 31 08:49:37 1994", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 CET", "-- Nov -6 08:49:37 1994",
  ])
  func `another form of date is no date`(text: String) {
    #expect(HTTPDate(parsing: text) == nil)
  }

  @Test(arguments: [
    "\"sha256:ab\"", "*", "\"x\", \"sha256:ab\"", "W/\"sha256:ab\"", "\"x\",\"sha256:ab\" ",
  ])
  func `a tag that the client has means not modified`(tags: String) {
    #expect(validators.isNotModified(for: [.ifNoneMatch: tags]))
  }

  @Test func `a tag that the client has not wins over a date`() {
    #expect(
      !validators.isNotModified(
        for: [.ifNoneMatch: "\"other\"", .ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"]))
    #expect(
      validators.isNotModified(for: [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"]))
    #expect(
      !validators.isNotModified(for: [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"]))
    #expect(!validators.isNotModified(for: [:]))
  }

  @Test func `a range is of the bytes that the client knows`() {
    #expect(validators.allowsRange(for: [:]))
    #expect(validators.allowsRange(for: [.ifRange: "\"sha256:ab\""]))
    #expect(!validators.allowsRange(for: [.ifRange: "W/\"sha256:ab\""]))
    #expect(!validators.allowsRange(for: [.ifRange: "\"sha256:cd\""]))
    #expect(validators.allowsRange(for: [.ifRange: "Sun, 06 Nov 1994 08:49:37 GMT"]))
    #expect(!validators.allowsRange(for: [.ifRange: "Sun, 06 Nov 1994 08:49:38 GMT"]))
  }
}
