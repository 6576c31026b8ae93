import Foundation

/// The positions of numbers on an axis.
struct Scale {
  /// Equal steps, or equal factors where numbers span so much that steps would hide the small ones.
  enum Kind { case linear, logarithmic }

  let kind: Kind
  let ticks: [Double]
  private let least: Double
  private let greatest: Double
  private let start: Double
  private let end: Double

  /// An axis from `start` to `end` (in pixels) with room for all `values`.
  /// - Parameters:
  ///   - bounds: What the axis never goes beyond: 0...1 for rates.
  ///   - startsAtZero: Whether 0 is on it, where no value is below.
  init(
    _ values: [Double], from start: Double, to end: Double, bounds: ClosedRange<Double>? = nil,
    startsAtZero: Bool = false, mayBeLogarithmic: Bool = false
  ) {
    var least = values.min() ?? 0
    var greatest = values.max() ?? 1
    self.start = start
    self.end = end
    let positive = values.filter { $0 > 0 }
    if mayBeLogarithmic, least >= 0, let smallest = positive.min(), greatest / smallest > 30 {
      kind = .logarithmic
      let decades = Self.decades(smallest, greatest)
      // What costs nothing stands at the edge, which is as far from the rest as can be.
      ticks = (least == 0 ? [0] : []) + decades
      let edge = least == 0 ? smallest / 3 : min(smallest, decades.first ?? smallest)
      self.least = log10(edge)
      self.greatest = log10(max(greatest * 1.1, decades.last ?? greatest))
      return
    }
    kind = .linear
    if startsAtZero, least > 0 { least = 0 }
    if least == greatest { (least, greatest) = (least - abs(least) / 2, greatest + 1) }
    let room = (greatest - least) * 0.04
    if !(startsAtZero && least == 0) { least -= room }
    greatest += room
    if let bounds {
      least = max(least, bounds.lowerBound)
      greatest = min(greatest, bounds.upperBound)
    }
    self.least = least
    self.greatest = greatest
    ticks = Self.steps(least, greatest)
  }

  /// The pixel of a number.
  func place(_ value: Double) -> Double {
    let position = kind == .linear ? value : log10(max(value, .leastNormalMagnitude))
    let share = greatest > least ? (position - least) / (greatest - least) : 0.5
    return start + min(max(share, 0), 1) * (end - start)
  }

  /// Round numbers within a range, about five of them.
  private static func steps(_ least: Double, _ greatest: Double) -> [Double] {
    let rough = (greatest - least) / 5
    guard rough > 0, rough.isFinite else { return [] }
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    let first = (least / step).rounded(.up)
    let last = (greatest / step).rounded(.down)
    guard last >= first else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// 1, 2 and 5 times the powers of ten around a range; only the powers where those are many.
  private static func decades(_ least: Double, _ greatest: Double) -> [Double] {
    let powers = Int(log10(least).rounded(.down))...Int(log10(greatest).rounded(.up))
    let factors = powers.count > 4 ? [1.0] : [1, 2, 5]
    let all = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
    let inside = all.filter { $0 >= least / 1.2 && $0 <= greatest * 1.2 }
    return inside.count > 1 ? inside : all
  }
}
