import Model
import Testing
import Wire

extension StoreServiceContract {
  static let queryCases = [
    Case(description: "a query is answered in every format") { contract in
      try contract.pushBoth()
      let sql = #"SELECT id, score FROM "runs@2" ORDER BY id"#
      #expect(
        try contract.query(sql, .jsonl).text
          == "{\"id\":1,\"score\":0.75}\n{\"id\":3,\"score\":1.0}\n")
      #expect(
        try contract.query(sql, .json).text
          == "[\n{\"id\":1,\"score\":0.75},\n{\"id\":3,\"score\":1.0}\n]\n")
      #expect(try contract.query(sql, .csv).text == "id,score\n1,0.75\n3,1.0\n")
      #expect(try contract.query(sql, .table).text.hasPrefix("id  score\n"))
      #expect(try contract.query(sql, .markdown).text.hasPrefix("|"))
      let versions = #"SELECT _version, count(*) AS n FROM "runs@*" GROUP BY 1"#
      #expect(try contract.query(versions, .csv).text == "_version,n\n1,2\n2,2\n")
    },
    Case(description: "a query tells how many rows it gave, and whether there were more") {
      contract in
      try contract.pushBoth()
      #expect(
        try contract.query("SELECT id FROM runs", .csv).document
          == QueryDocument(rows: 2, isCutShort: false))
      #expect(
        try contract.query("SELECT id FROM runs", .csv) { $0.limit = 1 }.document
          == QueryDocument(rows: 1, isCutShort: true))
    },
    Case(description: "a query tells which aggregates read texts as numbers") { contract in
      let rows = ["ja", "12", "«nein»%"].map { "{\"score\":\"\($0)\"}\n" }
      try contract.push(rows.joined(), to: "texts")
      let answer = try contract.query("SELECT avg(score) AS score FROM texts", .csv)
      #expect(answer.text == "score\n4.0\n")
      #expect(
        answer.document.notes == [
          "avg(score) read 2 texts that are no numbers ('ja' first), each as the number it begins "
            + "with, else as 0: avg(number(x)) leaves them out"
        ])
      let one = try contract.query(
        "SELECT sum(score) FROM texts WHERE score < 'A' OR score > 'z'", .csv)
      #expect(one.document.notes.first?.contains("1 text that is no number ('«nein»%')") == true)
      try contract.pushBoth()
      #expect(try contract.query("SELECT avg(score) FROM runs", .csv).document.notes == [])
    },
    Case(description: "a query that cannot be answered says why") { contract in
      try contract.pushBoth()
      for (sql, kind) in [
        ("SELECT nope FROM runs", StoreError.Kind.usage), ("SELECT", .usage),
        ("SELECT 1 FROM absent", .missing), ("DELETE FROM runs", .denied),
      ] {
        #expect(contract.kind { _ = try contract.query(sql, .csv) } == kind, "\(sql)")
      }
      let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"
      #expect(
        contract.kind { _ = try contract.query(endless, .csv) { $0.timeoutSeconds = 0.1 } }
          == .exhausted)
    },
  ]

  /// The answer to a query.
  func query(
    _ sql: String, _ format: TextFormat, _ edit: (inout QueryRequest) -> Void = { _ in }
  ) throws -> (text: String, document: QueryDocument) {
    var request = QueryRequest(sql: sql, format: format)
    edit(&request)
    var bytes: [UInt8] = []
    let document = try service.query(request) { piece throws(StoreError) in bytes += piece }
    return (String(decoding: bytes, as: UTF8.self), document)
  }
}
