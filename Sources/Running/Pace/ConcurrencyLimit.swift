/// The number of calls that a provider may have at a time, which adapts to its answers.
///
/// It doubles after each clean round until the provider limits for the first time, falls to four
/// fifths for each episode of limiting, and grows by a twentieth per clean round afterwards. A
/// round is as many answers as the limit; it counts as growth only when the limit was nearly used.
package struct ConcurrencyLimit: Sendable {
  package private(set) var value: Int
  private let most: Int
  private var doubles = true
  private var left: Int
  private var peak = 0
  private var isClean = true
  private var episodeEnd = Duration.zero

  /// The time within which further refusals belong to the same episode.
  private static let episode = Duration.seconds(15)

  /// A limit that begins with `start` calls.
  package init(start: Int, most: Int) {
    self.most = max(1, most)
    value = max(1, min(start, most))
    left = value
  }

  /// Notes that a call has begun beside others.
  package mutating func began(inFlight: Int) { peak = max(peak, inFlight) }

  /// Notes an answer; one that came only after repetitions says nothing about the limit.
  package mutating func succeeded(isRepeated: Bool) {
    guard !isRepeated else { return }
    left -= 1
    guard left <= 0 else { return }
    if isClean, peak * 5 >= value * 4 {
      value = min(most, doubles ? value * 2 : value + max(1, value / 20))
    }
    beginRound()
  }

  /// Notes a failure of the provider, which holds growth back.
  package mutating func troubled() { isClean = false }

  /// Notes that the provider refused a call for its rate.
  package mutating func limited(at now: Duration, wait: Duration) {
    isClean = false
    guard now >= episodeEnd else { return }
    episodeEnd = now + max(wait, Self.episode)
    doubles = false
    value = max(1, value * 4 / 5)
    beginRound()
  }

  private mutating func beginRound() {
    left = value
    peak = 0
    isClean = true
  }
}
