import Model
import Testing
import Wire

extension StoreServiceContract {
  static let listCases = [
    Case(description: "an empty store has no datasets") { contract in
      let datasets = try contract.service.datasets(limit: nil)
      #expect(datasets.isEmpty)
    },
    Case(description: "datasets are told as their latest versions show them") { contract in
      try contract.pushBoth()
      try contract.push(Self.first, to: "all")
      _ = try contract.tag("best", "runs@1")
      let datasets = try contract.service.datasets(limit: nil)
      #expect(datasets.map(\.name.text) == ["all", "runs"])
      #expect(datasets[1].versions == 2 && datasets[1].rows == 2)
      #expect(datasets[1].tags == ["best": 1])
      #expect(try contract.service.datasets(limit: 1).map(\.name.text) == ["all"])
    },
    Case(description: "versions are told newest first, with their tags") { contract in
      try contract.pushBoth()
      _ = try contract.tag("best", "runs@1")
      let versions = try contract.service.versions(of: DatasetName("runs"), limit: nil)
      #expect(versions.map(\.number) == [2, 1])
      #expect(versions.map(\.tags) == [[], ["best"]])
      #expect(versions[0].message == "more" && versions[0].parent == 1)
      #expect(versions[0].createdAt == Timestamp(parsing: "2026-01-02"))
      let newest = try contract.service.versions(of: DatasetName("runs"), limit: 1)
      #expect(newest == [versions[0]])
    },
    Case(description: "the log tells versions and moves of tags, newest first") { contract in
      try contract.pushBoth()
      _ = try contract.tag("best", "runs@1")
      let log = try contract.service.log(of: DatasetName("runs"), stat: true, limit: nil)
      try #require(log.count == 3)
      guard case .tag(let move) = log[0], case .version(let version, let changes) = log[1] else {
        Issue.record("a log of other changes")
        return
      }
      #expect(move.tag == "best" && move.number == 1 && move.message == "fixed")
      #expect(version.number == 2)
      #expect(changes == ChangeCounts(added: 1, removed: 1, changed: 1))
      let plain = try contract.service.log(of: DatasetName("runs"), stat: false, limit: 2)
      #expect(plain == [log[0], .version(version, changes: nil)])
    },
    Case(description: "a version is told with its key and columns") { contract in
      try contract.pushBoth()
      _ = try contract.tag("best", "runs@2")
      let document = try contract.service.version(Reference(parsing: "runs"))
      #expect(document.version.reference == "runs@2" && document.version.tags == ["best"])
      #expect(document.key == ["id"] && document.rowGroups == 1)
      #expect(document.columns.map(\.name) == ["id", "model", "score", "note"])
      #expect(document.columns.map(\.type) == [.int64, .string, .float64, .string])
      for reference in ["runs@1~0", "runs@latest", "runs@2026-01-02", "runs@best"] {
        _ = try contract.service.version(Reference(parsing: reference))
      }
    },
    Case(description: "tags move and go") { contract in
      try contract.pushBoth()
      let runs = try DatasetName("runs")
      let set = try contract.tag("prod", "runs@1")
      #expect(set.number == 1)
      #expect(try contract.tag("prod", "runs").number == 2)
      let tags = try contract.service.tags(of: runs)
      #expect(tags.map(\.tag) == ["prod"] && tags.map(\.number) == [2])
      let latest = try contract.service.version(Reference(dataset: runs)).version
      #expect(tags[0].snapshot == latest.snapshot)
      try contract.service.removeTag("prod", of: runs, TagRequest(author: "ann"))
      #expect(try contract.service.tags(of: runs).isEmpty)
      #expect(
        contract.kind { try contract.service.removeTag("prod", of: runs, TagRequest()) }
          == .missing)
      #expect(contract.kind { _ = try contract.tag("latest", "runs") } == .usage)
      #expect(contract.kind { _ = try contract.tag("x", "runs@9") } == .missing)
    },
    Case(description: "what is not there is missing") { contract in
      try contract.pushBoth()
      let service = contract.service
      let absent = try DatasetName("absent")
      #expect(contract.kind { _ = try service.versions(of: absent, limit: nil) } == .missing)
      #expect(
        contract.kind { _ = try service.log(of: absent, stat: false, limit: nil) } == .missing)
      #expect(contract.kind { _ = try service.tags(of: absent) } == .missing)
      for reference in ["absent", "runs@9", "runs@prod", "runs@2020-01-01", "runs@sha256:00000000"]
      {
        let reference = try Reference(parsing: reference)
        #expect(contract.kind { _ = try service.version(reference) } == .missing)
        #expect(contract.kind { _ = try contract.data("\(reference)") } == .missing)
      }
    },
  ]

  /// Makes `tag` name a version.
  func tag(_ tag: String, _ reference: String) throws -> TagDocument {
    try service.setTag(
      tag, to: try Reference(parsing: reference), TagRequest(author: "ann", message: "fixed"))
  }
}
