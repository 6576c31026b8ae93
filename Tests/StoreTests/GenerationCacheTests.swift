import Store
import Synchronization
import Testing

@Suite struct GenerationCacheTests {
  /// A clock that stands still until it is moved.
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  @Test func `what is not used for two lifetimes goes, and what is used stays`() {
    let clock = Clock()
    let cache = GenerationCache<Int, Int>(cost: 1000, lifetime: .seconds(60)) { clock.now }
    cache.insert(1, 10, cost: 1)
    cache.insert(2, 20, cost: 1)
    for minute in 3...10 {
      clock.advance(.seconds(60))
      cache.insert(minute, minute, cost: 1)
      #expect(cache.value(2) == 20)
    }
    #expect(cache.value(1) == nil)
    #expect(cache.value(10) == 10)
    #expect(cache.value(8) == nil)
  }

  @Test func `entries cost at most what the cache may`() {
    let cache = GenerationCache<Int, Int>(cost: 10)
    for key in 0..<100 { cache.insert(key, key, cost: 1) }
    #expect((0..<100).count { cache.value($0) != nil } <= 10)
    cache.insert(200, 200, cost: 6)
    #expect(cache.value(200) == nil)
  }

  @Test func `what is removed is gone and costs nothing`() {
    let cache = GenerationCache<Int, Int>(cost: 20)
    for key in 0..<15 { cache.insert(key, key, cost: 1) }
    cache.remove(0..<14)
    #expect((0..<15).map { cache.value($0) } == [Int?](repeating: nil, count: 14) + [14])
    for key in 20..<29 { cache.insert(key, key, cost: 1) }
    #expect(cache.value(14) == 14 && (20..<29).allSatisfy { cache.value($0) == $0 })
  }
}
