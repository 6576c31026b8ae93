import Statistics
import Model
import Wire

extension RatingReport {
  /// The preferred arm, from votes between two of them.
  func preference(
    _ ratings: [RatingCount.Rating]
  ) throws(StoreError) -> RatingReportDocument.Preference {
    let names = Set(ratings.flatMap { [$0.unit.a, $0.unit.b].compactMap { $0 } }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    let arms = names.map(\.string)
    let items = Clusters(labels: ratings.map(\.unit.item))
    var votes: [PairwiseVote] = []
    var seen: [PairwiseVote] = []
    for (place, rating) in ratings.enumerated() {
      let event = rating.event
      guard let a = event.a.flatMap({ numbers[$0] }), let b = event.b.flatMap({ numbers[$0] })
      else { continue }
      let isSwapped = event.shownLeft == "b"
      let choice: PairwiseVote.Choice =
        event.winner == "tie" ? .tie : (event.winner == "a") != isSwapped ? .left : .right
      let vote = PairwiseVote(
        item: items.codes[place], left: isSwapped ? b : a, right: isSwapped ? a : b,
        choice: choice)
      votes.append(vote)
      if event.shownLeft != nil { seen.append(vote) }
    }
    let wins = WinMatrix(votes, modelCount: arms.count)
    let anchor = request.anchor.flatMap { numbers[$0] } ?? 0
    var section = RatingReportDocument.Preference(
      arms: arms, votes: votes.count, ties: votes.count { $0.choice == .tie },
      wins: arms.indices.map { row in arms.indices.map { wins[row, $0] } }, anchor: arms[anchor],
      strengths: nil, refusal: nil, groups: nil,
      position: position(seen, unrecorded: votes.count - seen.count))
    let groups = wins.groups
    guard groups.count == 1 else {
      section.groups = groups.map { group in group.map { arms[$0] } }
      section.refusal =
        "wins do not lead from every arm to every other, so no strengths fit them: the groups have "
        + "no wins in both directions between them; collect votes between the groups"
      return section
    }
    if let fitted = try BradleyTerryIntervals(
      votes, modelCount: arms.count, anchor: anchor, resamples: request.resamples,
      seed: request.seed, level: Self.level, draws: AnalysisControl.draws)
    {
      section.strengths = strengths(arms, fitted.fit, fitted)
    } else if let fit = BradleyTerry(wins, anchor: anchor) {
      section.strengths = strengths(arms, fit, nil)
      section.refusal =
        items.count < 2
        ? "there are no intervals from one item; rate more"
        : "there are no intervals: without a few items, wins no longer connect the arms; rate more"
    }
    return section
  }

  private func strengths(
    _ arms: [String], _ fit: BradleyTerry, _ intervals: BradleyTerryIntervals?
  ) -> [RatingReportDocument.Preference.Strength] {
    arms.indices.map { arm in
      let interval = intervals?.strengths[arm]
      return RatingReportDocument.Preference.Strength(
        arm: arms[arm],
        beta: .init(value: fit.strengths[arm], lower: interval?.lower, upper: interval?.upper),
        rating: .init(
          value: fit.ratings[arm], lower: interval?.lower.map(BradleyTerry.rating),
          upper: interval?.upper.map(BradleyTerry.rating)),
        bestRank: intervals?.ranks[arm].lowerBound, worstRank: intervals?.ranks[arm].upperBound)
    }.sorted { ($1.beta.value, DataText($0.arm)) < ($0.beta.value, DataText($1.arm)) }
  }

  private func position(
    _ votes: [PairwiseVote], unrecorded: Int
  ) -> RatingReportDocument.Preference.Position? {
    PositionBias(votes, level: Self.level).map {
      RatingReportDocument.Preference.Position(
        difference: .init(
          value: $0.difference, lower: $0.interval.lower, upper: $0.interval.upper),
        pValue: $0.pValue, decided: $0.decidedCount, ties: $0.tieCount, unrecorded: unrecorded)
    }
  }
}
