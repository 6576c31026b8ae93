import HTTPTypes
import Model
import Server
import Testing
import Wire

@Suite struct EntityTagTests {
  @Test(
    arguments: [
      ("*", true, true), (" * ", true, true), ("\"a\"", true, true), ("W/\"a\"", false, true),
      ("\"x\", \"a\"", true, true), ("\"x\",W/\"a\" , \"y\"", false, true),
      (",\"a\",,", true, true),
      ("\"x\"", false, false), ("\"\"", false, false), ("\"a,b\"", false, false),
      ("\"x,\\\"\",\"a\"", nil, nil), ("w/\"a\"", nil, nil), ("W/ \"a\"", nil, nil),
      ("a", nil, nil),
      ("", nil, nil), (",", nil, nil), ("\"a", nil, nil), ("\"a\" \"b\"", nil, nil),
      ("*, \"a\"", nil, nil), ("\"a\" *", nil, nil), ("'a'", nil, nil), ("\"a b\"", nil, nil),
    ] as [(String, Bool?, Bool?)])
  func `a list of tags names one strongly or weakly, or is none`(
    text: String, strongly: Bool?, weakly: Bool?
  ) {
    let tags = EntityTags(parsing: text)
    #expect(tags?.namesStrongly("a") == strongly)
    #expect(tags?.namesWeakly("a") == weakly)
  }

  private let digest = Digest(hashing: [1])
  private let other = Digest(hashing: [2])

  private func precondition(
    _ headers: HTTPFields, at latest: Digest?
  ) throws -> PushRequest.Precondition? {
    try WriteConditions(headers)?.precondition(at: latest)
  }

  @Test func `conditions of a write become one on the latest version`() throws {
    let tag = "\"\(digest)\""
    #expect(try WriteConditions([:]) == nil)
    for headers: HTTPFields in [
      [.ifMatch: tag], [.ifMatch: "\"x\", \(tag)"], [.ifNoneMatch: "\"\(other)\""],
      [.ifMatch: "\"\(digest)-0123456789abcdef\""], [.ifNoneMatch: "\"\(other)-0123456789abcdef\""],
      [.ifMatch: "*", .ifNoneMatch: "\"x\""],
    ] {
      #expect(try precondition(headers, at: digest) == .snapshot(digest), "\(headers)")
    }
    #expect(try precondition([.ifMatch: "*"], at: digest) == nil)
    #expect(try precondition([.ifNoneMatch: "*"], at: nil) == .number(0))
    #expect(try precondition([.ifNoneMatch: tag], at: nil) == .number(0))
  }

  @Test func `conditions that do not hold are unmet`() throws {
    let tag = "\"\(digest)\""
    for headers: HTTPFields in [
      [.ifMatch: "W/\(tag)"], [.ifMatch: "\"x\""], [.ifMatch: "\"\(other)\""],
      [.ifNoneMatch: "*"], [.ifNoneMatch: "W/\(tag)"], [.ifNoneMatch: "\"x\",\(tag)"],
      [.ifMatch: "*", .ifNoneMatch: tag],
    ] {
      #expect(try precondition(headers, at: digest) == WriteConditions.unmet, "\(headers)")
    }
    #expect(try precondition([.ifMatch: "*"], at: nil) == WriteConditions.unmet)
    #expect(try precondition([.ifMatch: tag], at: nil) == WriteConditions.unmet)
    for headers: HTTPFields in [[.ifMatch: "x"], [.ifNoneMatch: ""], [.ifMatch: "\"a"]] {
      #expect(throws: StoreError.self) { try WriteConditions(headers) }
    }
  }

  @Test func `a read may be for certain bytes alone`() {
    let validators = Validators(
      tag: "a", lastModified: Timestamp(parsing: "1994-11-06T08:49:37Z"))
    for (headers, isMeant): (HTTPFields, Bool) in [
      ([:], true), ([.ifMatch: "*"], true), ([.ifMatch: "\"b\", \"a\""], true),
      ([.ifMatch: "W/\"a\""], false), ([.ifMatch: "\"b\""], false), ([.ifMatch: "a"], false),
      ([.ifUnmodifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"], true),
      ([.ifUnmodifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"], false),
      ([.ifMatch: "*", .ifUnmodifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"], true),
    ] {
      #expect(validators.isMeant(by: headers) == isMeant, "\(headers)")
    }
  }
}
