/// The moments at which the calls of a target under one load after the other go out.
///
/// The first load is held by waiting: so many calls at a time. Each further one is an open loop:
/// calls go out at the rate at which so many would be under way if each took as long as under the
/// first, whether earlier ones have ended or not. So a provider that gets slower gets no fewer
/// calls, and its latencies show that (coordinated omission is what hides it).
package struct LoadSchedule: Sendable {
  /// The calls at a time; nil while an open loop runs.
  package private(set) var atOnce: Int?
  private var total = Duration.zero
  private var count = 0
  private var interval = Duration.zero
  private var next = Duration.zero

  /// A schedule that waits for its first load.
  package init() {}

  /// Begins a load; `isFirst` is true for the first of a target.
  package mutating func begin(_ load: Int, isFirst: Bool, at now: Duration) {
    if isFirst {
      (atOnce, total, count) = (load, .zero, 0)
      return
    }
    // Without an answer under the first load there is no rate: this one is held by waiting too.
    atOnce = count == 0 ? load : nil
    interval = count == 0 ? .zero : total / count / load
    next = now
  }

  /// The moment at which the next call is due; nil when it waits for others to end.
  package var due: Duration? { atOnce == nil ? next : nil }

  /// Notes that a call goes out, and returns how late that is.
  package mutating func take(at now: Duration) -> Duration {
    guard atOnce == nil else { return .zero }
    defer { next += interval }
    return max(.zero, now - next)
  }

  /// Notes the time that an answer took.
  package mutating func measured(_ time: Duration) {
    guard atOnce != nil else { return }
    total += time
    count += 1
  }
}
