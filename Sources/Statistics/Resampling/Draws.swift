import Synchronization

/// The executor of resampling: one thread, unless the caller has more.
///
/// Resamples are divided into runs. Each resample has a random stream of its own and runs are put
/// back in their order, so that no bit of an answer depends on the threads or their timing.
package struct Draws<Failure: Error>: Sendable {
  /// Does each of so many shares once, on any threads and in any order; may throw to end them.
  package typealias Run =
    @Sendable (_ count: Int, _ share: @Sendable (Int) -> Void) throws(Failure) -> Void

  private let run: Run

  /// Draws whose shares `run` does.
  package init(_ run: @escaping Run) { self.run = run }

  /// The results of `body` for runs of 0..<`resamples`, in order, each resample of `unitCount`
  /// units.
  func shared<Part: Sendable>(
    _ resamples: Int, unitCount: Int, _ body: @Sendable (Range<Int>) -> Part
  ) throws(Failure) -> [Part] {
    let count = DrawShares.count(resamples: resamples, unitCount: unitCount)
    let parts = Mutex([Part?](repeating: nil, count: count))
    try run(count) { share in
      let part = body(resamples * share / count..<resamples * (share + 1) / count)
      parts.withLock { $0[share] = part }
    }
    return parts.withLock { $0.compactMap(\.self) }
  }
}

extension Draws<Never> {
  /// One share after the other.
  package static var inTurn: Draws<Never> {
    Draws { count, share in
      for number in 0..<count { share(number) }
    }
  }
}

/// The division of resamples into shares.
package enum DrawShares {
  /// About a third of a millisecond: what is worth another thread, and soon ended.
  private static let unitsPerShare = 1 << 18

  /// The number of shares for so many resamples.
  package static func count(resamples: Int, unitCount: Int) -> Int {
    let units = resamples.multipliedReportingOverflow(by: unitCount)
    return min(resamples, max(1, (units.overflow ? Int.max : units.partialValue) / unitsPerShare))
  }
}
