import Model

/// An answer of a judge, in the form that it was asked for.
package struct JudgeVerdict: Sendable, Hashable {
  /// The better one of two outputs, by the order in which they were shown.
  enum Winner: String, Sendable, CaseIterable {
    case first, second, tie
  }

  /// Its judgement of the output, or of two.
  enum Opinion: Sendable, Hashable {
    case score(Double)
    case label(JudgeScorer.Label)
    case winner(Winner)
  }

  let opinion: Opinion
  let reason: String?
}

extension JudgeScorer {
  /// Reads an answer: one JSON object, also within a Markdown fence, and nothing else.
  /// - Throws: ``ScoringFailure`` for any other text, and for a value that was not asked for.
  package func verdict(_ text: String) throws(ScoringFailure) -> JudgeVerdict {
    let plain = [Normalization.stripFence, .trim].applied(to: text)
    guard let members = (try? JSON(text: plain))?.object else {
      throw ScoringFailure("the judge's answer is not a JSON object: \(Self.beginning(text))")
    }
    let opinion: JudgeVerdict.Opinion? =
      switch question {
      case .score(let least, let most):
        members["score"]?.double.flatMap { (least...most).contains($0) ? .score($0) : nil }
      case .label(let labels):
        (members["label"]?.string).flatMap { name in
          labels.first { $0.name.hasBytes(of: name) }.map { .label($0) }
        }
      case .pair:
        (members["winner"]?.string).flatMap(JudgeVerdict.Winner.init).map { .winner($0) }
      }
    guard let opinion else {
      throw ScoringFailure(
        "the judge's answer is none of those asked for: \(Self.beginning(text))")
    }
    return JudgeVerdict(opinion: opinion, reason: members["reason"]?.string)
  }

  private static func beginning(_ text: String) -> String {
    let line = TerminalText.line(text)
    return line.count > 80 ? line.prefix(80) + "…" : line
  }

  /// The score of an output by the votes of its judge, of which more than half have to be readable.
  /// - Throws: ``ScoringFailure`` with the first reason otherwise.
  package func score(
    _ votes: [Result<JudgeVerdict, ScoringFailure>]
  ) throws(ScoringFailure) -> Score {
    let (verdicts, failure) = Self.split(votes)
    if let failure { throw failure }
    var values: [Double] = []
    var words: [String] = []
    for verdict in verdicts {
      switch verdict.opinion {
      case .score(let score):
        values.append(score)
        words.append(JSON.shortest(score))
      case .label(let label):
        values.append(label.value)
        words.append(label.name)
      case .winner: throw ScoringFailure("a judge of single outputs named a winner")
      }
    }
    let mean = values.reduce(0, +) / Double(values.count)
    var detail = words.joined(separator: ", ")
    // Of several votes, the numbers say more than the reason of one.
    if words.count == 1, let reason = verdicts[0].reason { detail += ": " + reason }
    if isYesOrNo { return Score(.bool(mean == 1), detail: detail) }
    return Score(.number(mean), detail: detail)
  }

  /// True for two labels that are worth 0 and 1, of which one is given.
  private var isYesOrNo: Bool {
    guard case .label(let labels) = question, votes == 1 else { return false }
    return labels.allSatisfy { $0.value == 0 || $0.value == 1 }
  }

  private static func split(
    _ votes: [Result<JudgeVerdict, ScoringFailure>]
  ) -> (verdicts: [JudgeVerdict], failure: ScoringFailure?) {
    var verdicts: [JudgeVerdict] = []
    var failure: ScoringFailure?
    for vote in votes {
      switch vote {
      case .success(let verdict): verdicts.append(verdict)
      case .failure(let one): failure = failure ?? one
      }
    }
    if verdicts.count * 2 > votes.count { return (verdicts, nil) }
    return (verdicts, failure ?? ScoringFailure("the judge was not asked"))
  }
}

/// The votes on an output and another one, in both orders.
package struct PairVotes: Sendable {
  /// Votes in which the output was shown first, and those in which it was shown second, in the same
  /// order.
  private let shownFirst: [Result<JudgeVerdict, ScoringFailure>]
  private let shownSecond: [Result<JudgeVerdict, ScoringFailure>]

  /// The same number of votes in both orders.
  package init(
    shownFirst: [Result<JudgeVerdict, ScoringFailure>],
    shownSecond: [Result<JudgeVerdict, ScoringFailure>]
  ) {
    self.shownFirst = shownFirst
    self.shownSecond = shownSecond
  }

  /// The numbers of votes that are readable in both orders, and of those that disagree.
  package var counts: (judged: Int, differently: Int) {
    let readable = results.compactMap { try? $0.get() }
    return (readable.count, readable.count { $0.isDisagreement })
  }

  /// The output's result of each vote: 1 for a win, 0 for a loss, 0.5 for a tie.
  ///
  /// Where the two orders disagree it is a tie.
  fileprivate var results: [Result<(value: Double, isDisagreement: Bool), ScoringFailure>] {
    zip(shownFirst, shownSecond).map { first, second in
      switch (first, second) {
      case (.failure(let failure), _), (_, .failure(let failure)): return .failure(failure)
      case (.success(let first), .success(let second)):
        guard case .winner(let one) = first.opinion, case .winner(let two) = second.opinion else {
          return .failure(ScoringFailure("a judge of pairs named no winner"))
        }
        switch (one, two) {
        case (.first, .second): return .success((1, false))
        case (.second, .first): return .success((0, false))
        case (.tie, .tie): return .success((0.5, false))
        default: return .success((0.5, true))
        }
      }
    }
  }
}

extension JudgeScorer {
  /// The name of the part that has the share of votes in which the two orders disagreed.
  package static let disagreement = "disagreed"

  /// The score of an output against others: the mean of its results, 1 for a win and 0.5 for a tie.
  /// - Throws: ``ScoringFailure`` where at most half of the votes against one of them are readable.
  package func score(against others: [PairVotes]) throws(ScoringFailure) -> Score {
    var means: [Double] = []
    var (disagreements, count) = (0, 0)
    for pair in others {
      var values: [Double] = []
      var failure: ScoringFailure?
      for result in pair.results {
        switch result {
        case .success(let (value, isDisagreement)):
          values.append(value)
          if isDisagreement { disagreements += 1 }
          count += 1
        case .failure(let one): failure = failure ?? one
        }
      }
      guard values.count * 2 > pair.results.count else {
        throw failure ?? ScoringFailure("the judge was not asked")
      }
      means.append(values.reduce(0, +) / Double(values.count))
    }
    guard !means.isEmpty else {
      throw ScoringFailure("there is no other output of this item to compare it with")
    }
    let share = Double(disagreements) / Double(count)
    return Score(
      .number(means.reduce(0, +) / Double(means.count)),
      detail: disagreements == 0
        ? nil : "a tie in \(disagreements) of \(count) comparisons, whose two orders disagree",
      parts: [.init(name: Self.disagreement, value: .number(share))])
  }
}
