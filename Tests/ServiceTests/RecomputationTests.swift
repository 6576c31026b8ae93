import Model
import Service
import Testing
import Wire

@Suite struct RecomputationTests {
  @Test(arguments: [
    (#"{"a":9007199254740993}"#, #"{"a":9007199254740992}"#, "/a"),
    (#"{"a":[18446744073709551615]}"#, #"{"a":[18446744073709551614]}"#, "/a/0"),
    (#"{"a":-0}"#, #"{"a":0}"#, "/a"), (#"{"a/b":{"~":1}}"#, #"{"a/b":{"~":true}}"#, "/a~1b/~0"),
    (#"{"é":1}"#, #"{}"#, "/é"), ("[1]", "[1,null]", "/1"),
  ])
  func `a document that is computed again has every difference named`(
    saved: String, recomputed: String, pointer: String
  ) throws {
    let document = try RecomputationDocument(
      "verdict@1", saved: Array(saved.utf8), recomputed: Array(recomputed.utf8))
    #expect(!document.isEqual)
    #expect(document.differences.map(\.pointer) == [pointer])
  }

  @Test func `differences are shown by the text of their values`() throws {
    let document = try RecomputationDocument(
      "verdict@1", saved: Array(#"{"a":9007199254740993,"b":{"c":[0.10,"x"]}}"#.utf8),
      recomputed: Array(#"{"a":9007199254740992}"#.utf8))
    #expect(document.differences.map(\.saved) == ["9007199254740993", #"{"c":[0.10,"x"]}"#])
    #expect(document.differences.map(\.recomputed) == ["9007199254740992", nil])
  }
}
