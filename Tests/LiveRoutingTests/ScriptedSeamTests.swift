import LiveRouting
import Model
import TestSupport
import Testing

/// The implementations for tests keep the contracts that those over a store keep.
@Suite struct ScriptedSeamTests {
  @Test(arguments: RuleSourceContract.cases)
  func `a scripted source keeps the promises of rule sources`(
    _ promise: RuleSourceContract.Case
  ) throws {
    let source = ScriptedRuleSource()
    try promise.check(
      RuleSourceContract.Subject(
        source, push: { router, document in try source.push(document, to: router) },
        deploy: { router, number, steps in
          let over = try source.liveDeployment(of: router)?.record.number ?? 0
          source.deploy(
            number, of: router, at: Timestamp(microseconds: 0),
            ramp: steps.map {
              DeploymentRecord.Ramp(over: over, steps: $0, seconds: 3600, salt: "s", fields: [])
            })
        }))
  }

  @Test(arguments: RowServiceContract.cases)
  func `a scripted row service keeps the promises of row services`(
    _ promise: RowServiceContract.Case
  ) throws {
    let rows = ScriptedRowService()
    try promise.check(RowServiceContract.Subject(rows) { rows.lines(of: $0) })
  }
}
