import Model
import Query
import Testing

/// Virtual tables must answer as ordinary tables with the same rows do.
@Suite struct AgreementTests {
  @Test(arguments: 1...60)
  func `random queries give what ordinary tables give`(seed: Int) throws {
    var random = RandomQueries(seed: UInt64(seed))
    let one = random.table()
    let other = random.table()
    let many = (0..<3).map { _ in random.table() }
    let reference = try ReferenceDatabase()
    try reference.create("one", [one], isMultiVersion: false)
    try reference.create("other", [other], isMultiVersion: false)
    try reference.create("many", many, isMultiVersion: true)
    let source = MemorySource(
      ["one": one, "other": other], versioned: ["many": many], groupRows: 1 + seed % 17,
      hasStatistics: seed % 3 != 0)
    for _ in 0..<25 {
      let query = random.query()
      var expected = try reference.rows(query.sql)
      var actual = try SQLQuery(query.sql, on: source).rows().rows
      if !query.isOrdered {
        expected.sort { "\($0)" < "\($1)" }
        actual.sort { "\($0)" < "\($1)" }
      }
      #expect(actual == expected, "\(query.sql)")
    }
  }
}
