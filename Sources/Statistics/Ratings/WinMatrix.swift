/// The wins of each model over each other, a tie counting half a win to each.
package struct WinMatrix: Sendable, Hashable {
  /// The number of models.
  package let modelCount: Int
  private var wins: [Double]

  /// No votes yet among `modelCount` models.
  package init(modelCount: Int) {
    self.modelCount = modelCount
    wins = [Double](repeating: 0, count: modelCount * modelCount)
  }

  /// The votes counted; models of the votes are below `modelCount`.
  package init(_ votes: [PairwiseVote], modelCount: Int) {
    self.init(modelCount: modelCount)
    for vote in votes { add(vote, times: 1) }
  }

  /// The wins of `winner` over `loser`, ties as halves.
  package subscript(winner: Int, loser: Int) -> Double { wins[winner * modelCount + loser] }

  /// Counts a vote `times` over.
  mutating func add(_ vote: PairwiseVote, times: Double) {
    precondition(vote.left < modelCount && vote.right < modelCount)
    let share = vote.choice == .tie ? 0.5 * times : times
    if vote.choice != .right { wins[vote.left * modelCount + vote.right] += share }
    if vote.choice != .left { wins[vote.right * modelCount + vote.left] += share }
  }

  /// The models in groups within which wins lead from each to each; one group means connected.
  ///
  /// Only then do Bradley–Terry strengths exist (Ford 1957): a model that never lost, or groups
  /// that never met, have no finite difference.
  package var groups: [[Int]] {
    let reach = (0..<modelCount).map { reachable(from: $0) }
    var seen = [Bool](repeating: false, count: modelCount)
    var groups: [[Int]] = []
    for model in 0..<modelCount where !seen[model] {
      let group = (0..<modelCount).filter { reach[model][$0] && reach[$0][model] }
      for member in group { seen[member] = true }
      groups.append(group)
    }
    return groups
  }

  /// True when wins lead from every model to every other.
  package var isConnected: Bool {
    if modelCount == 0 { return false }
    return reachable(from: 0).allSatisfy { $0 }
      && reachable(from: 0, against: true).allSatisfy { $0 }
  }

  private func reachable(from start: Int, against: Bool = false) -> [Bool] {
    var seen = [Bool](repeating: false, count: modelCount)
    var open = [start]
    seen[start] = true
    while let model = open.popLast() {
      for other in 0..<modelCount where !seen[other] {
        if (against ? self[other, model] : self[model, other]) > 0 {
          seen[other] = true
          open.append(other)
        }
      }
    }
    return seen
  }
}
