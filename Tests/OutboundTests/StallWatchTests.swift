import Outbound
import Testing

/// When a transfer stands still.
@Suite struct StallWatchTests {
  private let start = ContinuousClock.now

  @Test func `a transfer may stand still for a minute, and bytes begin it anew`() {
    var watch = StallWatch(start: start)
    func check(_ seconds: Int, _ sent: Int, _ received: Int) -> Bool {
      watch.check(
        start + .seconds(seconds), sent: sent, received: received, isWaiting: false)
    }
    #expect(check(60, 0, 0))
    #expect(check(61, 1, 0))
    #expect(check(121, 1, 0))
    #expect(check(122, 1, 1))
    #expect(!check(183, 1, 1))
  }

  @Test func `an answer may take ten minutes`() {
    var watch = StallWatch(start: start)
    func check(_ seconds: Int) -> Bool {
      watch.check(start + .seconds(seconds), sent: 9, received: 0, isWaiting: true)
    }
    #expect(check(1) && check(601))
    #expect(!check(602))
  }
}
