import Testing

/// Declarations that nothing uses.
@Suite struct DeadTests {
  /// Names that stand in the sources only where they are declared, each with who uses it: whoever
  /// calls a library's protocol, or data that names a case.
  static let usedElsewhere: [String: String] = [
    "channelInactive": "NIO's ChannelInboundHandler", "channelRead": "NIO's ChannelInboundHandler",
    "critical": "--log-level, by its raw value", "debug": "--log-level, by its raw value",
    "defaultValueDescription": "ArgumentParser's ExpressibleByArgument",
    "enqueue": "TaskExecutor, of the standard library",
    "errorCaught": "NIO's ChannelInboundHandler", "handlerAdded": "NIO's ChannelHandler",
    "InboundIn": "NIO's ChannelHandler", "InboundOut": "NIO's ChannelHandler",
    "metadataProvider": "swift-log's LogHandler",
    "nestedContainer": "the standard library's Decoder and Encoder",
    "nestedUnkeyedContainer": "the standard library's Decoder and Encoder",
    "OutboundIn": "NIO's ChannelHandler", "OutboundOut": "NIO's ChannelHandler",
    "schemaInvalid": "rules, by its raw value",
    "streamed": "routes that StreamTests register, until a route of ours streams",
    "superDecoder": "the standard library's Decoder",
    "superEncoder": "the standard library's Encoder",
    "userInboundEventTriggered": "NIO's ChannelInboundHandler",
    "userInfo": "the standard library's Decoder and Encoder",
    "validate": "ArgumentParser's ParsableArguments",
    "withCount": "tests and benchmarks that count parsed text",
  ]

  private func declarations(_ text: String) -> Declarations {
    var found = Declarations()
    found.add(text.split(separator: "\n", omittingEmptySubsequences: false), of: "x.swift")
    return found
  }

  @Test func `a declaration in the sources is named somewhere else in them`() throws {
    var found = Declarations()
    for target in EdgeTests.swiftTargets where !target.path.hasPrefix("Tests/") {
      guard !target.path.hasPrefix("Benchmarks") else { continue }
      for file in Tree.swiftFiles(below: target.path) {
        let path = target.path + "/" + file
        found.add(try Tree.lines(path), of: path)
      }
    }
    #expect(found.places.count > 4_000)
    let unused = found.unused
    for (name, place) in unused.sorted(by: { $0.key < $1.key })
    where Self.usedElsewhere[name] == nil {
      Issue.record("\(place.file):\(place.line): nothing in Sources uses '\(name)': delete it")
    }
    for name in Self.usedElsewhere.keys.sorted() {
      #expect(unused[name] != nil, "'\(name)' is gone or used: take it off the list")
    }
  }

  @Test func `a name counts as used unless it stands only where it is declared`() {
    let text = """
      struct Used {
        let dead = 1  // dead is no word of the code
        /// dead
        func `escaped`() -> Used { Used() }
        func twice(_ value: Int) {}
        func twice(_ value: String) {}
        enum Kind: String {
          case one, two(three: Int)
          case four = "5"
        }
      }
      switch kind {
      case one where isTrue:
        "\\(kind.four)"
      case pattern, other: break
      }
      """
    #expect(
      Set(declarations(text).unused.keys) == ["dead", "escaped", "twice", "Kind", "two"])
  }
}
