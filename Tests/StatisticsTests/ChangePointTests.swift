import Statistics
import TestSupport
import Testing

@Suite struct ChangePointTests {
  @Test func `two steps are found where they are`() {
    var random = SeededGenerator(seed: 8)
    let values = (0..<45).map { place in
      (place < 15 ? 0.5 : place < 32 ? 0.8 : 0.6) + Double.random(in: -0.05...0.05, using: &random)
    }
    let found = ChangePoints.find(values, seed: 1)
    #expect(found.map(\.position) == [15, 32])
    #expect(found.allSatisfy { $0.pValue <= 0.05 })
    #expect(near(found.first?.before, 0.5, 0.03) && near(found.first?.after, 0.7, 0.1))
    #expect(found == ChangePoints.find(values, seed: 1))
  }

  @Test func `too few positions, and level ones, have no change`() {
    #expect(ChangePoints.find([], seed: 1).isEmpty)
    #expect(ChangePoints.find([1], seed: 1).isEmpty)
    #expect(ChangePoints.find([0, 0, 9, 9], seed: 1).isEmpty)
    #expect(ChangePoints.find([3, 3, 3, 3, 3, 3, 3, 3, 3], seed: 1).isEmpty)
    #expect(ChangePoints.find([0, 0, 0, 0, 0, 9, 9, 9, 9, 9], seed: 1).map(\.position) == [5])
  }

  @Test func `noise alone is flagged at no more than the stated rate`() {
    var random = SeededGenerator(seed: 77)
    var alarms = 0
    for series in 0..<300 {
      let values = (0..<12).map { _ in Double.random(in: 0...1, using: &random) }
      if !ChangePoints.find(values, resamples: 99, seed: UInt64(series)).isEmpty { alarms += 1 }
    }
    // 15 expected; three standard errors above are 26.
    #expect(alarms <= 26 && alarms > 2)
  }
}
