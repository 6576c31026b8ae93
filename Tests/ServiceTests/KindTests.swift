import Access
import Formats
import Model
import Service
import Store
import Testing
import Wire

/// The kinds of datasets, by the calls of a store in a folder alone.
@Suite struct KindTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  private static let rules = """
    {"schema":"route.rules/1","route":"r","targets":{"a":{"provider":"p","model":"m"}},\
    "rules":[],"default":{"target":"a"}}
    """

  private func pushRules() throws -> RulesPushDocument {
    try desk.service.pushRules(
      try DatasetName("r"), Array(Self.rules.utf8), RulesPushRequest())
  }

  private func save(_ sql: String, into name: String, _ kind: DatasetKind?) throws {
    _ = try desk.service.saveQuery(
      SavedQuery(
        query: QueryRequest(sql: sql), into: try DatasetName(name), key: nil, kind: kind,
        sample: nil, message: nil, author: "ann"))
  }

  @Test func `the rows of a query are checked as those of a file`() throws {
    _ = try pushRules()
    #expect(desk.error { try save("SELECT 1 AS id", into: "r", nil) }?.kind == .denied)
    for kind in [DatasetKind.rules, .providers, .prompts, .runs] {
      #expect(desk.error { try save("SELECT 1 AS id", into: "new", kind) }?.kind == .denied)
    }
    for kind in [DatasetKind.ratings, .prices, .reports] {
      #expect(desk.error { try save("SELECT 'a' AS rating", into: "new", kind) }?.kind == .invalid)
    }
    let price = "'p' AS provider, 'm' AS model, 'input' AS unit, '2026-01-01' AS \"from\""
    try save("SELECT \(price), 9 AS pusd_per_unit", into: "new", .prices)
    #expect(desk.error { try save("SELECT \(price)", into: "new", nil) }?.kind == .invalid)
  }

  @Test func `a run, scores and ratings do not go into a dataset of another kind`() throws {
    _ = try pushRules()
    let rows = #"{"id":1,"output":"x"}"#
    try desk.push(rows, key: ["id"])
    var request = ScoreRequest("d", scorers: [.string("json_valid")])
    request.into = "r"
    #expect(desk.error { _ = try desk.service.score(request) }?.kind == .usage)
    var event = RatingEvent(kind: "score", item: "1", rater: "ann")
    (event.a, event.value) = ("x", 1)
    let batch = RatingBatch(events: [event])
    #expect(
      desk.error {
        _ = try desk.service.addRatings(to: try DatasetName("r"), batch, idempotencyKey: nil)
      }?.kind == .usage)
    #expect(try desk.store.versions(of: DatasetName("r")).count == 1)
  }

  @Test func `who may write moves no tag of providers, and every other`() throws {
    let name = try DatasetName("providers")
    let document = """
      {"schema":"providers/1","providers":{"p":{"protocol":"command","command":\
      {"argv":["true"]}}},"models":{}}
      """
    _ = try desk.service.pushProviders(name, Array(document.utf8), message: "", author: "")
    try desk.push(#"{"n":1}"#)
    for scope in TokenScope.allCases {
      let service = desk.service.limited(
        to: Caller(
          tokenID: "0", name: "ann", scope: scope, visibility: .everything, expiresAt: nil))
      let move = TagRequest(author: "ann", message: "")
      let wanted: StoreError.Kind? = scope == .admin ? nil : .denied
      let reference = Reference(dataset: name)
      #expect(desk.error { _ = try service.setTag("live", to: reference, move) }?.kind == wanted)
      if scope != .admin {
        _ = try desk.service.setTag("live", to: reference, move)
        #expect(desk.error { try service.removeTag("live", of: name, move) }?.kind == .denied)
      }
      _ = try service.setTag("live", to: try Reference(parsing: "d"), move)
      try service.removeTag("live", of: try DatasetName("d"), move)
    }
  }

  @Test func `rules may follow what an older program let into their dataset`() throws {
    try desk.push(#"{"n":1}"#)
    var options = PushOptions()
    (options.kind, options.checkedKind) = (.rules, .rules)
    let unsound = #"{"document":{"zz":1}}"#
    _ = try desk.store.push(
      try DatasetName("r"),
      try JSONReader(MemorySource(name: "rows", bytes: Array(unsound.utf8)), layout: .lines),
      options)
    #expect(try pushRules().version?.number == 2)
    #expect(try desk.service.ruleSet(try Reference(parsing: "r")).fallback == "a")
  }
}
