import LiveRouting
import Model
import Routing
import Synchronization
import TestSupport
import Testing
import Wire

/// Live routers over a source and a row service in memory.
@Suite struct LiveRoutersTests {
  /// A clock that stands until it is moved.
  private final class Clock: Sendable {
    private let time = Mutex(Int64(1_790_000_000_000_000))

    func now() -> Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
    func move(minutes: Int64) { time.withLock { $0 += minutes * 60_000_000 } }
  }

  private let source = ScriptedRuleSource()
  private let rows = ScriptedRowService()
  private let clock = Clock()
  private let routers: LiveRouters
  private let chat: DatasetName
  private let decisions: DatasetName

  /// Version 1 serves the canary to 5 % of units and is live; version 2 to half of them.
  init() throws {
    chat = try DatasetName("chat")
    decisions = try DatasetName("chat.decisions")
    for weight in [500, 5000] {
      try source.push(StoreServiceContract.rules(weight: weight), to: chat)
    }
    source.deploy(1, of: chat, at: clock.now())
    routers = Self.routers(source, rows, clock)
  }

  private static func routers(
    _ source: ScriptedRuleSource, _ rows: ScriptedRowService?, _ clock: Clock,
    samplePPM: Int = 1_000_000, waitingLimit: Int = 50_000
  ) -> LiveRouters {
    LiveRouters(
      source, unitKey: Array("key".utf8), clock: { clock.now() }, recordingTo: rows,
      samplePPM: samplePPM, waitingLimit: waitingLimit)
  }

  private func context(_ unit: Int) -> [UInt8] {
    Array(#"{"principal":{"user":"u\#(unit)"},"request":{"id":"r\#(unit)"}}"#.utf8)
  }

  @Test func `nothing is decided before the rules are read, and nothing is read to decide`() throws
  {
    #expect(try routers.decide(chat, context(1), trusting: true) == nil)
    #expect(source.reads == 0)
    try routers.loadAll()
    let reads = source.reads
    for unit in 0..<100 {
      let made = try #require(try routers.decide(chat, context(unit), trusting: true))
      #expect(made.number == 1 && made.deploymentID == "chat#3")
    }
    #expect(source.reads == reads)
  }

  @Test func `a deployment of another process decides after the next refresh`() throws {
    try routers.loadAll()
    source.deploy(2, of: chat, at: clock.now())
    #expect(try routers.decide(chat, context(1), trusting: true)?.number == 1)
    try routers.refresh()
    #expect(try routers.decide(chat, context(1), trusting: true)?.number == 2)
    let reads = source.reads
    try routers.refresh()
    #expect(source.reads == reads + 1, "only the head is read while nothing changes")
  }

  @Test func `a router without a deployment is missing`() throws {
    let idle = try DatasetName("idle")
    try source.push(StoreServiceContract.rules(), to: idle)
    for name in [idle, try DatasetName("none")] {
      let error = #expect(throws: StoreError.self) { try routers.load(name) }
      #expect(error?.kind == .missing)
    }
    try routers.loadAll()
    #expect(routers.names == [chat])
  }

  @Test func `the state changes with a deployment and with each step of a ramp`() throws {
    try routers.loadAll()
    var states = [try #require(routers.state(of: chat))]
    source.deploy(
      2, of: chat, at: clock.now(),
      ramp: .init(
        over: 1, steps: [1000, 10_000], seconds: 3600, salt: "s", fields: ["principal.user"]))
    try routers.refresh()
    states.append(try #require(routers.state(of: chat)))
    let before = try (0..<500).map {
      try #require(try routers.decide(chat, context($0), trusting: true)).number
    }
    #expect((20...80).contains(before.count { $0 == 2 }), "a tenth of 500 units")
    clock.move(minutes: 61)
    states.append(try #require(routers.state(of: chat)))
    #expect(try routers.decide(chat, context(1), trusting: true)?.number == 2)
    #expect(Set(states).count == 3)
    #expect(routers.state(of: decisions) == nil)
  }

  @Test func `a version is tried out as if it were live, and not recorded`() throws {
    let made = try routers.tryOut(chat, version: "2", context(1), trusting: true)
    #expect(made.number == 2 && made.deploymentID == nil)
    #expect(try routers.tryOut(chat, version: nil, context(1), trusting: true).number == 1)
    #expect(routers.recording?.waiting == 0)
  }

  @Test func `a decision is recorded with its names and without its context`() throws {
    try routers.loadAll()
    let trace = (trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331")
    let made = try #require(
      try routers.decide(chat, context(1), trusting: true, trace: trace))
    #expect(routers.recording(of: chat)?.waiting == 1)
    #expect(rows.lines(of: decisions) == [])
    #expect(routers.flush().isEmpty)
    #expect(routers.recording(of: chat)?.recorded == 1 && routers.recording?.waiting == 0)
    let line = try #require(rows.lines(of: decisions).first)
    for part in [
      #""decision_id":"\#(made.id)""#, #""route":"chat""#, #""version":1"#,
      #""assigned_target":"\#(made.decision.target.name)""#, #""trace_id":"\#(trace.trace)""#,
      #""span_id":"\#(trace.span)""#, #""deployment_id":"chat#3""#,
      #""context_digest":"\#(Digest(hashing: context(1)))""#, #""sample_ppm":1000000"#,
    ] {
      #expect(line.contains(part), "\(part) in \(line)")
    }
    #expect(!line.contains("u1"), "the unit is recorded as a hash only")
  }

  @Test func `decisions that cannot be written are reported and counted`() throws {
    try routers.loadAll()
    rows.fail(with: StoreError(.unavailable, "the disk is gone"))
    _ = try routers.decide(chat, context(1), trusting: true)
    let failures = routers.flush()
    #expect(failures.map(\.route) == [chat] && failures.first?.error.kind == .unavailable)
    #expect(routers.recording(of: chat)?.dropped == 1)
    rows.fail(with: nil)
    _ = try routers.decide(chat, context(2), trusting: true)
    #expect(routers.flush().isEmpty)
    #expect(routers.recording(of: chat)?.recorded == 1 && routers.recording?.dropped == 1)
  }

  @Test func `decisions beyond those that may wait are dropped and counted`() throws {
    let small = Self.routers(source, rows, clock, waitingLimit: 10)
    try small.loadAll()
    for unit in 0..<15 { _ = try small.decide(chat, context(unit), trusting: true) }
    #expect(small.recording?.waiting == 10 && small.recording?.dropped == 5)
    #expect(small.flush().isEmpty)
    #expect(small.recording?.recorded == 10 && rows.lines(of: decisions).count == 10)
  }

  @Test func `many decisions are written in parts that a row service takes`() throws {
    try routers.loadAll()
    for unit in 0..<5000 { _ = try routers.decide(chat, context(unit), trusting: true) }
    #expect(routers.flush().isEmpty)
    #expect(rows.appends.count == 2 && rows.appends.reduce(0, +) == 5000, "\(rows.appends)")
    #expect(rows.lines(of: decisions).count == 5000 && routers.recording?.recorded == 5000)
  }

  @Test func `a sample is recorded, and the rest counted`() throws {
    let sampled = Self.routers(source, rows, clock, samplePPM: 250_000)
    try sampled.load(chat)
    for unit in 0..<2000 { _ = try sampled.decide(chat, context(unit), trusting: true) }
    let counts = try #require(sampled.recording(of: chat))
    #expect(counts.waiting + counts.unsampled == 2000)
    #expect((380...620).contains(counts.waiting))
  }

  @Test func `a decision for no unit of the context is not recorded where one is needed`() throws {
    try routers.loadAll()
    let made = try #require(
      try routers.decide(chat, Array("{}".utf8), trusting: true, needsUnit: true))
    #expect(made.missingUnit != nil && routers.recording?.waiting == 0)
  }

  @Test func `an invalid context is refused with its place`() throws {
    try routers.loadAll()
    let error = #expect(throws: StoreError.self) {
      try routers.decide(chat, Array("{\"a\"".utf8), trusting: true)
    }
    #expect(error?.kind == .usage && error?.message.contains("byte") == true)
    #expect(routers.recording?.waiting == 0)
  }
}
