/// Notices that a transfer stands still.
package struct StallWatch {
  /// The longest time without a byte moving while a body is sent or received.
  package static let transferLimit = Duration.seconds(60)
  /// The longest time for an answer: the server may be saving the rows of a large body, for
  /// example.
  package static let answerLimit = Duration.seconds(600)

  private var moved: ContinuousClock.Instant
  private var sent = 0
  private var received = 0
  private var isWaiting = false

  /// A watch over a transfer that begins now.
  package init(start: ContinuousClock.Instant) { moved = start }

  /// Returns true when the transfer may go on.
  /// - Parameter isWaiting: Whether all was sent and nothing has come back yet.
  package mutating func check(
    _ now: ContinuousClock.Instant, sent: Int, received: Int, isWaiting: Bool
  ) -> Bool {
    if sent != self.sent || received != self.received || isWaiting != self.isWaiting {
      moved = now
      self.sent = sent
      self.received = received
      self.isWaiting = isWaiting
    }
    return now - moved <= (isWaiting ? Self.answerLimit : Self.transferLimit)
  }
}
