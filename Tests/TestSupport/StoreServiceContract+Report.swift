import Model
import Testing
import Wire

extension StoreServiceContract {
  static let reportCases = [
    Case(description: "a report lays models beside one another, and is kept") { contract in
      try contract.push(bakeOff) { $0.key = ["id", "model"] }
      var request = ReportRequest("runs", by: "model")
      request.slices = ["task"]
      let free = try contract.service.report(request)
      #expect(free.saved == nil && free.document.source.reference == "runs@1")
      #expect(free.document.request.reference == "runs@1")
      #expect(free.document.models.map(\.model) == ["b", "a"])
      let first = free.document.models[0].summary
      #expect(first.successCount?.count == 3 && first.successCount?.of == 4)
      #expect(first.cost?.total == 20 && first.latency?.p50.value == 20)
      #expect(free.document.front?.points.map(\.isOnFront) == [true, true])
      #expect(free.document.routing[0].slices.map(\.best) == ["b", "b"])

      request.save = SaveRequest(name: "reports", message: "why")
      let kept = try contract.service.report(request)
      #expect(kept.saved == "reports@1" && kept.document == free.document)
      #expect(try contract.service.report(request).saved == "reports@1")
      let again = try contract.service.report(try Reference(parsing: "reports"))
      #expect(again.document == free.document && again.saved == "reports@1")
      let version = try contract.service.version(try Reference(parsing: "reports")).version
      #expect(version.kind == .reports && version.message == "why")
      #expect(version.lineage.map(\.reference) == ["runs@1"])
    },
    Case(description: "a kept report is the same computed again, a forged one is not") { contract in
      try contract.push(bakeOff) { $0.key = ["id", "model"] }
      var request = ReportRequest("runs", by: "model")
      request.slices = ["task"]
      request.save = SaveRequest(name: "reports")
      let kept = try contract.service.report(request)
      // A later version changes nothing of what the document names.
      try contract.push("{\"id\":9,\"model\":\"a\",\"task\":\"qa\",\"passed\":true}\n")
      let again = try contract.service.verifyReport(try Reference(parsing: "reports"))
      #expect(again.isEqual && again.differences.isEmpty && again.reference == "reports@1")
      let text = String(decoding: Documents.encode(kept.document), as: UTF8.self)
      let forged = text.replacing("\"isOnFront\":true", with: "\"isOnFront\":false")
      let isForged = forged != text
      try #require(isForged)
      try contract.push("{\"document\":\(forged)}\n", to: "forged") {
        $0.types = ["document": .json]
        $0.attributes = ["format": Edition.current.format(ReportDocument.form)]
      }
      let found = try contract.service.verifyReport(try Reference(parsing: "forged"))
      #expect(!found.isEqual)
      #expect(found.differences.contains { $0.saved == "false" && $0.recomputed == "true" })
      #expect(
        contract.kind { _ = try contract.service.verifyReport(try Reference(parsing: "runs@1")) }
          == .usage)
    },
    Case(description: "a report that cannot be made says why") { contract in
      try contract.push(bakeOff) { $0.key = ["id", "model"] }
      func kind(
        _ reference: String = "runs", by: String = "model",
        _ edit: (inout ReportRequest) -> Void = { _ in }
      ) -> StoreError.Kind? {
        contract.kind {
          var request = ReportRequest(reference, by: by)
          edit(&request)
          _ = try contract.service.report(request)
        }
      }
      #expect(kind("absent") == .missing)
      #expect(kind(by: "modle") == .usage)
      #expect(kind { $0.slices = ["tsak"] } == .usage)
      #expect(kind { $0.condition = "cost >" } == .usage)
      #expect(kind { $0.condition = "cost > 99" } == .usage)
      #expect(kind { $0.roles[.cost] = "none" } == .usage)
      #expect(kind { $0.save = SaveRequest(name: "runs") } == .usage)
      #expect(
        contract.kind { _ = try contract.service.report(try Reference(parsing: "runs")) }
          == .usage)
    },
  ]

  /// Two models on four items of two tasks.
  private static let bakeOff = (1...4).flatMap { id in
    ["a", "b"].map { model in
      let passed = model == "b" ? id != 4 : id == 1
      return "{\"id\":\(id),\"model\":\"\(model)\",\"task\":\"\(id % 2 == 0 ? "qa" : "code")\","
        + "\"passed\":\(passed),\"cost\":\(model == "b" ? 5 : 1),\"latency_ms\":\(id * 10)}\n"
    }
  }.joined()
}
