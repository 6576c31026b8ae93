/// A series of numbers as a line of blocks: ▁▃▅█.
package enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// The blocks of finite `values`, the least the lowest.
  ///
  /// Of more than `width` values each block stands for the mean of several neighbours. One level is
  /// drawn as a line in the middle.
  package static func text(_ values: [Double], width: Int = 60) -> String {
    precondition(width > 0)
    let heights = fitted(values, width)
    guard let least = heights.min(), let greatest = heights.max() else { return "" }
    return String(
      heights.map { height in
        guard greatest > least else { return blocks[blocks.count / 2 - 1] }
        // Halves first, so that the span of two huge numbers stays finite.
        let share = (height / 2 - least / 2) / (greatest / 2 - least / 2)
        return blocks[min(Int(share * Double(blocks.count)), blocks.count - 1)]
      })
  }

  private static func fitted(_ values: [Double], _ width: Int) -> [Double] {
    guard values.count > width else { return values }
    return (0..<width).map { place in
      let stretch = values[place * values.count / width..<(place + 1) * values.count / width]
      return stretch.reduce(0) { $0 + $1 / Double(stretch.count) }
    }
  }
}
