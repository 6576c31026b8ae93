package import LiveRouting
package import Model
import Routing
import Testing

/// The promises of a ``RuleSource``.
///
/// Each case wants a source without routers and makes those that it needs. `LiveRoutingTests` runs
/// them on ``ScriptedRuleSource``, `ServiceTests` on `LocalStoreService`.
package struct RuleSourceContract: Sendable {
  /// A source and the means to change it.
  package struct Subject: Sendable {
    let source: any RuleSource
    /// Saves the next version of a router.
    let push: @Sendable (DatasetName, [UInt8]) throws -> Void
    /// Makes a version live; with steps in basis points, along a ramp of an hour each.
    let deploy: @Sendable (DatasetName, Int, [Int]?) throws -> Void

    /// A source of rules, with what saves and deploys them.
    package init(
      _ source: any RuleSource, push: @escaping @Sendable (DatasetName, [UInt8]) throws -> Void,
      deploy: @escaping @Sendable (DatasetName, Int, [Int]?) throws -> Void
    ) {
      self.source = source
      self.push = push
      self.deploy = deploy
    }

    /// Saves versions of a router that serves its default target only.
    fileprivate func push(_ name: String, targets: String...) throws -> DatasetName {
      let router = try DatasetName(name)
      for target in targets {
        try push(
          router,
          Array(
            """
            {"schema":"route.rules/1","route":"\(name)","targets":{\
            "a":{"provider":"p","model":"a"},"b":{"provider":"p","model":"b"}},"rules":[],\
            "default":{"target":"\(target)"}}
            """.utf8))
      }
      return router
    }
  }

  /// One promise.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    /// Checks a source without routers.
    package let check: @Sendable (Subject) throws -> Void
  }

  /// All promises.
  package static let cases = [
    Case(description: "routers with a deployment are listed by their names, others are not") {
      subject throws in
      #expect(try subject.source.deployedRouters() == [])
      let routers = try ["r.b", "r.c", "r.a"].map { try subject.push($0, targets: "a") }
      try subject.deploy(routers[0], 1, nil)
      try subject.deploy(routers[2], 1, nil)
      #expect(try subject.source.deployedRouters() == [routers[2], routers[0]])
    },
    Case(description: "the newest deployment is live, with its ramp") { subject throws in
      let router = try subject.push("r", targets: "a", "b")
      #expect(try subject.source.liveDeployment(of: router) == nil)
      try subject.deploy(router, 1, nil)
      let first = try #require(try subject.source.liveDeployment(of: router))
      #expect(first.dataset == router && first.record.number == 1 && first.record.ramp == nil)
      try subject.deploy(router, 2, [500, 10_000])
      let second = try #require(try subject.source.liveDeployment(of: router))
      #expect(second.record.number == 2 && second.sequence > first.sequence)
      let ramp = try #require(second.record.ramp)
      #expect(ramp.over == 1 && ramp.steps == [500, 10_000] && ramp.seconds == 3600)
    },
    Case(description: "the head is another one after each change, and the same without one") {
      subject throws in
      let router = try subject.push("r", targets: "a")
      var heads = [try subject.source.head(of: router)]
      try subject.deploy(router, 1, nil)
      heads.append(try subject.source.head(of: router))
      _ = try subject.push("r", targets: "b")
      heads.append(try subject.source.head(of: router))
      #expect(Set(heads).count == 3 && !heads.contains(nil))
      _ = try subject.push("other", targets: "a")
      #expect(try subject.source.head(of: router) == heads[2])
    },
    Case(description: "a version has the rules that were saved as it") { subject throws in
      let router = try subject.push("r", targets: "a", "b")
      for (text, number, target) in [("1", 1, "a"), ("2", 2, "b")] {
        let version = try subject.source.ruleVersion(Reference(dataset: router, parsing: text))
        #expect(version.number == number)
        let made = try version.rules.decide(Array("{}".utf8))
        #expect(made.target.name == target)
      }
      #expect(try subject.source.ruleVersion(Reference(dataset: router)).number == 2)
    },
    Case(description: "unknown routers and versions are missing") { subject throws in
      let router = try subject.push("r", targets: "a")
      let unknown = try DatasetName("none")
      #expect(try subject.source.head(of: unknown) == nil)
      for read in [
        { _ = try subject.source.liveDeployment(of: unknown) },
        { _ = try subject.source.ruleVersion(Reference(dataset: unknown)) },
        { _ = try subject.source.ruleVersion(Reference(dataset: router, selector: .number(2))) },
      ] as [() throws -> Void] {
        let error = #expect(throws: StoreError.self) { try read() }
        #expect(error?.kind == .missing && error?.message.isEmpty == false)
      }
    },
  ]
}
