import Model
import Providers
import Synchronization
import Testing

import Running

/// Runs over a provider that makes jobs.
@Suite struct JobTests {
  private static let template = #"""
    ,"retry":{"max_retries":2},"template":{
      "submit":{"path":"/jobs","body":{"prompt":"{{input}}","most":"{{params.max_tokens?}}"}},
      "request_id":"/id",
      "poll":{"path":"/jobs/{{request_id}}","interval_ms":1,"max_interval_ms":1,"state":"/state",
        "done":["done"],"failed":["failed"]},
      "result":{"output":"/text"}}
    """#

  private func run(
    items: Int = 1, _ reply: @escaping @Sendable (Int, String) -> ScriptedUpstream.Reply
  ) throws -> ScriptedRun {
    try ScriptedRun(items: items, kind: "http.template", provider: Self.template, reply)
  }

  private static func json(_ text: String) -> ScriptedUpstream.Reply { .init(text: text) }

  private static let submitted = json(#"{"id":"j1","state":"queued"}"#)
  private static let done = json(#"{"state":"done","text":"a picture"}"#)

  private func posts(_ run: ScriptedRun) -> Int {
    run.upstream.lines.count { $0.hasPrefix("POST") }
  }

  @Test func `the id of a job is on disk before the job is asked for`() async throws {
    let journal = MemoryJournal()
    let isKept = Mutex(false)
    let run = try run { _, body in
      guard body.isEmpty else { return Self.submitted }
      isKept.withLock { $0 = journal.history.jobs.map(\.job) == ["j1"] }
      return Self.done
    }
    let outcome = try await run.outcome(journal)
    #expect(isKept.withLock { $0 })
    #expect(outcome.status == .complete)
    #expect(outcome.jobs == 0)
    #expect(run.plan.rows(outcome.results)[0]["output"] == "a picture")
    #expect(run.plan.rows(outcome.results)[0]["request_id"] == "j1")
  }

  @Test func `a run that goes on asks for its jobs and submits none of them again`() async throws {
    let run = try run(items: 3) { _, body in body.isEmpty ? Self.done : Self.submitted }
    let lost = MemoryJournal(failing: 6)
    await #expect(throws: StoreError.self) { try await run.outcome(lost) }
    let rest = MemoryJournal()
    try await rest.append(lost.records)
    let known = lost.history.jobs.count + lost.history.results.count
    let before = posts(run)
    let outcome = try await run.outcome(rest)
    #expect(outcome.status == .complete)
    #expect(outcome.sends == 3 - known)
    #expect(posts(run) - before == 3 - known)
    #expect(outcome.unknown == 0)
    #expect(rest.history.unknown.isEmpty)
  }

  @Test func `a failure to ask for a job submits no other, and its cost is the job's`()
    async throws
  {
    let run = try run { number, body in
      if !body.isEmpty { return Self.submitted }
      return number == 2 ? .error(500) : Self.done
    }
    let journal = MemoryJournal()
    let outcome = try await run.outcome(journal)
    #expect(outcome.status == .complete)
    #expect(posts(run) == 1)
    #expect(outcome.sends == 1)
    let sends = run.plan.rows(outcome.results)[0]["sends"]?.array
    #expect(sends?.map { $0.object?["n"]?.integer } == [1, 1])
    #expect(sends?.first?.object?["cost_nano_usd"] == .integer(0))
  }

  @Test(arguments: [#"{"state":"failed"}"#, "404"])
  func `a job that failed, or is not known any more, is submitted again`(end: String) async throws {
    let run = try run { number, body in
      if !body.isEmpty { return Self.submitted }
      if number > 2 { return Self.done }
      return end == "404" ? .error(404) : Self.json(end)
    }
    let outcome = try await run.outcome()
    // A provider that does not know a request is not asked again for it; a job is.
    #expect(posts(run) == (end == "404" ? 1 : 2))
    #expect(outcome.status == (end == "404" ? .partial : .complete))
    #expect(outcome.jobs == 0)
  }

  @Test func `a job whose state cannot be had is kept, and asked for when the run goes on`()
    async throws
  {
    let isWell = Mutex(false)
    let run = try run { _, body in
      if !body.isEmpty { return Self.submitted }
      return isWell.withLock { $0 } ? Self.done : .error(503)
    }
    let journal = MemoryJournal()
    let outcome = try await run.outcome(journal)
    #expect(outcome.status == .partial)
    #expect(outcome.jobs == 1)
    #expect(outcome.unknown == 0)
    #expect(outcome.targets[0].unsent == 1)
    #expect(run.plan.rows(outcome.results).isEmpty)
    isWell.withLock { $0 = true }
    let rest = try await run.outcome(journal)
    #expect(rest.status == .complete)
    #expect(posts(run) == 1)
    #expect(rest.jobs == 0)
  }

  @Test func `what a job may cost stays reserved until it has ended`() async throws {
    let run = try ScriptedRun(
      items: 4, kind: "http.template",
      provider: Self.template + #","limits":{"max_cost_per_call_usd_micros":10}"#,
      run: #","limits":{"max_usd_micros":20,"concurrency":1}"#
    ) { number, body in
      if !body.isEmpty { return Self.submitted }
      return number < 4 ? .error(503) : Self.done
    }
    let outcome = try await run.outcome()
    // Nobody says what a job cost, so that each counts as the most that it may.
    #expect(outcome.stop == .budget)
    #expect(posts(run) == 2)
    #expect(outcome.atMost == 20_000)
  }
}
