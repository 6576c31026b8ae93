import Model
import Testing
import Wire

extension StoreServiceContract {
  static let gateCases = [
    Case(description: "a version with gates is deployed on a report that passes, or for a reason") {
      contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      let bare = contract.refusal("1", nil)
      #expect(bare.contains("(gate_not_met): a backtest on outputs@1 that passes"))
      #expect(bare.contains("'assay router backtest r@1 --on outputs@1 --save NAME'"))
      #expect(try contract.keepTrial("1") { $0.options?.condition = "id < 40" } == "trials@1")
      let some = contract.refusal("1", "trials@1")
      #expect(some.contains("trials@1 says insufficient; on all rows"))
      #expect(try contract.keepTrial("1") == "trials@2")
      let made = try contract.deployRules("1", on: "trials@2")
      #expect(made.backtest?.reference == "trials@2" && made.override == nil)
      try contract.pushRules("outputs")
      let other = contract.refusal("2", "trials@2")
      #expect(other.contains("trials@2 is about other rules"))
      #expect(other.contains("'assay router backtest r@2 --on outputs --save NAME'"))
      let forced = try contract.deployRules("2", on: "trials@2", override: "an incident")
      #expect(forced.override == "an incident" && forced.backtest?.reference == "trials@2")
    },
    Case(description: "a report speaks for the rows that gates state, as they are now") {
      contract in
      try contract.pushBakeOff()
      _ = try contract.service.setTag(
        "golden", to: try Reference(parsing: "outputs@1"), TagRequest(author: "ann"))
      try contract.pushRules("outputs@golden")
      #expect(try contract.keepTrial("1") == "trials@1")
      try contract.pushBakeOff(items: 62)
      _ = try contract.service.setTag(
        "golden", to: try Reference(parsing: "outputs@2"), TagRequest(author: "ann"))
      let moved = contract.refusal("1", "trials@1")
      #expect(moved.contains("trials@1 is on outputs@1, not on outputs@golden"))
      #expect(try contract.keepTrial("1") == "trials@2")
      _ = try contract.deployRules("1", on: "trials@2")
      // A name alone was the latest when the report was made; rows that came later do not matter.
      try contract.pushRules("outputs")
      #expect(try contract.keepTrial("2") { $0.on = "outputs@1" } == "trials@3")
      #expect(contract.refusal("2", "trials@3").contains("trials@3 says insufficient; on outputs"))
      #expect(try contract.keepTrial("2") == "trials@4")
      try contract.pushBakeOff(items: 64)
      _ = try contract.deployRules("2", on: "trials@4")
      // What nobody has cannot have been tried.
      try contract.pushRules("outputs@9")
      #expect(try contract.keepTrial("3") { $0.on = "outputs" } == "trials@5")
      #expect(contract.refusal("3", "trials@5").contains("is on outputs@3, not on outputs@9"))
    },
    Case(description: "a report speaks against what is live now, and for itself") { contract in
      try contract.pushBakeOff()
      for rows in ["outputs@1", "outputs@latest", "outputs"] { try contract.pushRules(rows) }
      #expect(try contract.keepTrial("2") == "trials@1")
      _ = try contract.deployRules("1", on: nil, override: "the first one")
      let stale = contract.refusal("2", "trials@1")
      #expect(stale.contains("trials@1 is not against r@1, which is live"))
      #expect(try contract.keepTrial("2") == "trials@2")
      _ = try contract.deployRules("3", on: nil, override: "an incident")
      let overtaken = contract.refusal("2", "trials@2")
      #expect(overtaken.contains("trials@2 is not against r@3, which is live"))
      // Whoever makes up a report says which rows it would be on, too.
      let digest = try contract.service.ruleSet(try Reference(parsing: "r@2")).digest
      try contract.push(
        """
        {"document":{"schema":"assay.backtest/1","rules":"\(digest)","verdict":"pass"}}
        """, to: "made-up"
      ) {
        $0.kind = .reports
        $0.types = ["document": .json]
      }
      let refusal = contract.refusal("2", "made-up")
      #expect(refusal.contains("made-up@1 does not tell which rows it is on"))
      #expect(contract.refusal("2", "outputs").contains("outputs"))
    },
  ]

  /// Keeps the report on a version of the rules; its reference.
  private func keepTrial(
    _ version: String, _ edit: (inout BacktestRequest) -> Void = { _ in }
  ) throws -> String? {
    var request = BacktestRequest(rules: "r@\(version)")
    request.options = BacktestOptions()
    request.options?.resamples = 200
    request.save = SaveRequest(name: "trials", author: "ann")
    edit(&request)
    return try service.backtest(request).saved
  }

  private func deployRules(
    _ version: String, on report: String?, override: String? = nil
  ) throws -> DeploymentDocument {
    var request = DeployRequest(version: version)
    request.author = "ann"
    request.backtest = report
    request.override = override
    return try service.deploy(try DatasetName("r"), request)
  }

  /// Why a version is not deployed on a report.
  private func refusal(_ version: String, _ report: String?) -> String {
    do {
      _ = try deployRules(version, on: report)
      return ""
    } catch {
      return "\(error)"
    }
  }
}
