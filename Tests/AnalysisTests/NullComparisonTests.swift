import Analysis
import Statistics
import Model
import TestSupport
import Testing
import Wire

@Suite(.tags(.slow), .unlessFast) struct NullStatisticsTests {
  /// The stated rate of `count` comparisons, and three standard errors of counting them.
  private func limit(_ count: Double) -> Int {
    Int(0.05 * count + 3 * (count * 0.05 * 0.95).squareRoot())
  }

  /// An arm whose rows of one document share their luck.
  private func side(_ name: String, _ random: inout RandomStream) -> ComparisonSide {
    var success: [Double?] = []
    var score: [Double?] = []
    var luck = 0.0
    for row in 0..<60 {
      // The luck of this arm with this document: drawn once for three rows.
      if row % 3 == 0 { luck = random.unit() }
      success.append(random.unit() < luck ? 1 : 0)
      score.append(luck + random.unit())
    }
    return TestTable.side(
      name,
      [
        ("success", .numbers(success)), ("score", .numbers(score)),
        ("document", .texts((0..<60).map { "d\($0 / 3)" })),
      ])
  }

  private func alarms(of count: Int, clustered: Bool) throws -> Int {
    var alarms = 0
    for number in 0..<count {
      var random = RandomStream(seed: 9, stream: UInt64(number))
      let sides = [side("a", &random), side("b", &random)]
      let document = try TestTable.compare(sides) {
        $0.resamples = 100
        $0.cluster = clustered ? "document" : nil
      }
      if document.pairs[0].metrics.contains(where: { $0.verdict != .unclear }) { alarms += 1 }
    }
    return alarms
  }

  @Test func `where nothing differs, clusters keep false alarms at the stated rate`() throws {
    let alarms = try alarms(of: 2_000, clustered: true)
    #expect(alarms <= limit(2_000))
  }

  @Test func `without its clusters the same data raises more`() throws {
    let alarms = try alarms(of: 200, clustered: false)
    #expect(alarms > limit(200))
  }
}
