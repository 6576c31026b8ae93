import Analysis
import Model
import Testing
import Wire

@Suite struct RatingReportTests {
  private typealias Report = RatingReportDocument

  /// Events of a kind, numbered and a second apart.
  private struct Events {
    var all: [RatingEvent] = []

    mutating func add(
      _ kind: String, _ item: String, _ rater: String, _ edit: (inout RatingEvent) -> Void
    ) {
      var event = RatingEvent(kind: kind, item: item, rater: rater)
      event.rating = "\(all.count)"
      event.at = Timestamp(microseconds: Int64(all.count) * 1_000_000)
      edit(&event)
      all.append(event)
    }

    mutating func vote(
      _ item: String, _ rater: String, _ a: String, _ b: String, _ winner: String,
      left: String? = nil
    ) {
      add("preference", item, rater) {
        ($0.a, $0.b, $0.winner, $0.shownLeft) = (a, b, winner, left)
      }
    }

    mutating func score(_ item: String, _ rater: String, _ value: Double, arm: String = "m") {
      add("score", item, rater) { ($0.a, $0.value) = (arm, value) }
    }
  }

  private func report(
    _ events: [RatingEvent], _ edit: (inout RatingReportRequest) -> Void = { _ in }
  ) throws -> Report {
    var request = RatingReportRequest()
    request.resamples = 200
    edit(&request)
    return try RatingReport(request).document(
      events, version: "votes@1", snapshot: Digest(hashing: []))
  }

  private func near(_ value: Double?, _ wanted: Double, _ tolerance: Double = 1e-9) -> Bool {
    value.map { abs($0 - wanted) <= tolerance } ?? false
  }

  /// Fifty votes for each of three pairs, of which one wins so many.
  private static func golden() -> [RatingEvent] {
    var events = Events()
    for (a, b, wins) in [("one", "two", 30), ("one", "three", 35), ("two", "three", 28)] {
      for item in 0..<50 {
        // Arms are written in either order, and shown on either side.
        let isSwapped = item % 2 == 0
        events.vote(
          "\(item)", "ann", isSwapped ? b : a, isSwapped ? a : b,
          (item < wins) == isSwapped ? "b" : "a", left: item % 3 == 0 ? "a" : "b")
      }
    }
    return events.all
  }

  @Test func `strengths are the golden ones, best first`() throws {
    let metric = try report(Self.golden()) { $0.anchor = "one" }.metrics[0]
    let preference = try #require(metric.preference)
    #expect(preference.votes == 150 && preference.arms == ["one", "three", "two"])
    #expect(preference.wins == [[0, 35, 30], [15, 0, 22], [20, 28, 0]])
    let strengths = try #require(preference.strengths)
    #expect(strengths.map(\.arm) == ["one", "two", "three"])
    #expect(near(strengths[1].beta.value, -0.47039704490144907))
    #expect(near(strengths[2].beta.value, -0.7746330983341763))
    #expect(near(strengths[1].rating.value, 918.2836636382818, 1e-6))
    #expect(near(strengths[2].rating.value, 865.4324479575392, 1e-6))
    for strength in strengths.dropFirst() {
      #expect(strength.beta.lower ?? 0 < strength.beta.value)
      #expect(strength.beta.upper ?? -9 > strength.beta.value)
    }
    #expect(strengths[0].bestRank == 1 && preference.refusal == nil)
    // Another anchor moves all by the same.
    let other = try #require(try report(Self.golden()).metrics[0].preference)
    #expect(other.anchor == "one")
    let moved = try report(Self.golden()) { $0.anchor = "two" }.metrics[0].preference
    #expect(near(moved?.strengths?[0].beta.value, 0.47039704490144907))
  }

  @Test func `the same events and seed give the same bytes`() throws {
    let first = Documents.encode(try report(Self.golden()))
    #expect(first == Documents.encode(try report(Self.golden())))
    #expect(first != Documents.encode(try report(Self.golden()) { $0.seed = 2 }))
  }

  @Test func `strengths are refused by the groups that no wins connect`() throws {
    var events = Events()
    for item in 0..<4 {
      events.vote("\(item)", "ann", "a", "b", item % 2 == 0 ? "a" : "b")
      events.vote("\(item)", "ann", "c", "d", "tie")
      events.vote("\(item)", "ann", "a", "c", "a")
    }
    let preference = try #require(try report(events.all).metrics[0].preference)
    #expect(preference.groups == [["a", "b"], ["c", "d"]])
    #expect(preference.strengths == nil && preference.refusal?.contains("groups") == true)
    #expect(preference.ties == 4)
  }

  @Test func `strengths that hang on one item have no intervals`() throws {
    var events = Events()
    events.vote("1", "ann", "a", "b", "a")
    events.vote("1", "bob", "a", "b", "b")
    let preference = try #require(try report(events.all).metrics[0].preference)
    #expect(preference.strengths?.count == 2)
    #expect(preference.strengths?.allSatisfy { $0.beta.lower == nil } == true)
    #expect(preference.refusal?.contains("intervals") == true)
  }

  @Test func `position bias looks at votes that say what stood on the left`() throws {
    var events = Events()
    for item in 0..<10 {
      let left = item % 2 == 0 ? "a" : "b"
      events.vote("\(item)", "ann", "a", "b", item < 8 ? left : left == "a" ? "b" : "a", left: left)
    }
    events.vote("x", "ann", "a", "b", "a")
    let position = try #require(try report(events.all).metrics[0].preference?.position)
    #expect(near(position.difference.value, 0.6) && near(position.pValue, 0.109375))
    #expect(position.decided == 10 && position.unrecorded == 1)
  }

  @Test func `agreement does not depend on which arm was written first`() throws {
    var events = Events()
    for item in 0..<6 {
      events.vote("\(item)", "ann", "a", "b", item < 3 ? "a" : "b")
      events.vote("\(item)", "bob", "b", "a", item < 3 ? "b" : "a")
    }
    let agreement = try report(events.all).metrics[0].agreement
    #expect(agreement.units == 6 && agreement.pairs[0].agreement == 1)
    #expect(agreement.pairs[0].kappa?.value == 1 && agreement.alphas[0].alpha.value == 1)
  }

  @Test func `a corrected event counts no more, and of two about the same the later does`() throws {
    var events = Events()
    events.score("1", "ann", 5)
    events.score("2", "ann", 5)
    events.add("score", "1", "ann") {
      ($0.a, $0.value, $0.corrects, $0.reason) = ("m", 1, "0", "slipped")
    }
    events.score("2", "ann", 3)
    let report = try report(events.all)
    #expect(report.events == 4 && report.corrected == 1 && report.superseded == 1)
    #expect(report.metrics[0].ratings == 2 && report.metrics[0].arms?[0].mean?.value == 2)
  }

  @Test func `another version of a scorer is another metric, unless asked across scorers`() throws {
    var events = Events()
    for item in ["1", "2", "3"] {
      events.score(item, "ann", item == "1" ? 1 : 4)
      for version in ["1", "2"] {
        events.add("score", item, "judge") {
          ($0.a, $0.value) = ("m", item == "1" ? 1 : 5)
          ($0.scorer, $0.scorerVersion) = ("gpt", version)
        }
      }
    }
    let apart = try report(events.all)
    #expect(apart.superseded == 0 && apart.metrics.map(\.scorer) == ["gpt", "gpt", "human"])
    #expect(apart.metrics.map(\.scorerVersion) == ["1", "2", "1"])
    #expect(apart.metrics[0].agreement.note?.contains("no two raters") == true)
    let joined = try report(events.all) { $0.acrossScorers = true }.metrics
    #expect(joined.count == 1 && joined[0].scorer == nil)
    #expect(joined[0].raters.map(\.rater) == ["ann", "judge (gpt 1)", "judge (gpt 2)"])
    #expect(joined[0].agreement.pairs.count == 3 && joined[0].agreement.units == 3)
  }

  @Test func `scores have means by arm, ordinal and interval agreement, and drift`() throws {
    var events = Events()
    for item in 0..<8 {
      events.score("\(item)", "ann", Double(item % 4 + 1))
      events.score("\(item)", "bob", Double(item % 4 + 1) + Double(item) / 4)
    }
    let metric = try report(events.all).metrics[0]
    #expect(metric.agreement.alphas.map(\.distance) == ["ordinal", "interval"])
    #expect(near(metric.raters[1].drift?.slope.value, 0.25))
    #expect(near(metric.raters[0].drift?.slope.value, -0.25))
    #expect(near(metric.arms?[0].mean?.value, 2.9375) && metric.arms?[0].items == 8)
  }

  @Test func `labels have shares by arm`() throws {
    var events = Events()
    for (item, label) in [("1", "good"), ("2", "good"), ("3", "bad")] {
      events.add("label", item, "ann") { ($0.a, $0.label) = ("m", label) }
    }
    let arm = try #require(try report(events.all).metrics[0].arms?.first)
    #expect(arm.labels?.map(\.label) == ["bad", "good"])
    #expect(arm.labels?.map(\.count) == [1, 2] && near(arm.labels?[1].share.value, 2.0 / 3))
  }

  @Test func `no events give an empty report, and an anchor that is not there is named`() throws {
    #expect(try report([]).metrics.isEmpty)
    #expect(throws: StoreError.self) { try report(Self.golden()) { $0.anchor = "four" } }
    #expect(throws: StoreError.self) { try report([]) { $0.resamples = 1 } }
  }

  @Test func `an item counts once however many ratings it has`() throws {
    // Arm A is rated nine times on even items and once on odd ones, B the other way round; on every
    // item B is half a point better.
    var events = Events()
    for item in 0..<30 {
      for arm in ["A", "B"] {
        let isOften = (item % 2 == 0) == (arm == "A")
        let score = (item % 2 == 0 ? 5.0 : 1) + (arm == "B" ? 0.5 : 0)
        for rater in 0..<(isOften ? 9 : 1) {
          events.score("\(item)", "r\(rater)", score, arm: arm)
          events.add("label", "\(item)", "r\(rater)") {
            ($0.a, $0.label) = (arm, item % 2 == 0 ? "good" : "bad")
          }
        }
      }
    }
    let metrics = try report(events.all).metrics
    let scores = try #require(metrics.first { $0.kind == "score" }?.arms)
    #expect(scores.map(\.mean?.value) == [3, 3.5] && scores.map(\.items) == [30, 30])
    let labels = try #require(metrics.first { $0.kind == "label" }?.arms)
    for arm in labels {
      #expect(arm.labels?.map(\.share.value) == [0.5, 0.5])
      #expect(arm.labels?.map(\.count).reduce(0, +) == 150)
    }
  }
}
