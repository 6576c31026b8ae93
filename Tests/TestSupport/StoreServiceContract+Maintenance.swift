import Dispatch
import Model
import Synchronization
import Testing
import Wire

extension StoreServiceContract {
  static let maintenanceCases = [
    Case(description: "a sound store is found sound, and a head that is another is not") {
      contract in
      try contract.pushBoth()
      let runs = try DatasetName("runs")
      let head = try contract.service.version(Reference(dataset: runs)).version.record
      let sound = try contract.service.verify(heads: [runs: head]) { _ in }
      #expect(sound.isSound && sound.isIndexRight && sound.damage == [])
      #expect(sound.versions == 2 && sound.records == 2 && sound.files > 0 && sound.bytes > 0)
      let other = try contract.service.verify(heads: [runs: Digest(hashing: [1])]) { _ in }
      #expect(!other.isSound && other.damage.count == 1)
    },
    Case(description: "garbage is looked for, and nothing is found in a fresh store") { contract in
      try contract.pushBoth()
      let found = try contract.service.collectGarbage(apply: false, graceSeconds: 3600)
      #expect(!found.isApplied && found.files == [])
      #expect(try contract.service.collectGarbage(apply: true, graceSeconds: 3600).isApplied)
      #expect(try contract.data("runs@1") == Self.first)
    },
    Case(description: "the index is made anew") { contract in
      try contract.pushBoth()
      #expect(
        try contract.service.reindex(acceptsLoss: false)
          == ReindexDocument(datasets: 1, records: 2))
      #expect(try contract.service.reindex(acceptsLoss: true).records == 2)
      #expect(try contract.data("runs@1") == Self.first)
    },
    Case(description: "sizes are told by dataset and version") { contract in
      try contract.pushBoth()
      try contract.push(Self.first, to: "other")
      let sizes = try contract.service.statistics(of: nil) { _ in }
      #expect(sizes.datasets.map(\.name.text) == ["other", "runs"])
      #expect(sizes.datasets[1].versions.map(\.number) == [1, 2])
      #expect(sizes.files == 3 && sizes.fileBytes > 0 && sizes.indexBytes > 0)
      let one = try contract.service.statistics(of: [DatasetName("other")]) { _ in }
      #expect(one.datasets.map(\.name.text) == ["other"])
      let absent = [try DatasetName("absent")]
      #expect(
        contract.kind { _ = try contract.service.statistics(of: absent) { _ in } } == .missing)
    },
    Case(description: "many callers at once see whole versions") { contract in
      try contract.push("{\"id\":0,\"number\":-1}\n") { $0.key = ["id"] }
      // Every version's rows all hold one number, so that a mixture would show.
      let failures = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { caller in
        do {
          for round in 0..<5 {
            if caller < 2 {
              let number = caller * 100 + round
              try contract.push((0..<50).map { "{\"id\":\($0),\"number\":\(number)}\n" }.joined())
            } else {
              let sql = "SELECT count(DISTINCT number) AS numbers FROM runs"
              let text = try contract.query(sql, .csv).text
              if text != "numbers\n1\n" { failures.withLock { $0.append(text) } }
            }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [])
      #expect(try contract.service.versions(of: DatasetName("runs"), limit: nil).count == 11)
    },
  ]
}
