import Access
import Model
import Platform
import Service
import TestSupport
import Testing
import Wire

/// Calls of a client that has gone.
@Suite struct CancellationTests {
  private let desk: Desk
  private let service: LocalStoreService

  init() throws {
    desk = try Desk()
    service = desk.service.limited(to: .local)
    for version in 0..<9 {
      try desk.push(
        (0..<60).map { row in
          "{\"id\":\(row / 2),\"model\":\"m\(row % 2)\",\"slice\":\"s\(row % 6 / 2)\","
            + "\"success\":\((row * 7 + version) % 5 != 0),\"cost\":\(row % 4 + 1),"
            + "\"latency_ms\":\(row + 1),\"output\":\"o\(row % 3)\"}\n"
        }.joined(), key: ["id", "model"])
    }
    try desk.push("{\"id\":1,\"x\":1}\n", to: "e", key: ["id"])
    _ = try service.addRatings(
      to: try DatasetName("rated"),
      RatingBatch(events: (0..<12).map(Self.preference)), idempotencyKey: nil)
    var comparison = ComparisonRequest(base: "d@1", candidates: ["d@2"])
    comparison.options = Self.options
    comparison.save = SaveRequest(name: "compared")
    _ = try service.compare(comparison) { _ in }
    var report = ReportRequest("d@1", by: "model")
    report.save = SaveRequest(name: "reported")
    _ = try service.report(report)
  }

  private static func preference(_ item: Int) -> RatingEvent {
    var event = RatingEvent(kind: "preference", item: "i\(item)", rater: "r\(item % 2)")
    (event.a, event.b, event.winner) = ("x", "y", ["a", "b", "tie"][item % 3])
    return event
  }

  private static var options: ComparisonOptions {
    var options = ComparisonOptions()
    options.resamples = 100
    options.slices = ["slice"]
    return options
  }

  private typealias Call = (
    name: String, body: @Sendable (LocalStoreService) throws -> Void
  )

  private static let calls: [Call] = [
    (
      "compare",
      { service in
        var request = ComparisonRequest(base: "d@1", candidates: ["d@2"])
        request.options = options
        _ = try service.compare(request) { _ in }
      }
    ),
    (
      "verifyComparison",
      {
        _ = try $0.verifyComparison(try Reference(parsing: "compared@1")) { _ in }
      }
    ),
    (
      "createGate",
      { service in
        var gates = options
        gates.gates = ["success >= -2pp"]
        _ = try service.createGate(
          GateRequest(reference: "d@1", options: gates, save: SaveRequest(name: "bar")))
      }
    ),
    ("report", { _ = try $0.report(ReportRequest("d@1", by: "model")) }),
    ("verifyReport", { _ = try $0.verifyReport(try Reference(parsing: "reported@1")) }),
    (
      "trend",
      {
        _ = try $0.trend(of: try DatasetName("d"), TrendRequest(metric: "success"))
      }
    ),
    (
      "bisect",
      {
        _ = try $0.bisect(
          try DatasetName("d"), BisectRequest(TrendRequest(metric: "success")))
      }
    ),
    (
      "history",
      {
        _ = try $0.history(
          of: try DatasetName("d"), HistoryRequest(key: ["1", "m1"], format: .jsonl)
        ) { _ in }
      }
    ),
    (
      "suggest",
      { service in
        var request = SuggestionRequest(
          name: "r", objective: "min p95 s.t. success >= -50pp")
        (request.on, request.slice) = ("d@1", "slice")
        var options = BacktestOptions()
        options.resamples = 100
        request.options = options
        _ = try service.suggest(request)
      }
    ),
    (
      "ratingReport",
      {
        var request = RatingReportRequest()
        request.resamples = 100
        _ = try $0.ratingReport(of: try Reference(parsing: "rated"), request)
      }
    ),
    (
      "score",
      {
        _ = try $0.score(ScoreRequest("d@1", scorers: [.string("contains:value=o1")]))
      }
    ),
    (
      "data",
      {
        _ = try $0.data(
          try Reference(parsing: "d@1"), DataRequest(format: .jsonl), progress: { _ in }
        ) { _ in }
      }
    ),
    (
      "query",
      {
        _ = try $0.query(QueryRequest(sql: "SELECT sum(cost) FROM d", format: .csv)) { _ in }
      }
    ),
  ]

  @Test(arguments: calls.map(\.name))
  func `a call ends where it is asked to, though all that it reads is at hand`(
    name: String
  ) throws {
    let call = try #require(Self.calls.first { $0.name == name })
    // It works, and what it reads is in memory then.
    try call.body(service)
    let flag = CancellationFlag()
    flag.set()
    let error = #expect(throws: StoreError.self) {
      try CancellationFlag.$current.withValue(flag) { try call.body(service) }
    }
    #expect(error?.detail == .requestLimit, "\(String(describing: error))")
  }

  @Test func `a push whose client has gone saves nothing`() throws {
    let flag = CancellationFlag()
    flag.set()
    let error = #expect(throws: StoreError.self) {
      try CancellationFlag.$current.withValue(flag) {
        try desk.push("{\"id\":2,\"x\":1}\n", to: "e", key: ["id"])
      }
    }
    #expect(error?.detail == .requestLimit)
    #expect(try desk.lines("e") == ["{\"id\":1,\"x\":1}"])
  }

  @Test func `what may not be saved any more is not, whatever it is`() throws {
    let denied = StoreError(.denied, "no more")
    func refused(_ body: () throws -> Void) throws {
      let error = #expect(throws: StoreError.self) {
        try CommitPermission.$current.withValue(
          CommitPermission { () throws(StoreError) in throw denied }
        ) {
          try body()
        }
      }
      #expect(error?.message == "no more", "\(String(describing: error))")
    }
    let rows = service.rows()
    let reference = try Reference(parsing: "e@1")
    try refused { try desk.push("{\"id\":2,\"x\":1}\n", to: "e", key: ["id"]) }
    try refused { _ = try service.setTag("t", to: reference, TagRequest()) }
    try refused { _ = try service.report(Self.saving) }
    try refused {
      _ = try rows.appendRows(
        to: reference.dataset, Array("{\"id\":3,\"x\":1}\n".utf8), .lines, idempotencyKey: nil,
        as: .local)
    }
    #expect(try rows.sealRows(of: reference.dataset).rows == 0)
    #expect(try desk.lines("e") == ["{\"id\":1,\"x\":1}"])
    #expect(try service.tags(of: reference.dataset).isEmpty)
  }

  private static var saving: ReportRequest {
    var request = ReportRequest("d@1", by: "model")
    request.save = SaveRequest(name: "again")
    return request
  }
}
