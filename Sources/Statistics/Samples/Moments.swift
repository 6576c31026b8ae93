/// Mean and spread of a column, in two passes and in the order of the rows.
struct Moments {
  let count: Int
  let mean: Double
  /// The sum of squared distances from the mean; exactly 0 where all values are equal but for the
  /// last bits that subtraction leaves.
  let squares: Double

  init(_ values: [Double]) {
    count = values.count
    guard let first = values.first else {
      (mean, squares) = (0, 0)
      return
    }
    // Distances from the first value keep the digits of values with a large common part.
    var sum = 0.0
    for value in values { sum += value - first }
    let shift = sum / Double(values.count)
    var squares = 0.0
    var largest = 0.0
    for value in values {
      let distance = (value - first) - shift
      squares += distance * distance
      largest = max(largest, abs(value))
    }
    let noise = 1e-14 * largest
    mean = first + shift
    self.squares = squares <= noise * noise * Double(values.count) ? 0 : squares
  }

  /// The variance with n − 1 below, or nil for fewer than two values.
  var variance: Double? { count < 2 ? nil : squares / Double(count - 1) }

  /// The square root of the variance.
  var deviation: Double? { variance.map { $0.squareRoot() } }
}
