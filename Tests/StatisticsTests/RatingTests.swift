import Statistics
import TestSupport
import Testing

@Suite struct RatingTests {
  @Test func `kappa agrees with statsmodels`() throws {
    for one in try ReferenceCase.named("kappa") {
      let found = CohenKappa(try one.column("first"), try one.column("second"))
      guard let found else { continue }
      try one.check(found.value, "value", tolerance: 1e-12)
      guard let error = found.standardError else {
        let wanted = try #require(one.expected["error"])[0]
        #expect(wanted ?? 0 < 1e-5)
        continue
      }
      try one.check(error, "error", tolerance: 1e-11)
      try one.check(found.interval, "interval", tolerance: 1e-11)
    }
    #expect(CohenKappa([Int](), [Int]()) == nil)
    #expect(CohenKappa(["a", "a"], ["a", "a"]) == nil)
    #expect(CohenKappa(["a", "b"], ["a", "b"])?.value == 1)
  }

  @Test func `alpha agrees with the krippendorff package`() throws {
    for one in try ReferenceCase.named("alpha") {
      let scores = try #require(one.given["scores"])
      let raters = try one.count("raters")
      let itemCount = scores.count / raters
      let items = (0..<itemCount).map { item in
        (0..<raters).compactMap { scores[$0 * itemCount + item] }
      }
      for metric in KrippendorffAlpha.Metric.allCases {
        let found = KrippendorffAlpha.of(items, metric: metric)
        try one.check(found, metric.rawValue, tolerance: 1e-12)
      }
    }
  }

  @Test func `alpha of too little is nil, of full agreement 1`() throws {
    for metric in KrippendorffAlpha.Metric.allCases {
      #expect(KrippendorffAlpha.of([], metric: metric) == nil)
      #expect(KrippendorffAlpha.of([[1], [2], []], metric: metric) == nil)
      #expect(KrippendorffAlpha.of([[2, 2], [2, 2]], metric: metric) == nil)
      #expect(KrippendorffAlpha.of([[1, 1], [3, 3], [2]], metric: metric) == 1)
    }
    let items: [[Double]] = (0..<30).map { (place: Int) -> [Double] in
      let first = place % 4
      let second = place.isMultiple(of: 5) ? first + 1 : first
      return [Double(first), Double(second)]
    }
    let found = try #require(
      KrippendorffAlpha.estimate(items, metric: .ordinal, resamples: 200, seed: 2))
    let interval = try #require(found.interval)
    #expect(interval.contains(found.value) && found.rowCount == 30)
  }

  static func votes(_ flat: [Double]) -> [PairwiseVote] {
    stride(from: 0, to: flat.count, by: 3).map { place in
      PairwiseVote(
        item: place / 6, left: Int(flat[place]), right: Int(flat[place + 1]),
        choice: PairwiseVote.Choice.allCases[Int(flat[place + 2])])
    }
  }

  @Test func `Bradley–Terry agrees with statsmodels`() throws {
    for one in try ReferenceCase.named("bradleyterry") {
      let votes = Self.votes(try one.column("votes"))
      let models = try one.count("models")
      let fit = try #require(BradleyTerry(WinMatrix(votes, modelCount: models)))
      for model in 0..<models {
        try one.check(fit.strengths[model], "strengths", model)
        try one.check(fit.standardErrors[model], "errors", model)
      }
      let other = try #require(BradleyTerry(WinMatrix(votes, modelCount: models), anchor: 2))
      #expect(near(other.strengths[1] - other.strengths[0], fit.strengths[1], 1e-10))
    }
    #expect(near(BradleyTerry.rating(-0.47039704490144907), 918.2836636382818, 1e-9))
    #expect(near(BradleyTerry.rating(-0.7746330983341763), 865.4324479575392, 1e-9))
  }

  @Test func `strengths are refused where wins do not connect all models`() {
    func vote(_ left: Int, _ right: Int, _ choice: PairwiseVote.Choice) -> PairwiseVote {
      PairwiseVote(item: 0, left: left, right: right, choice: choice)
    }
    let unbeaten = WinMatrix([vote(0, 1, .left), vote(1, 2, .tie)], modelCount: 3)
    #expect(!unbeaten.isConnected && BradleyTerry(unbeaten) == nil)
    #expect(unbeaten.groups == [[0], [1, 2]])
    let apart = WinMatrix([vote(0, 1, .tie), vote(2, 3, .tie)], modelCount: 4)
    #expect(!apart.isConnected && apart.groups == [[0, 1], [2, 3]])
    let tied = WinMatrix([vote(0, 1, .tie)], modelCount: 2)
    #expect(BradleyTerry(tied)?.strengths == [0, 0])
    #expect(BradleyTerry(WinMatrix(modelCount: 0)) == nil)
    #expect(BradleyTerry(WinMatrix(modelCount: 1)) == nil)
  }

  @Test func `a lopsided board still converges`() throws {
    var votes: [PairwiseVote] = []
    for model in 0..<9 {
      for repeated in 0..<200 {
        let choice: PairwiseVote.Choice = repeated == 0 ? .right : .left
        votes.append(PairwiseVote(item: repeated, left: model, right: model + 1, choice: choice))
      }
    }
    let fit = try #require(BradleyTerry(WinMatrix(votes, modelCount: 10)))
    for model in 0..<10 {
      #expect(near(fit.strengths[model], -Double(model) * Elementary.log(199), 1e-8))
    }
  }

  @Test func `intervals come from whole items and hold the order of clear winners`() throws {
    var random = SeededGenerator(seed: 12)
    var votes: [PairwiseVote] = []
    for item in 0..<120 {
      for (left, right) in [(0, 1), (1, 2), (2, 0)] {
        let chance = left == 0 ? 0.8 : right == 0 ? 0.2 : 0.7
        let choice: PairwiseVote.Choice =
          Double.random(in: 0..<1, using: &random) < chance ? .left : .right
        votes.append(PairwiseVote(item: item, left: left, right: right, choice: choice))
      }
    }
    let found = try #require(
      BradleyTerryIntervals(votes, modelCount: 3, resamples: 200, seed: 9))
    #expect(found.ranks == [1...1, 2...2, 3...3])
    #expect(found.strengths[0].lower == 0 && found.strengths[0].upper == 0)
    #expect(found.strengths[1].contains(found.fit.strengths[1]) && found.itemCount == 120)
    let again = BradleyTerryIntervals(votes, modelCount: 3, resamples: 200, seed: 9)
    #expect(found == again)
    #expect(BradleyTerryIntervals([], modelCount: 3, seed: 9) == nil)
    let thin = [
      PairwiseVote(item: 0, left: 0, right: 1, choice: .left),
      PairwiseVote(item: 1, left: 0, right: 1, choice: .right),
    ]
    #expect(BradleyTerryIntervals(thin, modelCount: 2, resamples: 100, seed: 9) == nil)
  }

  @Test func `position bias counts sides and leaves ties out`() throws {
    func votes(_ left: Int, _ right: Int, _ ties: Int) -> [PairwiseVote] {
      let choices =
        Array(repeating: PairwiseVote.Choice.left, count: left)
        + Array(repeating: .right, count: right) + Array(repeating: .tie, count: ties)
      return choices.map { PairwiseVote(item: 0, left: 0, right: 1, choice: $0) }
    }
    let bias = try #require(PositionBias(votes(8, 2, 5)))
    #expect(near(bias.difference, 0.6) && near(bias.pValue, 0.109375))
    #expect(bias.decidedCount == 10 && bias.tieCount == 5)
    #expect(bias.interval.contains(bias.difference))
    #expect(PositionBias(votes(0, 0, 3)) == nil)
  }

  @Test func `rater drift agrees with scipy`() throws {
    for one in try ReferenceCase.named("drift") {
      let others = try #require(one.given["others"])
      let found = try #require(RaterDrift(scores: one.column("scores"), others: others))
      try one.check(found.slope, "slope", tolerance: 1e-11)
      try one.check(found.standardError, "error", tolerance: 1e-11)
      try one.check(found.pValue, "p", tolerance: 1e-10)
      try one.check(found.leniency, "mean", tolerance: 1e-12)
    }
    #expect(RaterDrift(scores: [1, 2], others: [1, 1]) == nil)
    #expect(RaterDrift(scores: [1, 1, 1], others: [1, 1, 1]) == nil)
    #expect(RaterDrift(scores: [1, 1, 1], others: [nil, nil, nil]) == nil)
    #expect(RaterDrift(scores: [1, 2, 3], others: [1, 1, 1])?.pValue == 0)
  }
}
