import Model
import Wire

/// A metric whose values seem to be measured on another scale by one of two arms: from 0 to 1 by
/// one, up to 10 or 100 by the other, so that their difference means nothing.
struct ScaleChange: Sendable {
  let metric: String
  /// The name of the arm that is compared with the base.
  let candidate: String
  /// The name of the arm whose values all lie between 0 and 1.
  let small: String
  /// The name of the other arm.
  let large: String
  /// The largest value of the other arm.
  let largest: Double

  /// The least ratio of the means: scores of 1 to 5 are about 5 times the shares that they replace.
  private static let leastRatio = 4.0

  /// The change of scale between two arms' values of a metric; nil where there is none, or where
  /// the metric is an amount, which has no scale that it could leave.
  init?(
    _ metric: String, nature: MetricNature, base: (name: String, values: [Double?]),
    candidate: (name: String, values: [Double?])
  ) {
    if nature == .amount { return nil }
    let (one, two) = (base.values.compactMap(\.self), candidate.values.compactMap(\.self))
    if let largest = Self.largest(one, beside: two) {
      (small, large, self.largest) = (base.name, candidate.name, largest)
    } else if let largest = Self.largest(two, beside: one) {
      (small, large, self.largest) = (candidate.name, base.name, largest)
    } else {
      return nil
    }
    self.metric = metric
    self.candidate = candidate.name
  }

  /// The largest of `large` where these are on another scale than `small`; otherwise nil.
  private static func largest(_ small: [Double], beside large: [Double]) -> Double? {
    guard let largest = large.max(), small.allSatisfy({ (0...1).contains($0) }) else { return nil }
    let beyond = large.filter { $0 > 1 }
    // Nothing but zeros is on every scale, and nothing but ones may be the least of its scale.
    guard small.contains(where: { $0 > 0 }), small.contains(where: { $0 < 1 }),
      beyond.count * 2 >= large.count
    else { return nil }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    return mean(large) >= leastRatio * mean(small) ? largest : nil
  }

  var finding: ComparisonDocument.Finding { .init(metric, arm: candidate, text) }

  /// The message about it, after the metric's name.
  var text: String {
    "lies between 0 and 1 for \(small) and reaches \(largest.formatted) for \(large): "
      + "another scale, it seems"
  }
}

extension Double {
  /// The number for a message: without a fraction where it has none.
  fileprivate var formatted: String {
    self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self)
  }
}
