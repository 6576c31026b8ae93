import Model

/// `cosine`: the cosine of the angle between two vectors of a row, such as the embeddings of a text
/// and of an image (CLIP score without its factor).
struct CosineScorer: Scorer {
  let identity: ScorerIdentity
  private let first: String
  private let second: String

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    first = try options.requiredText("a", "a column of vectors")
    second = try options.requiredText("b", "another column of vectors")
  }

  var columns: ScorerColumns { ScorerColumns(required: [first, second]) }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let (one, two) = (try item.numbers(first), try item.numbers(second))
    guard one.count == two.count, !one.isEmpty else {
      throw ScoringFailure("the vectors have \(one.count) and \(two.count) elements")
    }
    guard let left = Self.unit(one), let right = Self.unit(two) else {
      throw ScoringFailure("a vector of zeros has no direction")
    }
    let cosine = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    return Score(min(max(cosine, -1), 1))
  }

  /// The vector of length 1 in the same direction; nil for a vector of zeros.
  private static func unit(_ vector: [Double]) -> [Double]? {
    let most = vector.lazy.map(abs).max() ?? 0
    guard most > 0 else { return nil }
    // Scaled by the largest element, so that no square overflows.
    let scaled = vector.map { $0 / most }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return scaled.map { $0 / length }
  }
}

/// `smoothness`: how little a trajectory changes its course.
///
/// With the steps d between its points and their changes c, it is 1 / (1 + Σ|c| / Σ|d|): 1 for
/// equal steps, about 1/3 for a path that turns back at every step. It does not depend on the
/// unit. A point is a number, or a list of numbers, whose distances are Euclidean.
struct SmoothnessScorer: Scorer {
  let identity: ScorerIdentity
  private let column: String

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    column = try options.requiredText("column", "a column of lists of numbers")
  }

  var columns: ScorerColumns { ScorerColumns(required: [column]) }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let points = try item.points(column)
    guard points.count >= 3 else {
      throw ScoringFailure("the list has \(points.count) points, and smoothness takes 3")
    }
    let steps = Self.differences(points)
    let length = Self.length(steps)
    // A path that never moves never turns.
    guard length > 0 else { return Score(1) }
    return Score(1 / (1 + Self.length(Self.differences(steps)) / length))
  }

  private static func differences(_ points: [[Double]]) -> [[Double]] {
    zip(points, points.dropFirst()).map { one, two in zip(two, one).map { $0 - $1 } }
  }

  private static func length(_ steps: [[Double]]) -> Double {
    steps.reduce(0) { sum, step in
      sum + step.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }
}

extension ScoredItem {
  /// A cell that is a list of numbers.
  /// - Throws: ``ScoringFailure`` for any other cell.
  func numbers(_ column: String) throws(ScoringFailure) -> [Double] {
    guard let items = try json(column).array else {
      throw ScoringFailure("the column '\(column)' is not a list of numbers")
    }
    return try Self.numbers(items, column)
  }

  /// A cell that is a list of numbers, or of lists of numbers of one length.
  /// - Throws: ``ScoringFailure`` for any other cell.
  func points(_ column: String) throws(ScoringFailure) -> [[Double]] {
    guard let items = try json(column).array else {
      throw ScoringFailure("the column '\(column)' is not a list of numbers")
    }
    var points: [[Double]] = []
    for item in items {
      let point = try Self.numbers(item.array ?? [item], column)
      guard point.count == points.first?.count ?? point.count else {
        throw ScoringFailure("the points in the column '\(column)' have different dimensions")
      }
      points.append(point)
    }
    return points
  }

  private static func numbers(
    _ items: [JSON], _ column: String
  ) throws(ScoringFailure) -> [Double] {
    let numbers = items.compactMap(\.double)
    guard numbers.count == items.count else {
      throw ScoringFailure("the column '\(column)' has an element that is not a number")
    }
    return numbers
  }
}
