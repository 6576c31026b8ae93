import Columns
import Model
import TestSupport
import Testing

@Suite struct VectorTests {
  private func form(_ text: String) throws -> VectorForm { try #require(VectorForm(parsing: text)) }

  private func texts(_ column: ColumnVector) -> [String?] {
    (0..<column.count).map { row in
      column.values.text(row).flatMap { text in
        column.hasValue(row)
          ? String(decoding: text.words.bytes[text.range], as: UTF8.self) : nil
      }
    }
  }

  @Test(arguments: [
    ("vector(3,f32)", "[0.1,-2,1e-3]", "[0.1,-2.0,0.001]"),
    // A float of 32 bits as a program writes it that has none.
    ("vector(1,f32)", "[0.10000000149011612]", "[0.1]"),
    ("vector(1,f64)", "[0.10000000149011612]", "[0.10000000149011612]"),
    ("vector(2,f32)", "[\"nan\",\"-inf\"]", "[\"nan\",\"-inf\"]"),
    ("vector(1,f64)", "[-0.0]", "[-0.0]"), ("vector(2,f64)", "[1, 2.5 ]", "[1.0,2.5]"),
  ])
  func `a list of numbers is a vector`(form: String, json: String, expected: String) throws {
    let form = try self.form(form)
    let vectors = try RandomNested.column([json, nil]).vectors(form)
    #expect(vectors.type == .vector(form))
    #expect(texts(vectors.spelledVectors) == [expected, nil])
    // And so again from its own text.
    #expect(try vectors.spelledVectors.vectors(form) == vectors)
    #expect(try vectors.spelledVectors.vectors(form).digest == vectors.digest)
  }

  @Test(arguments: [
    ("vector(2,f32)", "[1]"), ("vector(1,f32)", "[1,2]"), ("vector(1,f32)", "[null]"),
    ("vector(1,f32)", "[0.123456789]"), ("vector(1,f32)", "[1e39]"), ("vector(1,f64)", "[1e400]"),
    ("vector(1,f32)", "[\"1\"]"), ("vector(1,f32)", "[\"NaN\"]"), ("vector(1,f32)", "{\"a\":1}"),
    ("vector(1,f32)", "1"), ("vector(1,f32)", "[[1]]"), ("vector(1,f32)", "[true]"),
    ("vector(1,f32)", "[0x10]"), ("vector(1,f32)", "[1 2]"), ("vector(1,f32)", "[1"),
    ("vector(1,f32)", "[1]]"), ("vector(1,f32)", "[nan]"), ("vector(1,f32)", ""),
  ])
  func `what a vector would not hold exactly is none`(form: String, json: String) throws {
    let form = try self.form(form)
    let column = RandomNested.column([
      "[" + (0..<form.count).map { "\($0)" }.joined(separator: ",")
        + "]", json,
    ])
    let error = #expect(throws: ColumnVector.NoVector.self) { try column.vectors(form) }
    #expect(error?.row == 1)
  }

  @Test func `widths change only where every number stays what it is`() throws {
    let narrow = try RandomNested.column(["[0.1,1]"]).vectors(form("vector(2,f32)"))
    let wide = try narrow.vectors(form("vector(2,f64)"))
    #expect(texts(wide.spelledVectors) == ["[0.10000000149011612,1.0]"])
    #expect(try wide.vectors(form("vector(2,f32)")) == narrow)
    let fine = try RandomNested.column(["[0.1,1]"]).vectors(form("vector(2,f64)"))
    #expect(throws: ColumnVector.NoVector.self) { try fine.vectors(form("vector(2,f32)")) }
    #expect(throws: ColumnVector.NoVector.self) { try fine.vectors(form("vector(3,f64)")) }
  }

  @Test func `a digest tells vectors of other lengths and widths apart`() throws {
    var digests: Set<Digest> = []
    for type in ["vector(2,f32)", "vector(1,f64)", "vector(1,f32)"] {
      let form = try form(type)
      let bytes = [UInt8](repeating: 0, count: form.byteCount)
      var texts = TextValues()
      texts.append(bytes)
      let vector = ColumnVector(
        type: .vector(form), count: 1, validity: nil, values: .text(texts))
      #expect(digests.insert(vector.digest).inserted)
    }
  }

  @Test func `a digest is that of the bytes that the format's document says`() throws {
    let vectors = try RandomNested.column(["[1,-2]", nil]).vectors(form("vector(2,f32)"))
    let bytes: [UInt8] = [
      8, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0b01,
      0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]
    #expect(vectors.digest == Digest(hashing: bytes))
  }

  @Test(arguments: [
    "vector(0,f32)", "vector(65537,f32)", "vector(3,f16)", "vector(3, f32)", "vector(03,f32)",
    "vector(3)", "vector", "vector(-1,f32)", "vector(3,f32,f32)",
  ])
  func `a type that there is not is refused`(text: String) {
    #expect(ColumnType(rawValue: text) == nil)
  }

  @Test(arguments: RandomVectors.types)
  func `a type is read from its name and its tag`(type: ColumnType) {
    #expect(ColumnType(rawValue: type.rawValue) == type)
    #expect(ColumnType(tag: type.tag, count: type.vectorForm?.count) == type)
    #expect(RandomVectors.types.filter { $0 == type }.count == 1)
  }
}
