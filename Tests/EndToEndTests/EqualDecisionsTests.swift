import Foundation
import TestSupport
import Testing

/// What the command line decides is what the plainest reading says.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct EqualDecisionsTests {
  @Test func `router evaluate and router diff decide as the plainest reading does`() throws {
    let place = try Workplace()
    var random = RandomRules(seed: 6000)
    let contexts = (0..<6).map { _ in random.context() }
    let items = contexts.enumerated().map { "{\"id\":\"i\($0)\",\"context\":\($1.json)}\n" }
    try place.write(items.joined(), as: "items.jsonl")
    try #require(
      try place.run("push", "items", "items.jsonl", "--key", "id", "--types", "context=json").status
        == 0)
    for router in ["r1", "r2", "r3"] {
      let versions = [try random.document(route: router), try random.document(route: router)]
      for (number, version) in versions.enumerated() {
        try place.write(version.json, as: "rules.json")
        let pushed = try place.run("router", "push", router, "rules.json", "--expect", "\(number)")
        try #require(pushed.status == 0, "\(pushed.error)")
      }
      try place.run("router", "deploy", "\(router)@2")
      for (place, context) in contexts.enumerated() {
        try check(context, by: place % 2 == 0 ? router : "\(router)@1", versions[1 - place % 2])
      }
      func check(
        _ context: RandomRules.Value, by reference: String, _ document: RandomDocument
      ) throws {
        let told = try place.run("router", "evaluate", reference, context.json, "--json")
        let line = try #require(told.lines.first, "\(told.error)")
        guard case .text(let id)? = try Workplace.object(line)["decision_id"] else {
          Issue.record("it has no name: \(line)")
          return
        }
        let expected = document.decision(context, name: (id, "decision.id")).json
        let rule = try #require(line.firstRange(of: "\"rule\":"))
        #expect(Array(("{" + line[rule.lowerBound...]).utf8) == expected)
      }
      let diff = try place.run(
        "router", "diff", "\(router)@1", "\(router)@2", "--on", "items", "--limit", "9", "--json")
      let expected = contexts.indices.filter { item in
        let targets = versions.map {
          $0.decision(contexts[item], name: ("i\(item)", "key")).target
        }
        return targets[0] != targets[1]
      }
      guard case .object(let decisions)? = try Workplace.object(diff.output)["decisions"],
        case .list(let examples)? = decisions["examples"]
      else {
        Issue.record("it tells no decisions: \(diff.output)\(diff.error)")
        return
      }
      let found = examples.map { example -> JSONCell? in
        if case .object(let members) = example { members["item"] } else { nil }
      }
      #expect(found == expected.map { .text("i\($0)") })
    }
  }
}
