import Access
import Model
import Service
import TestSupport
import Testing
import Wire

/// Random tables whose keys and groups are written in many ways, through everything that pairs or
/// groups rows: all agree on which rows are the same item.
@Suite struct KeyAgreementTests {
  /// A value as JSON, and what it is: two texts are one value when they have the same identity.
  struct Value: Hashable {
    let json: DataText
    let identity: DataText

    init(_ json: String, _ identity: String) {
      self.json = DataText(json)
      self.identity = DataText(identity)
    }

    /// What a cell keeps of the text: an integer, a float, or the text itself.
    var spelling: DataText {
      if json.string.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }) { return json }
      return Double(json.string).map { DataText("\($0)") } ?? json
    }

    /// The value as it is named to `history`: a moment without the quotes of a text.
    var name: String {
      identity.string.hasPrefix("m") ? String(json.string.dropFirst().dropLast()) : json.string
    }
  }

  /// Values by the type that a column of them has.
  static let pools: [(type: String, values: [Value])] = {
    let integers = [0, 1, 2, -3, 9_007_199_254_740_993, 41].map { Value("\($0)", "n\($0)") }
    let numbers =
      integers.filter { $0.identity != "n9007199254740993" } + [
        Value("0.0", "n0"), Value("-0.0", "n0"), Value("1.0", "n1"), Value("1e0", "n1"),
        Value("0.1", "n0.1"), Value("0.10", "n0.1"), Value("2.0", "n2"), Value("-3.0", "n-3"),
        Value("1e300", "n1e300"), Value("2.5", "n2.5"), Value("25e-1", "n2.5"),
      ]
    let texts = [
      Value("\"caf\u{E9}\"", "t1"), Value("\"cafe\u{301}\"", "t2"), Value("\"1\"", "t3"),
      Value("\"1.0\"", "t4"), Value("\"\u{212B}\"", "t5"), Value("\"\u{C5}\"", "t6"),
      Value("\"true\"", "t7"), Value("\"a b\"", "t8"), Value("\"007\"", "t9"),
    ]
    let moments = [
      Value("\"2026-01-01T00:00:00Z\"", "m1"), Value("\"2026-01-01T01:00:00+01:00\"", "m1"),
      Value("\"2026-01-02T00:00:00Z\"", "m2"), Value("\"2026-01-03T00:00:00.5Z\"", "m3"),
    ]
    let wide = [
      Value("9007199254740992", "n9007199254740992"),
      Value("9007199254740992.0", "n9007199254740992"),
      Value("9007199254740993", "n9007199254740993"),
    ]
    let nested = [Value("[1]", "j1"), Value("[1.0]", "j2"), Value("{\"a\":1}", "j3")]
    return [
      ("int64", integers), ("float64", numbers), ("string", texts), ("timestamp", moments),
      ("bool", [Value("true", "b1"), Value("false", "b0")]),
      ("json", numbers + texts), ("json", numbers + wide + nested),
      ("json", texts + nested + [Value("true", "b1"), Value("false", "b0")]),
    ]
  }()

  /// A row: its key, a group, which may be missing, and a measurement.
  struct Row {
    var key: Value
    let group: Value?
    let success: Int

    /// What the row holds, whatever its spelling.
    var content: [DataText] {
      [key.identity, group?.identity ?? "none", DataText("\(success)")]
    }

    var line: String {
      "{\"k\":\(key.json),\"g\":\(group?.json ?? "null"),\"success\":\(success)}\n"
    }
  }

  /// Two versions of rows, and other spellings of their keys.
  struct Tables {
    let pool: [Value]
    let isMoments: Bool
    var first: [Row] = []
    var second: [Row] = []

    init(_ random: inout SeededGenerator) {
      let pools = KeyAgreementTests.pools
      let (type, pool) = pools[Int.random(in: 0..<pools.count, using: &random)]
      self.pool = pool
      isMoments = type == "timestamp"
      first = rows(&random)
      second = rows(&random)
      // The same content again would be no second version.
      if first.map(\.content) == second.map(\.content), let row = second.first {
        second[0] = Row(key: row.key, group: row.group, success: 1 - row.success)
      }
    }

    /// Rows with some of the keys, each once.
    private func rows(_ random: inout SeededGenerator) -> [Row] {
      var seen: Set<DataText> = []
      var rows: [Row] = []
      for value in pool.shuffled(using: &random) {
        guard seen.insert(value.identity).inserted else { continue }
        if !rows.isEmpty, Int.random(in: 0..<3, using: &random) == 0 { continue }
        let group =
          Int.random(in: 0..<6, using: &random) == 0 ? nil : pool.randomElement(using: &random)
        rows.append(
          Row(key: value, group: group, success: Int.random(in: 0...1, using: &random)))
      }
      return rows
    }

    func text(_ rows: [Row]) -> String { rows.map(\.line).joined() }

    /// The rows of both by identity.
    var pairs: [DataText: (old: Row?, new: Row?)] {
      var pairs: [DataText: (old: Row?, new: Row?)] = [:]
      for row in first { pairs[row.key.identity, default: (nil, nil)].old = row }
      for row in second { pairs[row.key.identity, default: (nil, nil)].new = row }
      return pairs
    }

    func differ(_ old: Row, _ new: Row) -> Bool {
      old.success != new.success || old.group?.identity != new.group?.identity
        || (!isMoments && (old.key.spelling != new.key.spelling))
        || (!isMoments && old.group?.spelling != new.group?.spelling)
    }
  }

  private func options(_ tables: Tables) -> (inout PushRequest) -> Void {
    { request in
      if tables.isMoments { request.types = ["k": .timestamp, "g": .timestamp] }
    }
  }

  @Test(arguments: 0..<200)
  func `all agree on which rows are the same item`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tables = Tables(&random)
    let desk = try Desk()
    try desk.push(tables.text(tables.first), key: ["k"], .replace, options(tables))
    try desk.push(tables.text(tables.second), key: ["k"], .replace, options(tables))
    let pairs = tables.pairs.values
    let common = pairs.filter { $0.old != nil && $0.new != nil }
    try checkPairs(desk, tables, common.count)
    try checkGroups(desk, tables)
    try checkHistory(desk, tables)
    try checkJoins(desk, tables)
    try checkRefusals(tables, &random)
  }

  /// Diff, compare and SQL.
  private func checkPairs(_ desk: Desk, _ tables: Tables, _ common: Int) throws {
    let changed = tables.pairs.values.count { pair in
      pair.old.flatMap { old in pair.new.map { tables.differ(old, $0) } } ?? false
    }
    #expect(
      try desk.diff("d@1", "d@2")
        == ChangeCounts(
          added: tables.second.count - common, removed: tables.first.count - common,
          changed: changed))
    #expect(try desk.compare("d@1", "d@2").items.count == common)
    #expect(
      try desk.query(
        "SELECT count(*) FROM \"d@*\" a JOIN \"d@*\" b ON a.k = b.k "
          + "WHERE a._version = 1 AND b._version = 2") == ["\(common)"])
    #expect(
      try desk.query("SELECT count(DISTINCT k) FROM \"d@*\"") == ["\(tables.pairs.count)"])
  }

  /// Trend, report and SQL.
  private func checkGroups(_ desk: Desk, _ tables: Tables) throws {
    let rows = [tables.first, tables.second]
    func groups(_ rows: [Row]) -> [DataText: Int] {
      rows.reduce(into: [:]) { $0[$1.group?.identity ?? "none", default: 0] += 1 }
    }
    let all = groups(rows[0] + rows[1])
    let series = try desk.trend(by: "g")
    #expect(series.count == all.count)
    #expect(
      series.map { $0.points.reduce(0) { $0 + $1.n } }.sorted() == all.values.sorted())
    #expect(Set(series.map { $0.group.map { DataText($0) } }).count == series.count)
    for (version, rows) in rows.enumerated() {
      let named = groups(rows.filter { $0.group != nil })
      guard !named.isEmpty else { continue }
      let report = try desk.report("d@\(version + 1)", by: "g")
      #expect(report.models.map(\.summary.rows).sorted() == named.values.sorted())
    }
    let counts = try desk.query("SELECT count(*) AS n FROM \"d@*\" GROUP BY g ORDER BY n")
    #expect(counts == all.values.sorted().map { "\($0)" })
  }

  private func checkHistory(_ desk: Desk, _ tables: Tables) throws {
    for (old, new) in tables.pairs.values {
      var kinds: [String] = []
      if old != nil { kinds.append("added") }
      switch (old, new) {
      case (nil, _): kinds.append("added")
      case (_, nil): kinds.append("removed")
      case (let old?, let new?): if tables.differ(old, new) { kinds.append("changed") }
      }
      for row in [old, new].compactMap(\.self) {
        let lines = try desk.history([row.key.name]).split(separator: "\n")
        let found = lines.map { line in
          ["added", "removed", "changed", "returned"].first {
            line.contains("\"change\":\"\($0)\"")
          }
        }
        #expect(found == kinds, "\(row.key.json)")
      }
    }
  }

  /// Merge, append and rows that come one by one.
  private func checkJoins(_ desk: Desk, _ tables: Tables) throws {
    let new = tables.second.filter { tables.pairs[$0.key.identity]?.old == nil }
    for name in ["merged", "live", "grown"] {
      try desk.push(tables.text(tables.first), to: name, key: ["k"], .replace, options(tables))
    }
    try desk.push(tables.text(tables.second), to: "merged", .jsonl, .merge, options(tables))
    let merged = try desk.lines("merged")
    #expect(merged.count == tables.pairs.count)
    // The base's keys stay as they were spelled.
    func keys(_ lines: [String]) -> [DataText] {
      lines.map { DataText($0.split(separator: ",\"g\":")[0].split(separator: ",\"success\":")[0]) }
    }
    let before = keys(try desk.lines("merged@1"))
    #expect(Array(keys(merged).prefix(before.count)) == before)
    let rows = desk.service.rows()
    for row in tables.second {
      _ = try rows.appendRows(
        to: try DatasetName("live"), Array(row.line.utf8), .lines, idempotencyKey: nil, as: .local)
    }
    _ = try rows.sealRows(of: try DatasetName("live"))
    #expect(try desk.lines("live").map { DataText($0) } == merged.map { DataText($0) })
    if !new.isEmpty {
      try desk.push(tables.text(new), to: "grown", .jsonl, .append, options(tables))
    }
    #expect(try desk.lines("grown").count == tables.pairs.count)
    for row in tables.second where tables.pairs[row.key.identity]?.old != nil {
      let error = desk.error {
        try desk.push(row.line, to: "grown", .jsonl, .append, options(tables))
      }
      #expect(error?.kind == .invalid, "\(row.key.json) was appended twice")
    }
  }

  /// A key twice in one file, in whatever spelling.
  private func checkRefusals(_ tables: Tables, _ random: inout SeededGenerator) throws {
    guard let row = tables.first.randomElement(using: &random) else { return }
    let spellings = tables.pool.filter { $0.identity == row.key.identity }
    for spelling in spellings {
      var twin = row
      twin.key = spelling
      let error = try Desk().error {
        try Desk().push(tables.text(tables.first + [twin]), key: ["k"], .replace, options(tables))
      }
      #expect(error?.kind == .invalid, "\(row.key.json), \(spelling.json)")
    }
  }
}
