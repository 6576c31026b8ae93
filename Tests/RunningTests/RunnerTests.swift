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

  @Test func `no more calls lack an outcome on disk than may be under way at a time`()
    async throws
  {
    for most in [1, 3] {
      let run = try ScriptedRun(
        items: 40, provider: #","retry":{"max_retries":5}"#,
        run: #","limits":{"concurrency":\#(most)}"#
      ) { number, _ in number.isMultiple(of: 7) ? .error(500) : .answer }
      let journal = MemoryJournal()
      #expect(try await run.outcome(journal).status == .complete)
      #expect(journal.mostOpen == most)
    }
  }

  @Test func `a cancelled run has no row of a call whose end nobody knows, and counts it`()
    async throws
  {
    let task = Mutex<Task<RunOutcome, any Error>?>(nil)
    let run = try ScriptedRun(items: 30, run: #","limits":{"concurrency":2}"#) { number, _ in
      if number == 7 { task.withLock { $0?.cancel() } }
      return .answer
    }
    let journal = MemoryJournal()
    let runner = run.runner(journal)
    let started = Task { try await runner.run() }
    task.withLock { $0 = started }
    let outcome = try await started.value
    #expect(outcome.status == .cancelled)
    #expect(outcome.targets[0].errors == 0)
    let rows = run.plan.rows(outcome.results)
    #expect(rows.allSatisfy { $0["success"] == .bool(true) })
    #expect(outcome.unknown == journal.history.unknown.count)
    #expect(outcome.unknown + rows.count == outcome.sends)
    let rest = try await run.outcome(journal)
    #expect(rest.status == .complete)
    #expect(rest.unknown == outcome.unknown)
  }

  @Test func `the time of a run ends it also while its provider asks to wait`() async throws {
    let run = try ScriptedRun(items: 3, run: #","limits":{"max_wall_s":60,"concurrency":1}"#) {
      number, _ in number == 2 ? .error(429, headers: [("retry-after", "3000")]) : .answer
    }
    let outcome = try await run.outcome()
    #expect(outcome.stop == .time)
    #expect(run.clock.now == .seconds(60))
  }

  @Test func `the bounds of a run are those of all its executions together`() async throws {
    let run = try ScriptedRun(items: 50, run: #","limits":{"max_calls":7}"#) { _, _ in .answer }
    let first = try await run.outcome()
    let journal = MemoryJournal()
    try await journal.append([
      .carried(
        .init(spent: first.atMost, sends: first.allSends, unknown: 2, bound: 5))
    ])
    let second = try await run.runner(journal, known: first.results).run()
    #expect(second.sends == 0)
    #expect(second.stop == .calls)
    #expect(second.atMost == first.atMost)
    #expect(second.unknown == 2)
    #expect(second.unknownBound == 5)
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

  @Test func `a load is held by waiting at first, and then an open loop at its rate`() async throws
  {
    let times = Mutex<[Duration]>([])
    let clock = Mutex<InstantClock?>(nil)
    let run = try ScriptedRun(items: 12, run: #","loads":[1,4]"#) { _, _ in .answer }
    clock.withLock { $0 = run.clock }
    var environment = RunEnvironment { Timestamp(microseconds: 0) }
    environment.clock = run.clock
    let instant = run.clock
    let provider = run.provider
    let runner = Runner(
      run.plan, run.definition, named: "o.run@1", run.prices, journal: MemoryJournal(),
      history: RunHistory(), known: [:], in: environment
    ) { (target, request, job) async throws(ProviderError) -> Answer in
      times.withLock { $0.append(instant.now) }
      // Each answer takes two seconds.
      await instant.sleep(until: instant.now + .seconds(2))
      return try await provider.call(target, request, job: job)
    }
    let outcome = try await runner.run()
    #expect(outcome.status == .complete)
    let sent = times.withLock { $0 }
    #expect(sent.count == 24)
    let gaps = zip(sent, sent.dropFirst()).map { $1 - $0 }
    #expect(gaps.prefix(11).allSatisfy { $0 >= .seconds(2) }, "\(gaps)")
    let rows = run.plan.rows(outcome.results)
    #expect(rows.allSatisfy { ($0["load"]?.integer == 1) == ($0["attempt"] == .integer(1)) })
    #expect(rows.allSatisfy { $0["late_ms"]?.integer != nil })
  }

  @Test func `quotas that answers report are used and not passed`() async throws {
    // A server with 120 calls a minute, which are full at first.
    let level = Mutex((level: 120.0, at: Duration.zero))
    let clock = Mutex<InstantClock?>(nil)
    let refused = Mutex(0)
    let run = try ScriptedRun(items: 400, run: #","limits":{"concurrency":8}"#) { _, _ in
      let now = clock.withLock { $0?.now } ?? .zero
      let left = level.withLock { state -> Double in
        state.level = min(120, state.level + 2 * ((now - state.at) / .seconds(1)))
        state.at = now
        if state.level >= 1 { state.level -= 1 } else { return -1 }
        return state.level
      }
      let headers = [
        ("x-ratelimit-limit-requests", "120"),
        ("x-ratelimit-remaining-requests", "\(Int(max(0, left)))"),
        ("x-ratelimit-reset-requests", "\(Int((120 - max(0, left)) / 2))s"),
      ]
      guard left >= 0 else {
        refused.withLock { $0 += 1 }
        return .error(429, headers: headers)
      }
      var reply = ScriptedUpstream.Reply.answer
      reply.headers = headers
      return reply
    }
    clock.withLock { $0 = run.clock }
    let outcome = try await run.outcome()
    #expect(outcome.status == .complete)
    #expect(refused.withLock { $0 } <= 8)
    // 280 calls beyond the first 120, two a second: within a tenth of what is possible.
    #expect(run.clock.now >= .seconds(138))
    #expect(run.clock.now <= .seconds(155))
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
  @Test func `an item is also sent behind filler of each length, under a name that says so`()
    throws
  {
    let run = try ScriptedRun(items: 2, run: #","pad_to":[1024,3000]"#) { _, _ in .answer }
    #expect(run.plan.items.map(\.id) == ["1", "2", "1+1k", "2+1k", "1+3000", "2+3000"])
    #expect(run.plan.items.map(\.padding) == [nil, nil, 1_024, 1_024, 3_000, 3_000])
    #expect(run.plan.items.map(\.row) == [0, 1, 0, 1, 0, 1])
    // The filler is not kept in the rows, whose input stays what it was.
    #expect(
      run.plan.items.map(\.input)
        == run.plan.items.map { _ in run.plan.items[0].input }
        .enumerated().map { run.plan.items[$0.offset % 2].input })
    let texts = run.plan.items.map { $0.request.textBytes ?? 0 }
    #expect(texts[2] > 1_024 * 4 && texts[2] < 1_024 * 8)
    #expect(texts[4] > 3_000 * 4)
    #expect(Set(run.plan.calls.map(\.key)).count == 6)
    let columns: JSON.Object = ["output": "yes"]
    let rows = run.plan.rows(
      Dictionary(uniqueKeysWithValues: run.plan.calls.map { ($0.key, columns) }))
    #expect(rows.map { $0["padded_to"]?.integer } == [0, 0, 1_024, 1_024, 3_000, 3_000])
    for bad in ["[3000,1024]", "[]", "[1]", "8"] {
      #expect(throws: DocumentFaults.self) {
        try ScriptedRun(run: ",\"pad_to\":\(bad)") { _, _ in .answer }
      }
    }
  }

  @Test func `each load has calls of its own, target by target`() throws {
    let run = try ScriptedRun(
      items: 2, targets: ["p:m", "p:n"], run: #","loads":[1,4],"repetitions":2"#
    ) { _, _ in .answer }
    #expect(
      run.plan.calls.map(\.target) == Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8))
    #expect(run.plan.calls.prefix(8).map(\.load) == [1, 1, 1, 1, 4, 4, 4, 4])
    #expect(run.plan.cells.prefix(8).map(\.attempt) == [1, 1, 2, 2, 3, 3, 4, 4])
    #expect(Set(run.plan.calls.map(\.key)).count == 16)
    let plain = try ScriptedRun(items: 2) { _, _ in .answer }
    #expect(Set(plain.plan.calls.map(\.key)).isDisjoint(with: run.plan.calls.map(\.key)))
  }

  @Test func `the digest of answers has files and calls of tools, but not the ids of these`() {
    func digest(_ more: JSON.Object) -> Digest {
      var row: JSON.Object = ["item": "a", "model": "m", "attempt": .integer(1)]
      for member in more.members { row[member.name] = member.value }
      return AnswersDigest.of([row])
    }
    func call(_ id: String, _ arguments: String) -> JSON.Object {
      ["tool_calls": [["id": .string(id), "name": "f", "arguments": .string(arguments)]]]
    }
    #expect(digest(call("1", "{}")) == digest(call("2", "{}")))
    #expect(digest(call("1", "{}")) != digest(call("1", "[]")))
    #expect(digest(["file": ["digest": "x"]]) != digest(["file": ["digest": "y"]]))
    #expect(digest(["file_2": ["digest": "x"]]) != digest([:]))
    #expect(digest(["latency_ms": .integer(1)]) == digest([:]))
  }

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
      .job(key: Digest(hashing: [2]), send: 1, id: "job/1"),
      .carried(.init(spent: 20, sends: 3, unknown: 1, bound: nil)),
    ]
    var history = RunHistory()
    for record in records { history.add(try JournalRecord(parsing: record.bytes)) }
    #expect(history.results[key]?["output"] == .number("1.0"))
    #expect(history.charged == 27)
    #expect(history.spent == 33)
    #expect(history.unknown.map(\.send) == [1])
    #expect(history.unknown.map(\.job) == ["job/1"])
    #expect(history.carried?.sends == 3)
    #expect(history.sends[key] == 2)
    for text in ["", "{}", #"{"t":"new","key":"","send":1}"#, "[1]"] {
      #expect(throws: StoreError.self) { try JournalRecord(parsing: Array(text.utf8)) }
    }
  }
}
