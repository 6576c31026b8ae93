import Model
import Providers
import Synchronization
import Testing

import Running

@Suite struct RunnerTests {
  @Test func `every item goes to every target as often as asked, and its outcome is a row`()
    async throws
  {
    let run = try ScriptedRun(
      targets: ["p:m", "p:n"], run: #","repetitions":2"#
    ) { _, _ in .answer }
    let journal = MemoryJournal()
    let outcome = try await run.outcome(journal)
    #expect(outcome.status == .complete)
    #expect(outcome.sends == 12)
    #expect(outcome.cost == 6 * 12 * 1_000)
    #expect(outcome.unknownCosts == 6)
    let rows = run.plan.rows(outcome.results)
    #expect(rows.count == 12)
    #expect(rows[0]["item"] == "1")
    #expect(rows.prefix(4).map { $0["model"]?.string } == ["p:m", "p:m", "p:n", "p:n"])
    #expect(rows.prefix(4).map { $0["attempt"]?.integer } == [1, 2, 1, 2])
    #expect(rows[0]["output"] == "yes")
    #expect(rows[0]["success"] == .bool(true))
    #expect(rows[0]["cost_usd"] == .number("0.000012000"))
    #expect(rows[2]["cost_usd"] == nil)
    #expect(rows[0]["input"] == "question 1")
    #expect(rows[0]["input_tokens"] == .integer(10))
    #expect(rows[0]["run"] == "o.run@1")
    #expect(journal.records.count == 24)
  }

  @Test func `an intent is kept before its call goes out`() async throws {
    let journal = MemoryJournal()
    let counts = Mutex<[Int]>([])
    let run = try ScriptedRun(items: 5) { number, _ in
      let intents = journal.records.count { if case .intent = $0 { true } else { false } }
      counts.withLock { $0.append(intents - number) }
      return .answer
    }
    _ = try await run.outcome(journal)
    #expect(counts.withLock { $0 }.allSatisfy { $0 >= 0 })
  }

  @Test func `no call is sent once the journal cannot be written`() async throws {
    let run = try ScriptedRun(items: 10, run: #","limits":{"concurrency":1}"#) { _, _ in .answer }
    let journal = MemoryJournal(failing: 4)
    await #expect(throws: StoreError.self) { try await run.outcome(journal) }
    #expect(run.upstream.requests.count == 2)
    #expect(journal.history.results.count == 2)
  }

  @Test func `a run goes on where it was, and counts what was under way`() async throws {
    let run = try ScriptedRun(items: 10, run: #","limits":{"concurrency":1}"#) { _, _ in .answer }
    let journal = MemoryJournal(failing: 5)
    await #expect(throws: StoreError.self) { try await run.outcome(journal) }
    // Three intents, two results.
    #expect(run.upstream.requests.count == 3)
    let rest = MemoryJournal()
    try await rest.append(journal.records)
    let outcome = try await run.outcome(rest)
    #expect(outcome.status == .complete)
    #expect(outcome.reused == 2)
    #expect(outcome.sends == 8)
    #expect(outcome.unknown == 1)
    #expect(outcome.unknownBound == run.plan.calls[2].bound)
    #expect(run.upstream.requests.count == 11)
    let whole = try await ScriptedRun(items: 10) { _, _ in .answer }.outcome()
    #expect(
      AnswersDigest.of(run.plan.rows(outcome.results))
        == AnswersDigest.of(run.plan.rows(whole.results)))
  }

  @Test func `a call with a known outcome is not made`() async throws {
    let run = try ScriptedRun { _, _ in .answer }
    let first = try await run.outcome()
    let again = try await run.runner(MemoryJournal(), known: first.results).run()
    #expect(again.sends == 0)
    #expect(again.reused == 3)
    #expect(again.cost == 0)
    #expect(run.plan.rows(again.results) == run.plan.rows(first.results))
  }

  @Test func `a failure of the provider is repeated up to the document's limit`() async throws {
    let run = try ScriptedRun(items: 1, provider: #","retry":{"max_retries":2}"#) { _, _ in
      .error(500)
    }
    let outcome = try await run.outcome()
    #expect(run.upstream.requests.count == 3)
    #expect(outcome.status == .partial)
    let row = try #require(run.plan.rows(outcome.results).first)
    #expect(row["error_class"] == "server_error")
    #expect(row["success"] == .bool(false))
    #expect(row["latency_ms"] == nil)
    #expect(row["sends"]?.array?.count == 3)
    #expect(row["cost_usd"] == .number("0.000000000"))
  }

  @Test func `an answer after failures has all that they cost, and says how often it was sent`()
    async throws
  {
    let run = try ScriptedRun(items: 1) { number, _ in number < 3 ? .error(503) : .answer }
    let outcome = try await run.outcome()
    #expect(outcome.status == .complete)
    let row = try #require(run.plan.rows(outcome.results).first)
    #expect(
      row["sends"]?.array?.map { $0.object?["error_class"]?.string } == [
        "overloaded", "overloaded", nil,
      ])
    #expect(row["cost_usd"] == .number("0.000012000"))
  }

  @Test func `a request that cannot succeed is sent once`() async throws {
    for (status, code) in [(400, "invalid_request"), (400, "context_length_exceeded")] {
      let run = try ScriptedRun(items: 1) { _, _ in .error(status, code: code) }
      _ = try await run.outcome()
      #expect(run.upstream.requests.count == 1)
    }
  }

  @Test func `a refused key or an empty account stops its target at once`() async throws {
    for reply in [
      ScriptedUpstream.Reply.error(401), .error(429, code: "insufficient_quota"),
      .error(404, code: "model_not_found"),
    ] {
      let run = try ScriptedRun(items: 50, run: #","limits":{"concurrency":2}"#) { _, _ in reply }
      let outcome = try await run.outcome()
      #expect(run.upstream.requests.count <= 2)
      #expect(outcome.status == .partial)
      #expect(outcome.targets[0].stop != nil)
      #expect(outcome.targets[0].unsent >= 48)
      #expect(run.plan.rows(outcome.results).count == run.upstream.requests.count)
    }
  }

  @Test func `a limited provider gets no call before the time it asked for`() async throws {
    let times = Mutex<[Duration]>([])
    let clock = Mutex<InstantClock?>(nil)
    let run = try ScriptedRun(items: 6, run: #","limits":{"concurrency":1}"#) { number, _ in
      times.withLock { $0.append(clock.withLock { $0?.now } ?? .zero) }
      return number == 2 ? .error(429, headers: [("retry-after", "7")]) : .answer
    }
    clock.withLock { $0 = run.clock }
    let outcome = try await run.outcome()
    #expect(outcome.status == .complete)
    let sent = times.withLock { $0 }
    #expect(sent.count == 7)
    #expect(sent[2] - sent[1] >= .seconds(7))
    #expect(sent[2] - sent[1] <= .seconds(8))
  }

  @Test func `limits per minute are kept`() async throws {
    let run = try ScriptedRun(items: 61, provider: #","limits":{"requests_per_minute":60}"#) {
      _, _ in .answer
    }
    _ = try await run.outcome()
    // Two at once, then one a second.
    #expect(run.clock.now >= .seconds(58))
    #expect(run.clock.now <= .seconds(60))
  }

  @Test func `the bound of the costs is never passed, and what is not sent has no row`()
    async throws
  {
    for failing in [false, true] {
      let run = try ScriptedRun(
        items: 200, provider: #","retry":{"max_retries":5}"#,
        run: #","limits":{"max_usd_micros":2000}"#
      ) { number, _ in
        // An answer that breaks off may be paid for.
        failing && number.isMultiple(of: 3)
          ? ScriptedUpstream.Reply(text: #"{"choices":[{"index":0,"message":{"content":"x"}}]}"#)
          : .answer
      }
      let outcome = try await run.outcome()
      #expect(outcome.stop == .budget)
      #expect(outcome.status == .partial)
      #expect(outcome.atMost <= 2_000_000)
      // Nothing more would have fit.
      #expect(outcome.atMost + (run.plan.calls[199].bound ?? 0) > 2_000_000)
      #expect(run.plan.rows(outcome.results).count == outcome.targets[0].done)
      #expect(outcome.targets[0].unsent == 200 - outcome.targets[0].done)
    }
  }

  @Test func `a bound of a call covers what it costs, and is none without prices or a limit`()
    throws
  {
    let run = try ScriptedRun { _, _ in .answer }
    let bound = try #require(run.plan.calls[0].bound)
    #expect(bound >= 12 * 1_000)
    #expect(try ScriptedRun(isPriced: false) { _, _ in .answer }.plan.calls[0].bound == nil)
    let stated = try ScriptedRun(
      provider: #","limits":{"max_cost_per_call_usd_micros":40000}"#, isPriced: false
    ) { _, _ in .answer }
    #expect(stated.plan.calls[0].bound == 40_000_000)
  }

  @Test func `the most calls, and the share of failures at which a target stops, are kept`()
    async throws
  {
    let few = try ScriptedRun(items: 50, run: #","limits":{"max_calls":7}"#) { _, _ in .answer }
    let outcome = try await few.outcome()
    #expect(outcome.stop == .calls)
    #expect(few.upstream.requests.count == 7)
    let bad = try ScriptedRun(
      items: 100, run: #","limits":{"stop_after_error_percent":50,"concurrency":1}"#
    ) { _, _ in .error(400) }
    let stopped = try await bad.outcome()
    // The next call may be on its way when an outcome is kept.
    #expect((20..<40).contains(bad.upstream.requests.count))
    #expect(stopped.targets[0].stop == "errors")
  }

  @Test func `a run that is asked to stop waits for what is under way`() async throws {
    let runner = Mutex<Runner?>(nil)
    let run = try ScriptedRun(items: 50, run: #","limits":{"concurrency":1}"#) { number, _ in
      if number == 5 {
        let runner = runner.withLock { $0 }
        Task { await runner?.stop() }
      }
      return .answer
    }
    let one = run.runner(MemoryJournal())
    runner.withLock { $0 = one }
    let outcome = try await one.run()
    #expect(outcome.status == .cancelled)
    #expect(outcome.unknown == 0)
    #expect(outcome.targets[0].done == run.upstream.requests.count)
    #expect(outcome.targets[0].done < 50)
  }
}

@Suite struct RunPlanTests {
  @Test func `a call key has what the answer may depend on, and nothing else`() throws {
    func keys(_ provider: String = "", _ run: String = "") throws -> [Digest] {
      try ScriptedRun(provider: provider, run: run) { _, _ in .answer }.plan.calls.map(\.key)
    }
    let keys = (
      plain: try keys(), headers: try keys(#","headers":{"openai-organization":"o"}"#),
      params: try keys("", #","params":{"temperature":0}"#),
      seed: try keys("", #","seed":{"base":7}"#),
      limits: try keys(
        #","limits":{"max_concurrency":2},"timeouts":{"total_ms":5},"retry":{"max_retries":1}"#,
        #","limits":{"max_calls":9}"#)
    )
    #expect(Set(keys.plain).count == 3)
    #expect(keys.limits == keys.plain)
    for other in [keys.headers, keys.params, keys.seed] {
      #expect(Set(other).isDisjoint(with: keys.plain))
    }
    #expect(
      keys.plain[0].description
        == "sha256:ee60e2cd85bb12f1dde15587672840e5a48e1566b66b477808cd468242522a70")
  }

  @Test func `numbers of parameters go into the key by their text`() throws {
    func key(_ number: String) throws -> Digest {
      try ScriptedRun(run: #","params":{"temperature":\#(number)}"#) { _, _ in .answer }
        .plan.calls[0].key
    }
    #expect(try key("0") != key("0.0"))
  }

  @Test func `attempts have keys of their own, and equal calls share one`() throws {
    let run = try ScriptedRun(targets: ["p:m"], run: #","repetitions":3"#) { _, _ in .answer }
    #expect(Set(run.plan.calls.map(\.key)).count == 9)
    let inputs = RunInputs(
      items: ["1", "2"],
      columns: [.init(name: "q", isText: true, cells: ["same", "same"])])
    let plan = RunPlan(
      run.definition, run.plan.targets, try run.definition.items(inputs), run.prices)
    #expect(plan.calls.count == 3)
    #expect(plan.cells.count == 6)
    let columns: JSON.Object = [
      "output": "yes", "latency_ms": .integer(5), "cost_usd": .number("0.5"),
    ]
    let rows = plan.rows(Dictionary(uniqueKeysWithValues: plan.calls.map { ($0.key, columns) }))
    #expect(
      rows.map { $0["cost_usd"] } == [
        .number("0.5"), .number("0.5"), .number("0.5"), .integer(0), .integer(0), .integer(0),
      ])
    #expect(rows[3]["latency_ms"] == .null)
  }

  @Test func `seeds are those of the item and the attempt, the attempt, or the run`() {
    func seed(_ scope: RunDefinition.Seed.Scope, _ item: String, _ attempt: Int) -> Int {
      RunDefinition.Seed(base: 7, scope: scope).value(item: item, attempt: attempt)
    }
    #expect(seed(.run, "a", 1) == 7)
    #expect(seed(.repetition, "a", 2) == seed(.repetition, "b", 2))
    #expect(seed(.repetition, "a", 1) != seed(.repetition, "a", 2))
    #expect(seed(.both, "a", 1) != seed(.both, "b", 1))
    #expect((0...0x7FFF_FFFF).contains(seed(.both, "a", 1)))
  }

  @Test func `records of a journal are read as they were written`() throws {
    let key = Digest(hashing: [1])
    let records: [JournalRecord] = [
      .intent(key: key, send: 1, bound: 5, at: Timestamp(microseconds: 9)),
      .failure(key: key, send: 1, charged: 3),
      .intent(key: key, send: 2, bound: nil, at: Timestamp(microseconds: 10)),
      .result(key: key, send: 2, charged: 4, columns: ["output": .number("1.0")]),
      .intent(key: Digest(hashing: [2]), send: 1, bound: 6, at: Timestamp(microseconds: 11)),
    ]
    var history = RunHistory()
    for record in records { history.add(try JournalRecord(parsing: record.bytes)) }
    #expect(history.results[key]?["output"] == .number("1.0"))
    #expect(history.charged == 7)
    #expect(history.spent == 13)
    #expect(history.unknown.map(\.send) == [1])
    #expect(history.sends[key] == 2)
    for text in ["", "{}", #"{"t":"new","key":"","send":1}"#, "[1]"] {
      #expect(throws: StoreError.self) { try JournalRecord(parsing: Array(text.utf8)) }
    }
  }
}
