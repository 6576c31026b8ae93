package import Providers

/// A provider's quota as its answers report it: what is left now, by the last report and by the
/// calls that went out since.
///
/// A report is taken for the state at the moment at which its call went out, since providers count
/// a call when it arrives. A fiftieth of the quota is kept back. Below a tenth of it, calls follow
/// one another as the quota fills, so that it does not run dry all at once.
package struct QuotaBucket: Sendable {
  private let limit: Double
  private let perSecond: Double
  private var level: Double
  /// The moment of ``level``.
  private var time: Duration
  /// The moment at which the call of the last report went out.
  private var reported: Duration
  private var lastTake: Duration?

  /// The seconds of a window without a reset of its own.
  private static let window = 60.0

  /// A quota by its first report.
  /// - Parameter later: The units of calls that went out after the one that the report came with.
  package init(_ quota: RateReport.Quota, sentAt: Duration, now: Duration, later: Double) {
    self.init(quota, sentAt: sentAt, now: now, later: later, lastTake: nil)
  }

  private init(
    _ quota: RateReport.Quota, sentAt: Duration, now: Duration, later: Double, lastTake: Duration?
  ) {
    let limit = Double(quota.limit)
    let used = limit - Double(quota.remaining)
    var perSecond = limit / Self.window
    // A longer window, such as a day. Resets are rounded, so that only those that say much count.
    if let reset = quota.reset, reset > .seconds(Self.window) || used * 10 >= limit, used > 0 {
      perSecond = min(perSecond, used / max(reset / .seconds(1), 0.001))
    }
    self.limit = limit
    self.perSecond = max(perSecond, 1e-6)
    self.lastTake = lastTake
    reported = sentAt
    time = now
    level = min(limit, limit - used + perSecond * ((now - sentAt) / .seconds(1))) - later
  }

  /// Takes a report up, unless a later one was.
  package mutating func follow(
    _ quota: RateReport.Quota, sentAt: Duration, now: Duration, later: Double
  ) {
    guard sentAt >= reported else { return }
    self = QuotaBucket(quota, sentAt: sentAt, now: now, later: later, lastTake: lastTake)
  }

  /// The time until a call of `count` units may go out.
  package mutating func wait(for count: Int, at now: Duration) -> Duration {
    fill(at: now)
    let units = min(Double(count), limit * 0.9)
    let needed = units + limit / 50 - level
    var wait = needed <= 1e-9 ? Duration.zero : .seconds(needed / perSecond)
    if level < limit / 10, let lastTake {
      wait = max(wait, lastTake + .seconds(units / perSecond) - now)
    }
    return wait
  }

  /// Notes that a call goes out.
  package mutating func take(_ count: Int, at now: Duration) {
    fill(at: now)
    level -= Double(count)
    lastTake = now
  }

  private mutating func fill(at now: Duration) {
    let passed = (now - time) / .seconds(1)
    if passed > 0 { level = min(limit, level + passed * perSecond) }
    time = max(time, now)
  }
}

/// The quotas of a provider's account, and the calls by which they are followed.
struct AccountQuotas: Sendable {
  private var requests: QuotaBucket?
  private var tokens: QuotaBucket?
  /// A call that went out lately.
  private struct Call {
    let at: Duration
    let tokens: Int
    var isOpen = true
  }

  private var recent: [Call] = []
  private static let remembered = 20_000
  /// The time within which a call that went out may not have arrived.
  private static let passage = Duration.seconds(5)

  mutating func wait(tokens count: Int, at now: Duration) -> Duration {
    max(requests?.wait(for: 1, at: now) ?? .zero, tokens?.wait(for: count, at: now) ?? .zero)
  }

  mutating func began(tokens count: Int, at now: Duration) {
    requests?.take(1, at: now)
    tokens?.take(count, at: now)
    recent.append(Call(at: now, tokens: count))
    if recent.count > Self.remembered { recent.removeFirst(Self.remembered / 2) }
  }

  /// Notes the end of a call that went out at `sentAt`.
  mutating func ended(sentAt: Duration) {
    let place = recent.lastIndex { $0.at == sentAt && $0.isOpen }
    if let place { recent[place].isOpen = false }
  }

  /// Takes up what an answer reports; its call went out at `sentAt`, and has ended.
  mutating func heard(_ report: RateReport, sentAt: Duration, now: Duration) {
    // Calls that went out a little earlier may have arrived later.
    let later = recent.reversed().prefix { $0.at > sentAt - Self.passage }.filter {
      $0.at > sentAt || $0.isOpen
    }
    if let quota = report.requests {
      Self.follow(&requests, quota, sentAt, now, Double(later.count))
    }
    if let quota = report.tokens {
      Self.follow(&tokens, quota, sentAt, now, Double(later.reduce(0) { $0 + $1.tokens }))
    }
  }

  private static func follow(
    _ bucket: inout QuotaBucket?, _ quota: RateReport.Quota, _ sentAt: Duration, _ now: Duration,
    _ later: Double
  ) {
    if bucket == nil {
      bucket = QuotaBucket(quota, sentAt: sentAt, now: now, later: later)
    } else {
      bucket?.follow(quota, sentAt: sentAt, now: now, later: later)
    }
  }
}
