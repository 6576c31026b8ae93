/// Asks, once per so much work, whether a query has to end; for functions whose one call can take
/// longer than the query may.
struct WorkMeter {
  /// The query has to end; its state knows why.
  struct Stopped: Error {}

  private let state: QueryState
  private var untilAsked = Self.step

  /// Steps on single bytes between two questions: a millisecond or less.
  private static let step = 1 << 20

  init(_ state: QueryState) { self.state = state }

  /// Counts `count` steps.
  @inline(__always)
  mutating func spend(_ count: Int) throws(Stopped) {
    untilAsked -= count
    if untilAsked < 0 { try ask() }
  }

  private mutating func ask() throws(Stopped) {
    untilAsked = Self.step
    if state.mustStop() { throw Stopped() }
  }
}
