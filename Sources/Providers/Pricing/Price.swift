package import Model

/// A price: what a provider asks for one unit of a model, from one moment until another.
package struct Price: Sendable, Hashable {
  /// The thing that is paid for.
  package enum Unit: String, Sendable, CaseIterable {
    /// Input tokens that came from no cache.
    case input
    case cacheRead = "cache_read"
    case cacheWrite5m = "cache_write_5m"
    case cacheWrite1h = "cache_write_1h"
    case output
    case image
    case request
    /// A second of audio or video.
    case second
    /// The time of a machine, whatever it does.
    case hour, month
  }

  package let provider: String
  package let model: String
  package let unit: Unit
  /// Picodollars for one unit.
  package let picodollars: Int64
  /// The first moment at which it holds.
  package let from: Timestamp
  /// The first moment at which it does not hold any more; nil for one that holds.
  package let until: Timestamp?
  /// Empty for the usual price, `above:200000` for calls with more input tokens than that, or a
  /// name such as `batch`.
  package let tier: String
  /// The table that it is from.
  package let source: String

  /// A price with all members.
  package init(
    provider: String, model: String, unit: Unit, picodollars: Int64, from: Timestamp,
    until: Timestamp?, tier: String, source: String
  ) {
    self.provider = provider
    self.model = model
    self.unit = unit
    self.picodollars = picodollars
    self.from = from
    self.until = until
    self.tier = tier
    self.source = source
  }

  /// The number of input tokens that a call has to exceed; nil for a tier of another kind.
  var above: Int? {
    tier.isEmpty ? 0 : tier.hasPrefix("above:") ? Int(tier.dropFirst("above:".count)) : nil
  }
}

/// The cost of a call.
package struct Cost: Sendable, Hashable {
  /// Nil when a unit that was used has no price, or nothing is known of what was used: an unknown
  /// cost is not zero.
  package let nanodollars: Int64?
  /// The units that were used and have no price, and tokens that have one and were not reported.
  package let unpriced: [Price.Unit]

  /// A cost, and the units that are not in it.
  package init(nanodollars: Int64?, unpriced: [Price.Unit]) {
    self.nanodollars = nanodollars
    self.unpriced = unpriced
  }
}

/// Prices to look up.
package struct PriceTable: Sendable {
  private let prices: [Price]

  /// A table of prices in any order.
  package init(_ prices: [Price]) { self.prices = prices }

  /// The cost of a call that was answered at `time`.
  ///
  /// It is computed in integers of 128 bits and rounded to nanodollars once, halves upwards.
  package func cost(
    of usage: Usage, provider: String, model: String, at time: Timestamp
  ) -> Cost {
    let valid = prices.filter {
      $0.provider.hasBytes(of: provider) && $0.model.hasBytes(of: model) && $0.from <= time
        && $0.until.map { time < $0 } ?? true
    }
    let counts: [(unit: Price.Unit, count: Int?)] = [
      (.input, usage.input), (.cacheRead, usage.cacheRead), (.cacheWrite5m, usage.cacheWrite5m),
      (.cacheWrite1h, usage.cacheWrite1h), (.output, usage.output), (.image, usage.images),
    ]
    let size = usage.allInput ?? 0
    var sum: Int128 = 0
    var unpriced: [Price.Unit] = []
    func price(_ unit: Price.Unit) -> Price? {
      // The highest tier that the call reaches.
      valid.filter { price in
        price.unit == unit && price.above.map { $0 == 0 || size > $0 } == true
      }.max { ($0.above ?? 0, $0.from) < ($1.above ?? 0, $1.from) }
    }
    for (unit, count) in counts {
      // What is paid for and was not reported is not known to be nothing.
      if count == nil, [.input, .output].contains(unit), let price = price(unit),
        price.picodollars > 0
      {
        unpriced.append(unit)
      }
      guard let count, count > 0 else { continue }
      // An image whose tokens are paid for has no price of its own.
      if unit == .image, usage.output != nil, price(.output) != nil, price(.image) == nil {
        continue
      }
      guard let price = price(unit) else {
        unpriced.append(unit)
        continue
      }
      sum += Int128(count) * Int128(price.picodollars)
    }
    if let request = price(.request) { sum += Int128(request.picodollars) }
    let isKnown = counts.contains { $0.count != nil } || price(.request) != nil
    let nano = Int64(exactly: (sum + 500) / 1_000)
    return Cost(nanodollars: isKnown && unpriced.isEmpty ? nano : nil, unpriced: unpriced)
  }
}
