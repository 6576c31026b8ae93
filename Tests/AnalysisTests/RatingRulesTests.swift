import Analysis
import Model
import Testing
import Wire

@Suite struct RatingRulesTests {
  private static func score(
    _ id: String, _ edit: (inout RatingEvent) -> Void = { _ in }
  ) -> RatingEvent {
    var event = RatingEvent(kind: "score", item: "q1", rater: "ann")
    event.rating = id
    event.value = 4
    event.a = "m"
    event.at = Timestamp(microseconds: 0)
    edit(&event)
    return event
  }

  private static func preference(
    _ id: String, _ edit: (inout RatingEvent) -> Void = { _ in }
  ) -> RatingEvent {
    score(id) {
      $0.kind = "preference"
      $0.value = nil
      $0.b = "n"
      $0.winner = "b"
      $0.shownLeft = "a"
      edit(&$0)
    }
  }

  /// What is said about events that may not be added after `earlier`.
  private func fault(_ events: [RatingEvent], after earlier: [RatingEvent] = []) -> String? {
    var rules = RatingRules(earlier)
    do throws(StoreError) {
      try rules.check(events)
      return nil
    } catch {
      #expect(error.kind == .invalid)
      return error.message
    }
  }

  @Test func `events that keep the rules are taken`() {
    let label = Self.score("3") {
      $0.kind = "label"
      $0.value = nil
      $0.label = "good"
    }
    #expect(fault([Self.score("1"), Self.preference("2"), label]) == nil)
    #expect(fault([Self.preference("1") { $0.shownLeft = nil }]) == nil)
    #expect(fault([])?.contains("no events") == true)
  }

  @Test(arguments: [
    (score("1") { $0.kind = "scoer" }, "no kind 'scoer'"),
    (score("1") { $0.item = "" }, "item is a text"),
    (score("1") { $0.rater = "" }, "rater is a text"),
    (score("1") { $0.value = nil }, "a number in 'value'"),
    (score("1") { $0.value = .nan }, "a number in 'value'"),
    (score("1") { $0.label = "good" }, "label belongs to a label"),
    (score("1") { $0.winner = "a" }, "winner belongs to a preference"),
    (score("1") { $0.at = nil }, "at is missing"),
    (score("1") { $0.seed = -1 }, "seed"),
    (score("1") { $0.reason = "why" }, "a reason belongs to a correction"),
    (score("1") { $0.corrects = "0" }, "a correction has a reason"),
    (preference("1") { $0.b = nil }, "two different arms"),
    (preference("1") { $0.b = "m" }, "two different arms"),
    (preference("1") { $0.winner = "left" }, "winner of a preference is a, b or tie"),
    (preference("1") { $0.shownLeft = "m" }, "shown_left is a or b"),
    (preference("1") { $0.value = 1 }, "value belongs to a score"),
  ])
  func `an event that breaks a rule is named with the rule`(event: RatingEvent, words: String) {
    let said = fault([Self.score("0"), event]) ?? ""
    #expect(said.hasPrefix("event 2: ") && said.contains(words), "\(said)")
  }

  @Test func `ids are unique among the new and the old`() {
    #expect(fault([Self.score("1"), Self.score("1")])?.contains("twice") == true)
    #expect(fault([Self.score("1")], after: [Self.score("1")])?.contains("already") == true)
  }

  @Test func `a correction names an event about the same that nobody corrected yet`() {
    func correction(
      _ id: String, of old: String, _ edit: (inout RatingEvent) -> Void = { _ in }
    ) -> RatingEvent {
      Self.score(id) {
        $0.corrects = old
        $0.reason = "slipped"
        $0.value = 2
        edit(&$0)
      }
    }
    let old = [Self.score("1")]
    #expect(fault([correction("2", of: "1")], after: old) == nil)
    #expect(fault([correction("2", of: "1"), correction("3", of: "2")], after: old) == nil)
    #expect(fault([correction("2", of: "0")], after: old)?.contains("no such event") == true)
    #expect(
      fault([correction("2", of: "1"), correction("3", of: "1")], after: old)?
        .contains("corrected by '2' already") == true)
    let others: [(inout RatingEvent) -> Void] = [
      { $0.item = "q2" }, { $0.rater = "bob" }, { $0.a = "n" }, { $0.rubric = "tone" },
      { $0.scorerVersion = "2" },
    ]
    for edit in others {
      #expect(
        fault([correction("2", of: "1", edit)], after: old)?.contains("keeps all of these")
          == true)
    }
  }
}
