import Model
import Testing
import Wire

extension StoreServiceContract {
  /// A version of each kind that checks what it holds, saved by its own call, and its name.
  private func saveDocuments() throws -> [(name: String, kind: DatasetKind)] {
    try pushBakeOff()
    try pushRules("outputs")
    try push(#"{"document":{"a":1}}"#, to: "kept") { $0.kind = .reports }
    return [("r", .rules), ("kept", .reports)]
  }

  static let pushCases = [
    Case(description: "rows do not get into datasets of documents") { contract in
      for (name, kind) in try contract.saveDocuments() {
        let before = try contract.data(name)
        func refuses(_ name: String, _ edit: (inout PushRequest) -> Void) {
          #expect(contract.kind { try contract.push(Self.first, to: name, edit) } != nil)
        }
        for mode in PushMode.allCases { refuses(name) { $0.mode = mode } }
        refuses(name) { $0.kind = .results }
        refuses("new") { $0.kind = kind }
        #expect(try contract.data(name) == before)
      }
      for kind in [DatasetKind.providers, .prompts, .runs, .rules] {
        let document = #"{"document":{"schema":"\#(kind.rawValue)/1"}}"#
        #expect(
          contract.kind { try contract.push(document, to: "new") { $0.kind = kind } } == .denied)
      }
      #expect(
        contract.kind { try contract.push(Self.first, to: "new") { $0.kind = .prices } } == .invalid
      )
      #expect(try contract.service.ruleSet(try Reference(parsing: "r")).rules.count == 1)
    },
    Case(description: "a push tells what it made and what changed") { contract in
      let first = try contract.push(Self.first) { $0.key = ["id"] }
      #expect(first.isNew && first.version.reference == "runs@1" && first.changes == nil)
      #expect(first.storedBytes > 0 && first.version.author == "ann")
      let second = try contract.push(Self.second)
      #expect(second.changes == ChangeCounts(added: 1, removed: 1, changed: 1))
      let again = try contract.push(Self.second)
      #expect(!again.isNew && again.version == second.version && again.changes == nil)
      let uncounted = try contract.push(Self.first) { $0.countsChanges = false }
      #expect(uncounted.isNew && uncounted.changes == nil)
    },
    Case(description: "a push keeps what it is told") { contract in
      try contract.pushBoth()
      let lineage = [try Reference(parsing: "runs"), try Reference(parsing: "runs@1")]
      let pushed = try contract.push(Self.first, to: "scores") {
        $0.kind = .metrics
        $0.message = "why — \"so\""
        $0.author = "bob, of ünit & co"
        $0.lineage = lineage
        $0.attributes = ["judge": "x", "run": "7=8, or 9"]
        $0.createdAt = Timestamp(parsing: "2026-03-04T05:06:07Z")
        $0.types = ["score": .json, "id": .float64]
        $0.key = ["model"]
      }.version
      #expect(pushed.kind == .metrics && pushed.message == "why — \"so\"")
      #expect(pushed.author == "bob, of ünit & co")
      #expect(pushed.lineage.map(\.reference) == ["runs@2", "runs@1"])
      #expect(pushed.attributes == ["judge": "x", "run": "7=8, or 9"])
      #expect(pushed.createdAt == Timestamp(parsing: "2026-03-04T05:06:07Z"))
      let document = try contract.service.version(Reference(parsing: "scores"))
      #expect(document.columns.map(\.type) == [.float64, .string, .json])
      #expect(document.key == ["model"])
    },
    Case(description: "rows are appended and merged") { contract in
      try contract.pushBoth()
      try contract.push("{\"id\":3,\"score\":0.5}\n{\"id\":4}\n") { $0.mode = .merge }
      #expect(try contract.data("runs") { $0.columns = ["id"] }.split(separator: "\n").count == 3)
      try contract.push("{\"id\":3}\n") {
        $0.mode = .merge
        $0.deletesMissing = true
      }
      #expect(
        try contract.data("runs") { $0.columns = ["id", "score"] } == "{\"id\":3,\"score\":0.5}\n")
      try contract.push("{\"id\":5}\n") { $0.mode = .append }
      #expect(try contract.data("runs") { $0.columns = ["id"] } == "{\"id\":3}\n{\"id\":5}\n")
      #expect(
        contract.kind { try contract.push("{\"id\":5}\n") { $0.deletesMissing = true } } == .usage)
    },
    Case(description: "a push whose precondition does not hold is a conflict") { contract in
      try contract.push(Self.first) { $0.precondition = .number(0) }
      let digest = try contract.service.version(Reference(parsing: "runs")).version.snapshot
      #expect(
        contract.kind { try contract.push(Self.second) { $0.precondition = .number(0) } }
          == .conflict)
      #expect(
        contract.kind { try contract.push(Self.second) { $0.precondition = .number(2) } }
          == .conflict)
      #expect(
        contract.kind {
          try contract.push(Self.second) { $0.precondition = .snapshot(Digest(hashing: [1])) }
        } == .conflict)
      #expect(
        contract.kind {
          try contract.push(Self.second, to: "fresh") { $0.precondition = .snapshot(digest) }
        } == .conflict)
      #expect(try contract.service.versions(of: DatasetName("runs"), limit: nil).count == 1)
      #expect(
        try contract.push(Self.second) { $0.precondition = .snapshot(digest) }.version.number == 2)
      #expect(try contract.push(Self.first) { $0.precondition = .number(2) }.version.number == 3)
    },
    Case(description: "a push repeated with its idempotency key answers as the first") { contract in
      let first = try contract.push(Self.first) { $0.idempotencyKey = "k" }
      try contract.push(Self.second)
      let again = try contract.push(Self.first) { $0.idempotencyKey = "k" }
      #expect(!again.isNew && again.version == first.version)
    },
    Case(description: "an idempotency key stands for one request") { contract in
      let first = try contract.push(Self.first) {
        $0.key = ["id"]
        $0.message = "m"
        $0.idempotencyKey = "k"
      }
      // Each differs from the first in one thing.
      let others: [(String, (inout PushRequest) -> Void)] = [
        (Self.second, { _ in }), (Self.first, { $0.message = "n" }),
        (Self.first, { $0.mode = .append }), (Self.first, { $0.kind = .metrics }),
        (Self.first, { $0.key = ["model"] }), (Self.first, { $0.attributes = ["a": "b"] }),
        (Self.first, { $0.lineage = [Reference(dataset: first.version.dataset)] }),
        (Self.first, { $0.createdAt = Timestamp(parsing: "2026-01-01") }),
        (Self.first, { $0.types = ["score": .string] }),
        (Self.second, { $0.precondition = .number(0) }),
      ]
      for (text, edit) in others {
        #expect(
          contract.kind {
            try contract.push(text) {
              $0.key = ["id"]
              $0.message = "m"
              $0.idempotencyKey = "k"
              edit(&$0)
            }
          } == .conflict)
      }
      #expect(try contract.service.versions(of: DatasetName("runs"), limit: nil).count == 1)
      let again = try contract.push(Self.first) {
        $0.key = ["id"]
        $0.message = "m"
        $0.author = "bob"
        $0.idempotencyKey = "k"
      }
      #expect(!again.isNew && again.version == first.version)
    },
    Case(description: "bad input is invalid, by file and place, and changes nothing") { contract in
      try contract.push(Self.first)
      let error = #expect(throws: StoreError.self) {
        try contract.push("{\"id\":1}\n{\"id\":tru}\n")
      }
      #expect(error?.kind == .invalid)
      #expect(error?.location == StoreError.Location(file: "rows", line: 2, column: 7))
      let twice = #expect(throws: StoreError.self) {
        try contract.push("{\"id\":1}\n{\"id\":1}\n") { $0.key = ["id"] }
      }
      #expect(twice?.kind == .invalid)
      #expect(twice?.location?.file == "rows" && twice?.location?.line == 2)
      #expect(try contract.service.versions(of: DatasetName("runs"), limit: nil).count == 1)
    },
    Case(description: "every format is read") { contract in
      try contract.push(Self.first, to: "lines")
      try contract.push(
        "[{\"id\":1,\"model\":\"a\",\"score\":0.5},\n{\"id\":2,\"model\":\"b\",\"score\":0.25}]",
        to: "array", format: .json)
      try contract.push("id,model,score\n1,a,0.5\n2,b,0.25\n", to: "table", format: .csv)
      for dataset in ["lines", "array", "table"] {
        #expect(try contract.data(dataset) == Self.first)
      }
    },
  ]
}
