import Columns
import Model
import TestSupport
import Testing

@Suite struct ShapeTests {
  private func shape(_ texts: [String?]) -> ValueShape? {
    var finder = ShapeFinder()
    finder.add(RandomNested.column(texts))
    return finder.shape
  }

  @Test(arguments: [
    (["[1,2]", "[]"], "[int64]"), (["[]"], "[null]"), (["[null]"], "[null]"),
    (["[1,0.5]"], "[number]"), (["[1.0,0.5]"], "[float64]"), (["[0.5]"], "[float64]"),
    (["[9007199254740993]"], "[int64]"), (["[\"a\",null]"], "[string]"),
    (["{\"a\":1}", "{\"a\":null}"], "{\"a\":int64}"),
    (["{\"a\":1}", "{}"], "{\"a\"?:int64}"),
    (["{\"a\":1,\"b\":true}", "{\"b\":true,\"c\":[]}"], "{\"a\"?:int64,\"b\":bool,\"c\"?:[null]}"),
    (
      ["[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"tool\",\"content\":null}]"],
      "[{\"role\":string,\"content\":string}]"
    ),
    (["[[1],[]]"], "[[int64]]"), (["{\"a.b\":{\"a\":1}}"], "{\"a.b\":{\"a\":int64}}"),
    (["{\"é\":1,\"e\u{301}\":\"x\"}"], "{\"é\":int64,\"e\u{301}\":string}"),
  ])
  func `values share a shape`(texts: [String], expected: String) throws {
    let found = try #require(shape(texts))
    #expect(found.description.hasBytes(of: expected))
    #expect(ValueShape(parsing: expected) == found)
    #expect(shape(texts.reversed() + [nil]) == found)
  }

  @Test(arguments: [
    ["1"], ["\"x\""], ["[1]", "{\"a\":1}"], ["[1]", "2"], ["[1,\"a\"]"], ["[true,1]"],
    ["[1,1.0]"], ["[9007199254740993,0.5]"], ["[18446744073709551615]"], ["[1e999]"],
    ["{}"], ["[{}]"], ["{\"\":1}"],
    // A structure has one order, and no two kinds of nothing.
    ["{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"],
    ["{\"a\":1,\"b\":1}", "{\"b\":1,\"c\":1}", "{\"c\":1,\"a\":1}"],
    ["{\"a\":null}", "{}", "{\"a\":1}"],
    [String(repeating: "[", count: 17) + String(repeating: "]", count: 17)],
    ["{" + (0..<65).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"],
    [
      "{"
        + (0..<60).map { "\"k\($0)\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1}" }.joined(separator: ",")
        + "}"
    ],
  ])
  func `values that text alone can tell have no shape`(texts: [String]) {
    #expect(shape(texts) == nil)
    #expect(shape(texts.reversed()) == nil)
    #expect(shape(["[1]"] + texts) == nil)
  }

  @Test(arguments: UInt64(1)...60)
  func `a shape does not depend on the order of rows or on parts`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let shape = RandomNested.shape(using: &random)
    var texts: [String?] = (0..<40).map { _ in RandomNested.text(shape, using: &random) }
    if seed % 3 == 0 { texts.append(RandomNested.text(.list(.string), using: &random)) }
    let whole = self.shape(texts)
    texts.shuffle(using: &random)
    var merged = ShapeFinder()
    var start = 0
    while start < texts.count {
      let end = min(texts.count, start + Int.random(in: 1...9, using: &random))
      var part = ShapeFinder()
      part.add(RandomNested.column(Array(texts[start..<end])))
      // Either way round.
      if Bool.random(using: &random) {
        merged.merge(part)
      } else {
        part.merge(merged)
        merged = part
      }
      start = end
    }
    #expect(merged.shape == whole)
    if let whole {
      #expect(ValueShape(parsing: whole.description) == whole)
    }
  }

  @Test(arguments: [
    "", "[", "[int64", "[int64]x", "int32", "{}", "{\"a\":int64,\"a\":bool}", "{\"a\" :int64}",
    "{a:int64}", "[ int64]", String(repeating: "[", count: 40) + "bool",
  ])
  func `a text that no shape has is refused`(text: String) {
    #expect(ValueShape(parsing: text) == nil)
  }

  @Test(arguments: [
    ("{\"a\"?:int64,\"b\":number}", "{\"a\":null,\"b\":1.0}", "{\"b\":1}"),
    ("[number]", "[1.0,0.5,-3.0,null,18014398509481984.0]", "[1,0.5,-3,null,18014398509481984.0]"),
    ("[int64]", "[1.0,2]", "[1,2]"), ("[float64]", "[1.0]", "[1.0]"),
    ("{\"a\"?:[{\"b\"?:bool}]}", "{\"a\":[{\"b\":null,\"c\":null}]}", "{\"a\":[{\"c\":null}]}"),
    ("{\"a\"?:int64}", "[1.0]", "[1.0]"), ("[int64]", "[\"x\",{\"a\":1.0}]", "[\"x\",{\"a\":1.0}]"),
    ("[int64]", "[-0.0]", "[-0.0]"),
  ])
  func `what lists and structures leave out is put back`(
    shape: String, read: String, expected: String
  ) throws {
    let shape = try #require(ValueShape(parsing: shape))
    let spelled = ShapeSpelling(shape)?.spelled(RandomNested.column([read, nil]))
    #expect(spelled ?? RandomNested.column([read, nil]) == RandomNested.column([expected, nil]))
  }
}
