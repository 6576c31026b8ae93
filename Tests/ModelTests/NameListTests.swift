import Model
import Testing

@Suite struct NameListTests {
  @Test(arguments: [
    ("a", ["a"]), ("a,b", ["a", "b"]), (#""a,b",c"#, ["a,b", "c"]),
    (#""say ""hi""",x"#, [#"say "hi""#, "x"]), (" a, b ", [" a", " b "]),
    ("\"two\nlines\"", ["two\nlines"]), (#""a""#, ["a"]),
    ("caf\u{E9},cafe\u{301}", ["caf\u{E9}", "cafe\u{301}"]),
    (#""a"","b""#, nil), ("a,,b", nil), ("a,", nil), (",", nil), (#""""#, nil), (#""a"#, nil),
    (#""a"b"#, nil), (#"a"b"#, nil),
  ])
  func `a list is one record of CSV`(text: String, names: [String]?) throws {
    guard let names else {
      #expect(throws: StoreError.self) { try NameList.names(in: text) }
      return
    }
    let found = try NameList.names(in: text)
    #expect(found.map { Array($0.utf8) } == names.map { Array($0.utf8) })
  }

  @Test func `several lists follow one another, and no list is none`() throws {
    #expect(try NameList.names(in: ["a,b", "c"]) == ["a", "b", "c"])
    #expect(try NameList.names(in: [String]()) == nil)
    #expect(try NameList.names(in: [""]) == nil)
  }

  /// All names of up to four of the bytes that matter.
  @Test func `every name comes back from its text`() throws {
    var names = [""]
    for _ in 0..<4 {
      names += names.flatMap { name in ["a", ",", "\"", "\n", "\u{301}"].map { name + $0 } }
    }
    for name in Set(names) where !name.isEmpty {
      let read = try NameList.names(in: NameList.text([name, "z", name]))
      #expect(read.map { Array($0.utf8) } == [name, "z", name].map { Array($0.utf8) })
    }
  }
}
