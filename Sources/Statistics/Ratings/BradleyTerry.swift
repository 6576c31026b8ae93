/// Strengths of models from pairwise preferences: P(i beats j) = 1/(1 + e^(β_j − β_i)).
///
/// Bradley and Terry (1952). Maximum likelihood with ties as half a win to each, anchored at one
/// model; the same as a binomial regression without intercept.
package struct BradleyTerry: Sendable, Hashable {
  /// The strength β of each model, 0 for the anchor.
  package let strengths: [Double]
  /// The standard error of each strength from the information matrix; nil for the anchor.
  ///
  /// They take votes as independent; votes on one item are not, so intervals come from
  /// ``BradleyTerryIntervals``.
  package let standardErrors: [Double?]
  /// The model whose strength is 0.
  package let anchor: Int

  /// Fits the strengths; nil where the wins do not connect all models, or there is only one.
  ///
  /// A few steps of Hunter's minorise-maximise algorithm (Annals of Statistics 32, 2004), which
  /// cannot overshoot, then Newton's.
  package init?(_ wins: WinMatrix, anchor: Int = 0) {
    if wins.modelCount < 2 || anchor < 0 || anchor >= wins.modelCount || !wins.isConnected {
      return nil
    }
    var strengths = Self.climb(wins)
    var information = Self.slope(wins, strengths, anchor).information
    for _ in 0..<100 {
      let (gradient, matrix) = Self.slope(wins, strengths, anchor)
      information = matrix
      guard let step = PositiveMatrix(matrix)?.solve(gradient) else { return nil }
      // A long step leaves the region where the likelihood is nearly a parabola.
      let longest = step.reduce(0) { max($0, abs($1)) }
      let scale = longest > 1 ? 1 / longest : 1
      for (place, model) in Self.free(wins.modelCount, anchor).enumerated() {
        strengths[model] += step[place] * scale
      }
      if longest < 1e-13 { break }
    }
    guard let inverse = PositiveMatrix(information)?.inverseDiagonal else { return nil }
    var errors = [Double?](repeating: nil, count: wins.modelCount)
    for (place, model) in Self.free(wins.modelCount, anchor).enumerated() {
      errors[model] = inverse[place].squareRoot()
    }
    let base = strengths[anchor]
    self.strengths = strengths.map { $0 - base }
    standardErrors = errors
    self.anchor = anchor
  }

  /// The strengths as ratings of the Elo scale, 400·β/ln 10 + 1000.
  package var ratings: [Double] { strengths.map(Self.rating) }

  /// The rating of the strength `beta`, 1000 for the anchor's 0.
  package static func rating(_ beta: Double) -> Double {
    400 * beta / 2.302_585_092_994_045_7 + 1_000
  }

  private static func free(_ count: Int, _ anchor: Int) -> [Int] {
    (0..<count).filter { $0 != anchor }
  }

  private static func climb(_ wins: WinMatrix) -> [Double] {
    let count = wins.modelCount
    var worth = [Double](repeating: 1, count: count)
    for _ in 0..<20 {
      var next = worth
      for model in 0..<count {
        var won = 0.0
        var weight = 0.0
        for other in 0..<count where other != model {
          won += wins[model, other]
          weight += (wins[model, other] + wins[other, model]) / (worth[model] + worth[other])
        }
        next[model] = won / weight
      }
      let mean = next.reduce(0, +) / Double(count)
      worth = next.map { $0 / mean }
    }
    return worth.map(Elementary.log)
  }

  /// The gradient and the information matrix over all models but the anchor.
  private static func slope(
    _ wins: WinMatrix, _ strengths: [Double], _ anchor: Int
  ) -> (gradient: [Double], information: [[Double]]) {
    let models = free(wins.modelCount, anchor)
    var gradient = [Double](repeating: 0, count: models.count)
    var information = [[Double]](
      repeating: [Double](repeating: 0, count: models.count), count: models.count)
    for (row, model) in models.enumerated() {
      for other in 0..<wins.modelCount where other != model {
        let met = wins[model, other] + wins[other, model]
        if met == 0 { continue }
        let probability = 1 / (1 + Elementary.exp(strengths[other] - strengths[model]))
        gradient[row] += wins[model, other] - met * probability
        let weight = met * probability * (1 - probability)
        information[row][row] += weight
        if other != anchor { information[row][other > anchor ? other - 1 : other] -= weight }
      }
    }
    return (gradient, information)
  }
}
