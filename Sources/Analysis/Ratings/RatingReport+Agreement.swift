import Statistics
import Model
import Wire

extension RatingReport {
  /// The agreement of raters on what two or more of them rated.
  func agreement(
    _ ratings: [RatingCount.Rating], kind: String
  ) throws(StoreError) -> RatingReportDocument.Agreement {
    let units = Dictionary(grouping: ratings, by: \.unit).values.filter { $0.count > 1 }
      // By their first ratings, so that resamples are the same every time.
      .sorted { $0[0].moment < $1[0].moment }
    let codes = codes(ratings, kind: kind)
    let answers = units.map { unit in unit.map { codes[Self.answer($0, kind)] ?? 0 } }
    let distances: [KrippendorffAlpha.Metric] =
      kind == "score" ? [.ordinal, .interval] : [.nominal]
    var alphas: [RatingReportDocument.Agreement.Alpha] = []
    for distance in distances {
      let alpha = try KrippendorffAlpha.estimate(
        answers, metric: distance, resamples: request.resamples, seed: request.seed,
        level: Self.level, draws: AnalysisControl.draws)
      guard let alpha else { continue }
      alphas.append(.init(distance: distance.rawValue, alpha: .init(alpha)))
    }
    var note: String?
    if units.isEmpty {
      note = "no two raters rated the same"
    } else if alphas.isEmpty {
      note = "all answers are the same: agreement cannot be told from habit"
    }
    return RatingReportDocument.Agreement(
      units: units.count, alphas: alphas, pairs: pairs(units, kind: kind), note: note)
  }

  /// The answer of a rating, whichever of the two arms was written first.
  private static func answer(_ rating: RatingCount.Rating, _ kind: String) -> DataText {
    switch kind {
    case "score": DataText("\(rating.event.value ?? 0)")
    case "label": DataText(rating.event.label ?? "")
    default: winner(rating)
    }
  }

  /// The winner of the two arms, counted by name and not by position: with the names themselves,
  /// chance would seem to have more answers than a pair has.
  private static func winner(_ rating: RatingCount.Rating) -> DataText {
    let event = rating.event
    guard event.winner != "tie" else { return "tie" }
    let name = event.winner == "a" ? event.a : event.b
    return name.map { DataText($0) } == rating.unit.a ? "first" : "second"
  }

  /// A number for each answer: a score is its own.
  private func codes(_ ratings: [RatingCount.Rating], kind: String) -> [DataText: Double] {
    if kind == "score" {
      return Dictionary(
        ratings.map { (Self.answer($0, kind), $0.event.value ?? 0) }, uniquingKeysWith: { $1 })
    }
    let answers = Set(ratings.map { Self.answer($0, kind) }).sorted()
    return Dictionary(uniqueKeysWithValues: zip(answers, answers.indices.map(Double.init)))
  }

  private func pairs(
    _ units: [[RatingCount.Rating]], kind: String
  ) -> [RatingReportDocument.Agreement.Pair] {
    struct Names: Hashable {
      let first: DataText
      let second: DataText
    }
    var common: [Names: (first: [DataText], second: [DataText])] = [:]
    for unit in units {
      let sorted = unit.sorted { $0.rater < $1.rater }
      for (index, one) in sorted.enumerated() {
        for two in sorted[(index + 1)...] {
          let names = Names(first: one.rater, second: two.rater)
          common[names, default: ([], [])].first.append(Self.answer(one, kind))
          common[names, default: ([], [])].second.append(Self.answer(two, kind))
        }
      }
    }
    return common.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
      .map { names, answers in
        let kappa = CohenKappa(answers.first, answers.second, level: Self.level)
        let same = zip(answers.first, answers.second).count { $0 == $1 }
        return RatingReportDocument.Agreement.Pair(
          first: names.first.string, second: names.second.string, units: answers.first.count,
          agreement: Double(same) / Double(answers.first.count),
          kappa: kappa.map {
            .init(value: $0.value, lower: $0.interval?.lower, upper: $0.interval?.upper)
          })
      }
  }
}
