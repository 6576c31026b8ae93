import Access
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// One rule for what makes two keys the same, in everything that pairs rows.
@Suite struct KeyRuleTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  private static let temperatures = """
    {"id":"q1","temperature":0,"score":0.5}
    {"id":"q1","temperature":0.5,"score":1}
    {"id":"q1","temperature":1,"score":0.25}

    """

  @Test func `a merge replaces the row of the key, however the file spells it`() throws {
    try desk.push(Self.temperatures, key: ["id", "temperature"])
    let edited = """
      {"id":"q1","temperature":0.0,"score":1}
      {"id":"q1","temperature":1.0,"score":0}

      """
    try desk.push(edited, .jsonl, .merge)
    #expect(
      try desk.lines() == [
        #"{"id":"q1","temperature":0,"score":1}"#, #"{"id":"q1","temperature":0.5,"score":1}"#,
        #"{"id":"q1","temperature":1,"score":0}"#,
      ])
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 0, removed: 0, changed: 2))
  }

  @Test func `merging rows back with keys in another spelling changes nothing`() throws {
    // Integers, which JavaScript writes, come back as Python's floats.
    try desk.push("{\"id\":1,\"v\":\"a\"}\n{\"id\":9007199254740993,\"v\":\"b\"}\n", key: ["id"])
    let merged = try desk.push("{\"id\":1.0,\"v\":\"a\"}\n", .jsonl, .merge)
    #expect(!merged.isNew, "the column's type or a key's spelling was changed")
    let added = try desk.push(
      "{\"id\":2.5,\"v\":\"c\"}\n{\"id\":1e0,\"v\":\"x\"}\n", .jsonl, .merge)
    #expect(added.isNew)
    #expect(
      try desk.lines() == [
        #"{"id":1,"v":"x"}"#, #"{"id":9007199254740993,"v":"b"}"#, #"{"id":2.5,"v":"c"}"#,
      ])
  }

  @Test func `a key beyond a float's digits is its own row's, or refused`() throws {
    // The doubles of both are one.
    try desk.push("id,s\n9007199254740993,1\n9007199254740992,2\n", .csv, key: ["id"])
    try desk.push("id,s\n9007199254740993.0,5\n", .csv, .merge)
    #expect(
      try desk.lines() == [#"{"id":9007199254740993,"s":5}"#, #"{"id":9007199254740992,"s":2}"#])
    for (text, format) in [
      ("id,s\n5000000000000001.4,7\n", FileFormat.csv),
      ("{\"id\":9007199254740993.0,\"s\":7}\n", .jsonl),
      ("{\"id\":1.00000000000000000001,\"s\":7}\n", .jsonl),
    ] {
      let error = desk.error { try desk.push(text, format, .merge) }
      #expect(error?.kind == .invalid, "\(text)")
    }
    let rows = desk.service.rows()
    let live = desk.error {
      _ = try rows.appendRows(
        to: try DatasetName("d"), Array("{\"id\":9007199254740993.0,\"s\":7}\n".utf8), .lines,
        idempotencyKey: nil, as: .local)
    }
    #expect(live?.kind == .invalid)
    #expect(try desk.lines().count == 2)
  }

  @Test(arguments: [
    ("{\"k\":1,\"v\":1}\n{\"k\":1.0,\"v\":2}\n{\"k\":0.5,\"v\":2}\n", 2),
    ("{\"k\":0.0}\n{\"k\":-0.0}\n", 2), ("{\"k\":\"a\"}\n{\"k\":1}\n{\"k\":1e0}\n", 3),
    ("{\"k\":2}\n{\"k\":3}\n{\"k\":2.0}\n", 3), ("{\"k\":0.10}\n{\"k\":1e-1}\n", 2),
  ])
  func `a file with one key twice is refused by its line`(rows: String, line: Int) throws {
    let error = desk.error { try desk.push(rows, key: ["k"]) }
    #expect(error?.kind == .invalid)
    #expect(error?.location?.line == line)
    #expect(error?.message.contains("first on line") == true)
    try desk.push("{\"k\":100}\n", key: ["k"])
    for mode in [PushMode.append, .merge] {
      #expect(desk.error { try desk.push(rows, .jsonl, mode) }?.location?.line == line)
    }
    #expect(try desk.lines() == ["{\"k\":100}"])
  }

  @Test func `values of several kinds that read alike are several keys`() throws {
    let rows = ["1", "\"1\"", "true", "\"true\"", "\"1.0\"", "[1]", "{\"a\":1}"]
    try desk.push(rows.map { "{\"k\":\($0)}\n" }.joined(), key: ["k"])
    #expect(try desk.lines().count == rows.count)
    try desk.push("{\"k\":1.0,\"v\":7}\n", .jsonl, .merge)
    #expect(try desk.lines().count == rows.count)
    #expect(try desk.lines()[0] == "{\"k\":1,\"v\":7}")
  }

  @Test func `integers that one float stands for are several keys`() throws {
    let rows = ["9007199254740992", "9007199254740993", "9007199254740994"]
    try desk.push(rows.map { "{\"k\":\($0)}\n" }.joined(), key: ["k"])
    try desk.push("{\"k\":9007199254740992.0,\"v\":1}\n", .jsonl, .merge)
    #expect(try desk.lines()[0] == "{\"k\":9007199254740992,\"v\":1}")
    #expect(try desk.lines().count == 3)
    #expect(
      desk.error { try desk.push("{\"k\":9007199254740994.0}\n", .jsonl, .append) }?.kind
        == .invalid)
  }

  @Test func `NaN is no key`() throws {
    let error = desk.error {
      try desk.push("k,v\n1.5,a\nnan,b\n", .csv, key: ["k"])
    }
    #expect(error?.kind == .invalid && error?.location?.line == 3)
    #expect(error?.message.contains("NaN") == true)
    try desk.push("k,v\n1.5,a\ninf,b\n", .csv, key: ["k"])
    for mode in [PushMode.append, .merge] {
      #expect(desk.error { try desk.push("k,v\n0.5,a\nnan,b\n", .csv, mode) }?.kind == .invalid)
    }
  }

  @Test func `an append takes no key that is there in another spelling`() throws {
    try desk.push(Self.temperatures, key: ["id", "temperature"])
    let error = desk.error {
      try desk.push("{\"id\":\"q1\",\"temperature\":1.0,\"score\":0}\n", .jsonl, .append)
    }
    #expect(error?.kind == .invalid && error?.location?.line == 1)
    #expect(error?.message.contains("already") == true)
  }

  @Test func `rows that are appended one by one replace those of their key`() throws {
    try desk.push(Self.temperatures, key: ["id", "temperature"])
    let rows = desk.service.rows()
    let name = try DatasetName("d")
    let both = "{\"id\":\"q1\",\"temperature\":2}\n{\"id\":\"q1\",\"temperature\":2.0}\n"
    #expect(
      desk.error {
        _ = try rows.appendRows(to: name, Array(both.utf8), .lines, idempotencyKey: nil, as: .local)
      }?.location?.line == 2)
    for line in both.split(separator: "\n") {
      _ = try rows.appendRows(to: name, Array(line.utf8), .lines, idempotencyKey: nil, as: .local)
    }
    let zero = "{\"id\":\"q1\",\"temperature\":-0.0,\"score\":9}\n"
    _ = try rows.appendRows(to: name, Array(zero.utf8), .lines, idempotencyKey: nil, as: .local)
    _ = try rows.sealRows(of: name)
    #expect(try desk.lines().count == 4)
    #expect(try desk.lines()[0] == #"{"id":"q1","temperature":0,"score":9}"#)
  }

  /// 60 rows: 20 items at three temperatures.
  private static func runs(_ temperatures: [String]) -> String {
    (0..<20).flatMap { id in
      temperatures.map { "{\"id\":\(id),\"temp\":\($0),\"success\":\(id % 2 == 1)}\n" }
    }.joined()
  }

  @Test func `diff, compare, trend, report and SQL agree on the items of two spellings`() throws {
    try desk.push(Self.runs(["0", "0.5", "1"]), key: ["id", "temp"])
    try desk.push(Self.runs(["0.0", "0.5", "1.0"]))
    // A spelling is a change of a cell, and not another row.
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 0, removed: 0, changed: 40))
    #expect(try desk.compare("d@1", "d@2").items.count == 60)
    let series = try desk.trend(by: "temp")
    #expect(series.map(\.group) == ["0", "0.5", "1"])
    #expect(series.map { $0.points.map(\.n) } == [[20, 20], [20, 20], [20, 20]])
    for version in 1...2 {
      let report = try desk.report("d@\(version)", by: "temp")
      #expect(Set(report.models.map(\.model)) == ["0", "0.5", "1"])
      #expect(report.models.map(\.items) == [20, 20, 20])
    }
    #expect(
      try desk.query("SELECT count(*) FROM \"d@*\" GROUP BY temp ORDER BY temp") == [
        "40", "40", "40",
      ])
    #expect(try desk.query("SELECT count(*) FROM \"d@*\" WHERE temp = 1") == ["40"])
    #expect(
      try desk.query("SELECT count(*) FROM \"d@1\" a JOIN \"d@2\" b USING (id, temp)") == ["60"])
    let history = try desk.history(["3", "1.0"])
    #expect(history == (try desk.history(["3", "1"])))
    #expect(history.contains("\"added\"") && !history.contains("\"removed\""))
    #expect(history.contains("\"changed\"") && history.contains(":1.0"))
    let arms = try desk.compare("d@2", by: "temp")
    #expect(arms.arms.map(\.name) == ["0", "0.5", "1"] && arms.items.count == 20)
  }

  @Test func `pairs of a comparison go by the value of the key`() throws {
    func rows(_ suffix: String) -> String {
      (0..<30).map { "{\"item\":\($0)\(suffix),\"success\":true}\n" }.joined()
    }
    try desk.push(rows(""), key: ["item"])
    try desk.push(rows(".0"), key: ["item"])
    try desk.push(rows(".0") + "{\"item\":\"x\",\"success\":true}\n", key: ["item"])
    let registered = try desk.compare("d@2", "d@3").items
    for candidate in ["d@2", "d@3"] {
      let document = try desk.compare("d@1", candidate)
      // So items that were registered of one spelling are those of another.
      #expect(document.items.count == 30 && document.items.digest == registered.digest)
    }
    #expect(try desk.diff("d@1", "d@3") == ChangeCounts(added: 1, removed: 0, changed: 30))
  }

  @Test func `a bisection pairs the items that moved by the value of the key`() throws {
    try desk.push("{\"k\":1,\"s\":0.5}\n{\"k\":2,\"s\":0.5}\n", key: ["k"])
    try desk.push("{\"k\":1.0,\"s\":0.5}\n{\"k\":2.0,\"s\":0.0}\n")
    var request = BisectRequest(TrendRequest(metric: "s"))
    request.good = "1"
    request.bad = "2"
    let moves = try desk.service.bisect(try DatasetName("d"), request).moves
    #expect(moves.first?.items.map(\.change) == [.changed])
    #expect(moves.first?.items.first?.key == ["k": "2"])
  }

  @Test func `a column that becomes mixed keeps its keys`() throws {
    try desk.push("{\"k\":0.1,\"v\":1}\n{\"k\":1e23,\"v\":2}\n{\"k\":4e18,\"v\":3}\n", key: ["k"])
    try desk.push(
      "{\"k\":0.10,\"v\":1}\n{\"k\":1e23,\"v\":2}\n{\"k\":4e18,\"v\":3}\n{\"k\":\"x\",\"v\":4}\n")
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 1, removed: 0, changed: 0))
    try desk.push("{\"k\":\"007\",\"v\":1}\n{\"k\":\"8\",\"v\":1}\n", to: "texts", key: ["k"])
    try desk.push("{\"k\":\"007\",\"v\":1}\n{\"k\":8,\"v\":1}\n", to: "texts")
    #expect(
      try desk.diff("texts@1", "texts@2") == ChangeCounts(added: 1, removed: 1, changed: 0))
  }

  @Test func `an item of history is the number first and the text in quotes`() throws {
    try desk.push("{\"k\":\"1\",\"v\":\"text\"}\n{\"k\":1,\"v\":\"number\"}\n", key: ["k"])
    #expect(try desk.history(["1"]).contains("number"))
    #expect(try desk.history(["1.0"]).contains("number"))
    #expect(try desk.history(["\"1\""]).contains("text"))
    #expect(try desk.history(["k=\"1\""]).contains("text"))
  }

  @Test func `groups of a mixed column are told apart by kind`() throws {
    let values = ["1", "1.0", "\"1\"", "true", "\"true\"", "0.5"]
    try desk.push(values.map { "{\"g\":\($0),\"success\":1}\n" }.joined())
    let groups = try desk.trend(by: "g").map { $0.group ?? "" }
    #expect(groups == ["0.5", "1", "\"1\"", "true", "\"true\""])
    #expect(try desk.trend(by: "g").map { $0.points[0].n } == [1, 2, 1, 1, 1])
    var request = TrendRequest(metric: "success")
    request.group = "g"
    request.condition = "success = 1"
    let picked = try desk.service.trend(of: try DatasetName("d"), request).series
    #expect(picked.map { $0.group ?? "" } == groups)
    #expect(try desk.report("d", by: "g").models.count == 5)
  }
}

/// Versions of before, with two keys that are now one.
@Suite struct OldKeyTests {
  @Test func `they are read and verified, and what pairs their rows names two and the way out`()
    throws
  {
    let kept = try KeptStore(format: 1)
    let store = try Store(path: kept.path)
    let desk = try Desk(store)
    #expect(try store.verify().damage == [])
    let rows = try desk.lines("keys@1")
    #expect(rows.count == kept.datasets["keys"]?.first?.rows)
    let key = try store.snapshot(try store.resolve(try Reference(parsing: "keys"))).schema.key
    try desk.push(rows[0] + "\n", to: "other", key: key)
    let rules = """
      {"schema":"route.rules/1","route":"r","targets":{"big":{"provider":"p","model":"big"}},\
      "rules":[],"default":{"target":"big"}}
      """
    _ = try desk.service.pushRules(try DatasetName("r"), Array(rules.utf8), RulesPushRequest())
    let errors = [
      desk.error {
        _ = try desk.service.backtest(BacktestRequest(rules: "r@1", on: "keys@1"))
      },
      desk.error {
        var request = SuggestionRequest(name: "r", objective: "min cost s.t. success >= -5pp")
        (request.on, request.slice) = ("keys@1", key[0])
        _ = try desk.service.suggest(request)
      },
      desk.error {
        _ = try desk.service.nextRating(
          in: try DatasetName("votes.new"),
          RatingTaskRequest(subject: RatingSubject(ref: "keys@1", by: key[0]), rater: "ann"))
      },
      desk.error { _ = try desk.diff("keys@1", "other") },
      desk.error { _ = try desk.compare("other", "keys@1") },
      desk.error { try desk.push(rows[0] + "\n", to: "keys", .jsonl, .merge) },
      desk.error { try desk.push(rows[0] + "\n", to: "keys", .jsonl, .append) },
      desk.error { _ = try desk.history(key.map { "\($0)=1" }, of: "keys") },
      desk.error { _ = try desk.report("keys@1", by: key[0]) },
      desk.error {
        var options = ComparisonOptions()
        options.gates = ["items >= 95%"]
        _ = try desk.service.createGate(
          GateRequest(reference: "keys@1", options: options, save: SaveRequest(name: "bar")))
      },
      desk.error { _ = try desk.trend(by: nil, nil, of: "keys") },
      desk.error {
        _ = try desk.service.bisect(
          try DatasetName("keys"), BisectRequest(TrendRequest(metric: nil)))
      },
    ]
    for error in errors {
      #expect(error?.kind == .invalid)
      #expect(error?.message.lowercased().contains("pull it") == true, "\(error?.message ?? "")")
      #expect(error?.message.contains("keys@1 has") == true)
    }
  }
}
