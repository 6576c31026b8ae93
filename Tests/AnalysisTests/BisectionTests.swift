import Analysis
import Testing

@Suite struct BisectionTests {
  @Test(arguments: 2...64)
  func `a step is found by looking at few versions`(step: Int) throws {
    var seen: Set<Int> = []
    let found = try Bisection.find(from: 1, to: 64, threshold: 0.5) { version in
      seen.insert(version)
      return version < step ? 0.9 : 0.1
    }
    #expect(
      found == Bisection(version: step, previous: step - 1, before: 0.9, after: 0.1))
    #expect(seen.count <= 8)
  }

  @Test func `versions without a number are passed over and named`() throws {
    let numbers: [Int: Double] = [1: 1, 2: 1, 6: 3, 9: 3]
    let found = try Bisection.find(from: 1, to: 9, threshold: nil) { numbers[$0] }
    #expect(found?.version == 6 && found?.previous == 2)
    #expect(found?.skipped == [3, 4, 5])
  }

  @Test func `numbers on one side of the threshold never moved`() throws {
    #expect(try Bisection.find(from: 1, to: 9, threshold: 5) { Double($0) / 10 } == nil)
    #expect(try Bisection.find(from: 1, to: 9, threshold: nil) { _ in 1 } == nil)
    #expect(try Bisection.find(from: 1, to: 9, threshold: nil) { _ in nil } == nil)
  }
}
