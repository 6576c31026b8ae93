/// A symmetric positive definite matrix, factored as LLᵀ (Cholesky).
struct PositiveMatrix {
  private let factor: [[Double]]

  /// Factors `matrix`; nil where it is not positive definite.
  init?(_ matrix: [[Double]]) {
    var factor = matrix
    for row in matrix.indices {
      for column in 0...row {
        var sum = matrix[row][column]
        for inner in 0..<column { sum -= factor[row][inner] * factor[column][inner] }
        if row == column {
          if !(sum > 0) { return nil }
          factor[row][row] = sum.squareRoot()
        } else {
          factor[row][column] = sum / factor[column][column]
        }
      }
    }
    self.factor = factor
  }

  /// The vector that the matrix takes to `right`.
  func solve(_ right: [Double]) -> [Double] {
    var solution = right
    for row in solution.indices {
      for inner in 0..<row { solution[row] -= factor[row][inner] * solution[inner] }
      solution[row] /= factor[row][row]
    }
    for row in solution.indices.reversed() {
      for inner in row + 1..<solution.count {
        solution[row] -= factor[inner][row] * solution[inner]
      }
      solution[row] /= factor[row][row]
    }
    return solution
  }

  /// The diagonal of the inverse.
  var inverseDiagonal: [Double] {
    factor.indices.map { place in
      var unit = [Double](repeating: 0, count: factor.count)
      unit[place] = 1
      return solve(unit)[place]
    }
  }
}
