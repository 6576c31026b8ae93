import Model
import Testing
import Wire

extension StoreServiceContract {
  static let dataCases = [
    Case(description: "rows come back as they went in, in every format") { contract in
      try contract.pushBoth()
      #expect(try contract.data("runs@1") == Self.first)
      #expect(
        try contract.data("runs", .json)
          == """
          [
          {"id":1,"model":"a","score":0.75,"note":"again"},
          {"id":3,"model":"c","score":1.0}
          ]

          """)
      #expect(
        try contract.data("runs", .csv) == "id,model,score,note\n1,a,0.75,again\n3,c,1.0,\n")
      #expect(
        try contract.data("runs") { $0.writesNulls = true }.hasSuffix("\"note\":null}\n"))
    },
    Case(description: "conditions pick rows whatever columns are called") { contract in
      let rows = [(1, "a"), (0, "b"), (7, "c")]
      try contract.push(rows.map { "{\"rowid\":\($0),\"v\":\"\($1)\"}\n" }.joined())
      let picked = try contract.data("runs", .csv) { $0.condition = "v = 'a'" }
      #expect(picked == "rowid,v\n1,a\n")
      try contract.push("{\"rowid\":1,\"OID\":2,\"_rowid_\":3}\n")
      let kind = contract.kind { _ = try contract.data("runs") { $0.condition = "OID = 2" } }
      #expect(kind == .usage)
    },
    Case(description: "columns, conditions, orders, offsets and limits pick rows") { contract in
      let lines = (0..<5000).map { "{\"id\":\($0),\"group\":\"g\($0 % 7)\"}\n" }
      try contract.push(lines.joined()) { $0.key = ["id"] }
      func ids(_ edit: (inout DataRequest) -> Void) throws -> [Int] {
        try contract.data("runs", .csv) {
          $0.columns = ["id"]
          edit(&$0)
        }.split(separator: "\n").dropFirst().compactMap { Int($0) }
      }
      #expect(try ids { _ in } == Array(0..<5000))
      #expect(try ids { $0.limit = 3 } == [0, 1, 2])
      #expect(try ids { $0.limit = 0 } == [])
      #expect(try ids { $0.offset = 4990 } == Array(4990..<5000))
      #expect(try ids { $0.offset = 5001 } == [])
      for offset in [1, 700, 2500, 4096] {
        #expect(
          try ids {
            $0.offset = offset
            $0.limit = 600
          } == Array(offset..<offset + 600))
      }
      #expect(try ids { $0.condition = "id % 1000 = 7 -- so" } == [7, 1007, 2007, 3007, 4007])
      #expect(
        try ids {
          $0.condition = "id % 1000 = 7"
          $0.offset = 1
          $0.limit = 2
        } == [1007, 2007])
      #expect(try ids { $0.order = "id desc" } == Array((0..<5000).reversed()))
      #expect(
        try ids {
          $0.order = "group desc, id"
          $0.condition = "id < 20"
          $0.limit = 5
        } == [6, 13, 5, 12, 19])
      #expect(
        try contract.data("runs") {
          $0.columns = ["group", "id"]
          $0.limit = 1
        } == "{\"group\":\"g0\",\"id\":0}\n")
    },
    Case(description: "a data request says which version it read and how many rows") { contract in
      try contract.pushBoth()
      var request = DataRequest(format: .csv)
      request.condition = "score > 0.8"
      let answer = try contract.service.data(Reference(parsing: "runs"), request) { _ in
      } write: { _ throws(StoreError) in
      }
      #expect(answer.rowsWritten == 1 && answer.version.reference == "runs@2")
    },
    Case(description: "what a data request cannot mean is an error of usage") { contract in
      try contract.pushBoth()
      for edit: (inout DataRequest) -> Void in [
        { $0.columns = ["nope"] }, { $0.columns = ["id", "id"] }, { $0.condition = "nope = 1" },
        { $0.condition = "id = " }, { $0.order = "nope" }, { $0.order = "" },
        { $0.order = "id sideways" }, { $0.order = "id; DROP TABLE x" },
        { $0.order = "random()" }, { $0.order = "id, date('now')" },
        { $0.order = "(SELECT count(*) FROM runs)" }, { $0.order = "\"(SELECT 1)\"" },
        { $0.columns = ["random()"] }, { $0.columns = ["(SELECT 1)"] },
      ] {
        #expect(contract.kind { _ = try contract.data("runs", .jsonl, edit) } == .usage)
      }
    },
    Case(description: "an error of whoever takes the bytes ends a request") { contract in
      try contract.pushBoth()
      let full = StoreError(.exhausted, "the disk is full")
      let reference = try Reference(parsing: "runs")
      let error = #expect(throws: StoreError.self) {
        try contract.service.data(reference, DataRequest(format: .jsonl)) { _ in
        } write: { _ throws(StoreError) in
          throw full
        }
      }
      #expect(error?.kind == .exhausted)
    },
    Case(description: "a diff is told in every format, to every detail") { contract in
      try contract.pushBoth()
      var (text, differs) = try contract.diff("runs@1", "runs@2", .text)
      #expect(differs)
      #expect(
        text == """
          runs@1 → runs@2  +1 −1 ~1
          column + note  string
          - 2  model: "b"  score: 0.25
          + 3  model: "c"  score: 1.0
          ~ 1  score: 0.5 → 0.75
          ~ 1  note: null → "again"

          """)
      (text, _) = try contract.diff("runs@1", "runs@2", .csv, .columns)
      #expect(text == "column,changed_cells\nscore,1\nnote,1\n")
      (text, _) = try contract.diff("runs@1", "runs@2", .text, .counts)
      #expect(text == "runs@1 → runs@2  +1 −1 ~1\ncolumn + note  string\n")
      (text, _) = try contract.diff("runs@1", "runs@2", .jsonl, limit: 1)
      #expect(text.split(separator: "\n").count == 2)
      (text, _) = try contract.diff("runs@1", "runs@2", .json)
      #expect(text.contains(#""cells":{"score":{"old":0.5,"new":0.75}"#))
      (text, _) = try contract.diff("runs@1", "runs@2", .markdown)
      #expect(text.contains(#"| \~"#))
      (_, differs) = try contract.diff("runs@2", "runs", .json)
      #expect(!differs)
      #expect(contract.kind { _ = try contract.diff("runs@1", "runs@9", .json) } == .missing)
    },
  ]

  private func diff(
    _ old: String, _ new: String, _ format: DiffRequest.Format,
    _ detail: DiffRequest.Detail = .rows, limit: Int? = nil
  ) throws -> (text: String, differs: Bool) {
    var request = DiffRequest(format: format)
    request.detail = detail
    request.limit = limit
    var bytes: [UInt8] = []
    let differs = try service.diff(
      try Reference(parsing: old), try Reference(parsing: new), request
    ) { piece throws(StoreError) in
      bytes += piece
    }
    return (String(decoding: bytes, as: UTF8.self), differs)
  }
}
