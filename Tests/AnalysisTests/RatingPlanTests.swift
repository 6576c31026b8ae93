import Analysis
import Model
import Testing
import Wire

@Suite struct RatingPlanTests {
  /// Items `0`, `1` … with an output of each arm.
  private func plan(_ count: Int, arms: [String] = ["x", "y"]) throws -> RatingPlan {
    let items = (0..<count).flatMap { item in arms.map { _ in "\(item)" as String? } }
    let names = (0..<count).flatMap { _ in arms.map { $0 as String? } }
    return try RatingPlan(items: [items], arms: [names], names: ["runs@1"], only: nil)
  }

  private func order(_ plan: RatingPlan, seed: Int) -> [String] {
    plan.entries(kind: "preference", seed: seed).sorted { $0.order < $1.order }.map(\.item)
  }

  @Test func `order and sides are the same every time, and others with another seed`() throws {
    let plan = try plan(50)
    #expect(order(plan, seed: 7) == order(try self.plan(50), seed: 7))
    #expect(order(plan, seed: 7) != order(plan, seed: 8))
    #expect(Set(order(plan, seed: 7)).count == 50)
    // Fixed for ever: answers to tasks that were handed out are mapped back by them.
    let first = try #require(
      plan.entries(kind: "preference", seed: 7).min { $0.order < $1.order })
    let again = try #require(
      plan.entries(kind: "preference", seed: 7).first { $0.task == first.task })
    #expect(again.item == first.item)
  }

  @Test func `each arm stands on the left about half of the time, for each rater anew`() throws {
    let entries = try plan(4_000).entries(kind: "preference", seed: 3)
    let ann = entries.map { RatingPlan.isFirstLeft($0, seed: 3, rater: "ann") }
    let bob = entries.map { RatingPlan.isFirstLeft($0, seed: 3, rater: "bob") }
    // Five standard errors of a fair coin's share.
    #expect(abs(ann.count { $0 } - 2_000) < 160)
    #expect(abs(zip(ann, bob).count { $0 == $1 } - 2_000) < 160)
    let early = entries.sorted { $0.order < $1.order }.prefix(2_000)
    #expect(abs(early.count { RatingPlan.isFirstLeft($0, seed: 3, rater: "ann") } - 1_000) < 112)
  }

  @Test func `every two arms meet on every item`() throws {
    let plan = try plan(10, arms: ["c", "a", "b"])
    #expect(plan.arms == ["a", "b", "c"])
    let entries = plan.entries(kind: "preference", seed: 1)
    #expect(entries.count == 30 && entries.allSatisfy { $0.a < $0.b ?? "" })
    #expect(Set(entries.map(\.task)).count == 30)
    #expect(plan.entries(kind: "score", seed: 1).count == 30)
  }

  @Test func `the next task is the first that is not done`() throws {
    let plan = try plan(5)
    let items = order(plan, seed: 1)
    var done: Set<RatingUnit> = []
    for (index, item) in items.enumerated() {
      let found = try plan.next(kind: "preference", seed: 1, done: done, after: nil)
      #expect(found.entry?.item == item && found.done == index && found.remaining == 5 - index)
      var event = RatingEvent(kind: "preference", item: item, rater: "ann")
      // Whichever was written first.
      (event.a, event.b) = ("y", "x")
      done.insert(RatingUnit(event))
    }
    let end = try plan.next(kind: "preference", seed: 1, done: done, after: nil)
    #expect(end.entry == nil && end.done == 5 && end.remaining == 0)
    let first = try #require(
      try plan.next(kind: "preference", seed: 1, done: [], after: nil).entry)
    let second = try plan.next(kind: "preference", seed: 1, done: [], after: first.task)
    #expect(second.entry?.item == items[1] && second.remaining == 4)
    #expect(throws: StoreError.self) {
      try plan.next(kind: "preference", seed: 1, done: [], after: "first")
    }
  }

  @Test func `an answer to a blinded task is mapped back to the arms`() throws {
    let plan = try plan(40)
    var lefts: Set<String?> = []
    for entry in plan.entries(kind: "preference", seed: 9) {
      var event = RatingEvent(kind: "preference", item: entry.item, rater: "ann")
      event.task = entry.task
      event.seed = 9
      event.winner = "left"
      let kept = try plan.resolved(event, source: "runs@1")
      #expect(kept.a == "x" && kept.b == "y" && kept.task == nil && kept.source == "runs@1")
      #expect(kept.winner == kept.shownLeft)
      lefts.insert(kept.shownLeft)
      event.winner = "right"
      #expect(try plan.resolved(event, source: "runs@1").winner != kept.winner)
      event.winner = "tie"
      #expect(try plan.resolved(event, source: "runs@1").winner == "tie")
      event.winner = "a"
      #expect(throws: StoreError.self) { try plan.resolved(event, source: "runs@1") }
      event.winner = "left"
      event.seed = 10
      #expect(throws: StoreError.self) { try plan.resolved(event, source: "runs@1") }
    }
    #expect(lefts == ["a", "b"])
  }

  @Test func `items and arms that are not there are named`() throws {
    let plan = try plan(3)
    var event = RatingEvent(kind: "score", item: "7", rater: "ann")
    func kind(_ event: RatingEvent) -> StoreError.Kind? {
      do throws(StoreError) {
        _ = try plan.resolved(event, source: "runs@1")
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(kind(event) == .missing)
    event.item = "1"
    event.a = "z"
    #expect(kind(event) == .missing)
    event.a = "x"
    #expect(kind(event) == nil)
    #expect(throws: StoreError.self) {
      try RatingPlan(items: [["1", "1"]], arms: [["x", "x"]], names: ["runs@1"], only: nil)
    }
    #expect(throws: StoreError.self) {
      try RatingPlan(items: [["1"]], arms: [["x"]], names: ["runs@1"], only: ["z"])
    }
  }

  @Test func `what arms are called changes neither the order nor the sides`() throws {
    let (plain, renamed) = (
      try plan(60, arms: ["x", "y", "z"]), try plan(60, arms: ["q", "a", "m"])
    )
    let names = ["x": "q", "y": "a", "z": "m"]
    for kind in ["preference", "score", "label"] {
      let (one, two) = (plain.entries(kind: kind, seed: 5), renamed.entries(kind: kind, seed: 5))
      let tasks = Dictionary(uniqueKeysWithValues: two.map { ($0.task, $0) })
      for entry in one {
        let other = try #require(tasks[entry.task])
        let arms = Set([entry.a, entry.b].compactMap { $0.flatMap { names[$0] } })
        #expect(other.item == entry.item && Set([other.a, other.b].compactMap { $0 }) == arms)
        guard entry.b != nil else { continue }
        func left(_ entry: RatingPlan.Entry) -> String? {
          RatingPlan.isFirstLeft(entry, seed: 5, rater: "ann") ? entry.a : entry.b
        }
        #expect(left(other) == left(entry).flatMap { names[$0] })
      }
    }
  }

  @Test func `an item of one arm alone has a made-up name, by which it is found again`() throws {
    let alone = try RatingPlan(
      items: [["q1 gpt-5", "q1 claude"]], arms: [["runs@1", "runs@1"]], names: ["runs@1"],
      only: nil)
    for entry in alone.entries(kind: "score", seed: 3) {
      let shown = alone.shownName(of: entry, seed: 3)
      #expect(!shown.contains("gpt") && !shown.contains("claude"))
      var event = RatingEvent(kind: "score", item: shown, rater: "ann")
      (event.task, event.seed, event.value) = (entry.task, 3, 4)
      #expect(try alone.resolved(event, source: "runs@1").item == entry.item)
    }
    let shared = try plan(1)
    let entry = try #require(shared.entries(kind: "score", seed: 3).first)
    #expect(shared.shownName(of: entry, seed: 3) == entry.item)
  }
}
