import Access
import LiveRouting
import Model
import Service
import Store
import Synchronization
import TestSupport
import Testing
import Wire

/// The analysis of a version that takes another's place step by step, while it does.
@Suite struct RampExperimentTests {
  /// A clock that stands until it is moved.
  private final class Clock: Sendable {
    private let time = Mutex(Int64(1_790_000_000_000_000))

    func now() -> Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
    func move(minutes: Int64) { time.withLock { $0 += minutes * 60_000_000 } }
  }

  private let folder: TemporaryDirectory
  private let clock: Clock
  private let service: LocalStoreService
  private let rows: LocalRowService
  private let routers: LiveRouters
  private let chat: DatasetName
  private static let units = 1500

  /// Version 2 takes the place of version 1: a tenth for an hour, half for an hour, then all.
  init() throws {
    folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    let clock = Clock()
    self.clock = clock
    service = LocalStoreService(
      try Store(path: folder.path, clock: { clock.now() }), author: "tester")
    rows = service.rows()
    routers = service.liveRouters(recordingTo: rows)
    chat = try DatasetName("chat")
    for target in ["a", "b"] {
      let document = """
        {"schema":"route.rules/1","route":"chat","targets":{"a":{"provider":"p","model":"a"},\
        "b":{"provider":"p","model":"b"}},"rules":[],"default":{"target":"\(target)"}}
        """
      _ = try service.pushRules(chat, Array(document.utf8), RulesPushRequest())
    }
    _ = try service.deploy(chat, DeployRequest(version: "1"))
    var ramp = DeployRequest(version: "2")
    ramp.ramp = DeployRequest.Ramp(
      steps: [1000, 5000, 10_000], everySeconds: 3600, fields: ["principal.user"])
    _ = try service.deploy(chat, ramp)
    try routers.load(chat)
  }

  /// Decides three requests of each unit, and posts what came of them.
  /// - Parameter success: Of a unit that was given a version; nil when nothing is posted.
  private func serve(
    _ success: (_ unit: Int, _ version: Int) -> Bool? = { unit, _ in unit % 10 != 0 }
  ) throws {
    var outcomes: [String] = []
    for request in 0..<3 * Self.units {
      let unit = request % Self.units
      let context = "{\"principal\":{\"user\":\"u\(unit)\"},\"request\":{\"id\":\"r\(request)\"}}"
      let decided = try routers.decide(chat, Array(context.utf8), trusting: true)
      let made = try #require(decided)
      guard let success = success(unit, made.number) else { continue }
      outcomes.append("{\"decision_id\":\"\(made.id)\",\"success\":\(success ? 1 : 0)}\n")
    }
    #expect(routers.flush().isEmpty)
    _ = try rows.appendRows(
      to: try DatasetName("chat.outcomes"), Array(outcomes.joined().utf8), .lines,
      idempotencyKey: nil, as: .local)
    #expect(rows.sealDue(all: true).isEmpty)
  }

  @Test func `units are those that the ramp moves, and shares those of the step`() throws {
    try serve()
    let first = try service.experiment(ExperimentRequest(name: "chat"))
    #expect(first.by == "version" && first.request.control == "1" && first.request.version == "2")
    #expect(first.arms.map(\.variant) == ["1", "2"] && first.arms.map(\.share) == [0.9, 0.1])
    #expect(first.arms.map(\.target) == ["chat@1", "chat@2"])
    // Each unit once, however many requests it made.
    #expect(first.arms.reduce(0) { $0 + $1.units } == Self.units)
    #expect(first.arms.reduce(0) { $0 + $1.decisions } == 3 * Self.units)
    #expect(first.sampleRatio?.isAlarm == false && first.verdict == .continue)
    #expect(first.findings.isEmpty)

    clock.move(minutes: 61)
    let before = try service.experiment(ExperimentRequest(name: "chat"))
    #expect(before.arms.allSatisfy { $0.units == 0 }, "the step has just begun")
    try serve()
    let second = try service.experiment(ExperimentRequest(name: "chat"))
    #expect(second.arms.map(\.share) == [0.5, 0.5])
    #expect(second.arms.reduce(0) { $0 + $1.units } == Self.units)
    #expect(second.arms[1].units > first.arms[1].units)
    #expect(second.sampleRatio?.isAlarm == false && second.findings.isEmpty)

    var other = ExperimentRequest(name: "chat")
    other.control = "2"
    #expect(try service.experiment(other).arms.map(\.variant) == ["2", "1"])
    other.control = "3"
    #expect(throws: StoreError.self) { try service.experiment(other) }
    // All have moved: there is nothing to compare, and neither version splits.
    clock.move(minutes: 60)
    #expect(throws: StoreError.self) {
      try service.experiment(ExperimentRequest(name: "chat"))
    }
  }

  @Test func `decisions of a ramp are replayed by the chance over both versions`() throws {
    // What the new version gives is right half of the time for what it moved, else never.
    try serve { unit, version in version == 2 ? unit % 2 == 0 : false }
    for (tried, rate) in [(2, 0.5), (1, 0.0)] {
      var request = BacktestRequest(rules: "chat@\(tried)", on: "chat.decisions")
      request.active = "chat@1"
      let report = try service.backtest(request).document
      let worth = try #require(report.offPolicy)
      // A tenth was moved: ten times its rows stand for all.
      #expect(abs(worth.meanWeight - 1) < 0.1, "\(worth)")
      let success = try #require(report.pair?.metrics.first { $0.metric == "success" })
      #expect(abs((success.candidate?.value ?? 2) - rate) < 0.1, "\(success)")
    }
    var text: [UInt8] = []
    _ = try service.query(
      QueryRequest(
        sql: """
          SELECT version, min(ramp_propensity_ppm) AS least, max(ramp_propensity_ppm) AS most
          FROM "chat.decisions" GROUP BY version ORDER BY version
          """, format: .csv)
    ) { text += $0 }
    #expect(
      String(decoding: text, as: UTF8.self)
        == "version,least,most\n1,900000,900000\n2,100000,100000\n")
  }

  @Test func `a guardrail that breaks stops, and outcomes that go missing hold`() throws {
    clock.move(minutes: 61)
    try serve { unit, version in version == 2 ? unit % 2 == 0 : unit % 10 != 0 }
    var request = ExperimentRequest(name: "chat")
    request.planned = Self.units
    let stopped = try service.experiment(request)
    #expect(stopped.verdict == .stop && stopped.reasons == ["2 breaks success >= -0pp"])

    // Another plan for the same version keeps whom it took, and begins to count anew.
    var again = DeployRequest(version: "2")
    again.ramp = DeployRequest.Ramp(steps: [5000], everySeconds: 3600, fields: ["principal.user"])
    _ = try service.deploy(chat, again)
    try routers.load(chat)
    try serve { unit, version in version == 2 && unit % 2 == 0 ? nil : true }
    let held = try service.experiment(request)
    #expect(held.arms.map(\.share) == [0.5, 0.5])
    #expect(held.arms.reduce(0) { $0 + $1.units } == Self.units)
    #expect(held.sampleRatio?.isAlarm == false && held.outcomeRatio?.isAlarm == true)
    #expect(held.verdict == .hold)
    #expect(held.reasons[0].hasPrefix("units with an outcome are not split as planned"))
  }
}
