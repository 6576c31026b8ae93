import Model

/// `frechet`: the Fréchet distance between the normal distributions of two columns of vectors (FID
/// of images, FVD of videos): |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½).
///
/// Heusel and others, "GANs Trained by a Two Time-Scale Update Rule" (2017). There is no interval:
/// the estimate's bias depends on the number of items, and drawing them again adds to it
/// (Chong and Forsyth, "Effectively Unbiased FID", 2020).
struct FrechetScorer: SetScorer {
  let identity: ScorerIdentity
  private let first: String
  private let second: String

  /// The largest product of items and dimensions squared, about a minute of work.
  private static let workLimit = 4_000_000_000

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    first = try options.requiredText("a", "a column of vectors")
    second = try options.requiredText("b", "another column of vectors")
    guard try options.scope() != .item else {
      throw options.fault("a Fréchet distance is that of a set; leave 'scope' out")
    }
  }

  var columns: ScorerColumns { ScorerColumns(required: [first, second]) }

  func score(_ items: [[ScoredItem]]) -> SetScore {
    var one: [[Double]] = []
    var two: [[Double]] = []
    var errors = 0
    var note: String?
    for item in items.joined() {
      do throws(ScoringFailure) {
        let (left, right) = (try item.numbers(first), try item.numbers(second))
        let width = one.first?.count ?? left.count
        guard !left.isEmpty, left.count == width, right.count == width else {
          throw ScoringFailure("the vectors have \(left.count) and \(right.count) elements")
        }
        one.append(left)
        two.append(right)
      } catch {
        errors += 1
        note = note ?? error.message
      }
    }
    guard one.count > 1 else {
      return SetScore(
        note: note ?? "a covariance takes two outputs", scored: one.count, errors: errors)
    }
    let width = one[0].count
    guard min(one.count, width) * min(one.count, width) * max(one.count, width) < Self.workLimit
    else {
      return SetScore(
        note: "\(one.count) vectors of \(width) elements are more than is computed here",
        scored: one.count, errors: errors)
    }
    return SetScore(
      value: FrechetDistance.value(one, two, items.first?.first?.cancellation ?? { false }),
      note: "no interval: its bias depends on the number of items", scored: one.count,
      errors: errors)
  }
}

/// The Fréchet distance between two samples of vectors.
enum FrechetDistance {
  /// The distance, with covariances over n − 1 as `numpy.cov` has them.
  ///
  /// With centered samples X₁ = Q₁R₁ and X₂ = Q₂R₂, the trace of (Σ₁Σ₂)^½ is the sum of the
  /// singular values of R₁R₂ᵀ, over the root of (n₁ − 1)(n₂ − 1): no root of a matrix is needed,
  /// and a singular matrix does no harm. It ends at once, with any value, when `isCancelled` says
  /// that none is wanted.
  static func value(
    _ one: [[Double]], _ two: [[Double]], _ isCancelled: () -> Bool = { false }
  ) -> Double {
    let (left, right) = (Centered(one, isCancelled), Centered(two, isCancelled))
    let means = zip(left.mean, right.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let product = left.triangle.map { row -> [Double] in
      isCancelled()
        ? [] : right.triangle.map { other in zip(row, other).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let root =
      singularValues(product, isCancelled).reduce(0, +)
      / (Double(one.count - 1) * Double(two.count - 1)).squareRoot()
    return max(0, means + left.variance + right.variance - 2 * root)
  }

  /// A sample with its mean taken off.
  private struct Centered {
    let mean: [Double]
    /// The trace of the covariance.
    let variance: Double
    /// R of the sample's QR decomposition, by Householder's reflections.
    let triangle: [[Double]]

    init(_ rows: [[Double]], _ isCancelled: () -> Bool) {
      let count = Double(rows.count)
      let width = rows[0].count
      var mean = [Double](repeating: 0, count: width)
      for row in rows { for place in 0..<width { mean[place] += row[place] } }
      for place in 0..<width { mean[place] /= count }
      self.mean = mean
      let centered = rows.map { row in zip(row, mean).map { $0 - $1 } }
      variance = centered.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } } / (count - 1)
      triangle = Self.triangle(centered, isCancelled)
    }

    private static func triangle(
      _ rows: [[Double]], _ isCancelled: () -> Bool
    ) -> [[Double]] {
      var rows = rows
      let height = min(rows.count, rows[0].count)
      for column in 0..<height where !isCancelled() {
        let square = (column..<rows.count).reduce(0) { $0 + rows[$1][column] * rows[$1][column] }
        guard square > 0 else { continue }
        let pivot = rows[column][column]
        let length = pivot > 0 ? -square.squareRoot() : square.squareRoot()
        let factor = square - length * pivot
        guard factor > 0 else { continue }
        var mirror = (column..<rows.count).map { rows[$0][column] }
        mirror[0] -= length
        for other in column..<rows[0].count {
          var sum = 0.0
          for (offset, part) in mirror.enumerated() { sum += part * rows[column + offset][other] }
          let share = sum / factor
          for (offset, part) in mirror.enumerated() {
            rows[column + offset][other] -= share * part
          }
        }
      }
      return Array(rows[..<height])
    }
  }

  /// The singular values of a matrix, by one-sided Jacobi rotations of its rows.
  private static func singularValues(
    _ matrix: [[Double]], _ isCancelled: () -> Bool
  ) -> [Double] {
    var rows = matrix
    for _ in 0..<60 {
      var isDone = true
      for one in 0..<rows.count where !isCancelled() {
        for two in one + 1..<max(one + 1, rows.count) {
          if rotate(&rows, one, two) { isDone = false }
        }
      }
      if isDone { break }
    }
    return rows.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  }

  /// Makes two rows orthogonal; false when they are already.
  private static func rotate(_ rows: inout [[Double]], _ one: Int, _ two: Int) -> Bool {
    var (first, second, both) = (0.0, 0.0, 0.0)
    for (left, right) in zip(rows[one], rows[two]) {
      first += left * left
      second += right * right
      both += left * right
    }
    guard abs(both) > 1e-15 * (first * second).squareRoot(), both != 0 else { return false }
    let ratio = (second - first) / (2 * both)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = cosine * tangent
    for place in rows[one].indices {
      let (left, right) = (rows[one][place], rows[two][place])
      rows[one][place] = cosine * left - sine * right
      rows[two][place] = sine * left + cosine * right
    }
    return true
  }
}
