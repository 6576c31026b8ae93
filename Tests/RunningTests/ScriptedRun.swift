import Model
import Providers
import Synchronization
import Testing

import Running

/// A clock whose time passes when a task waits for it, and only then.
final class InstantClock: RunClock {
  private let time = Mutex(Duration.zero)

  var now: Duration { time.withLock { $0 } }

  func sleep(until moment: Duration) async {
    // Others first: what is ready now happens before later.
    for _ in 0..<20 { await Task.yield() }
    if !Task.isCancelled { time.withLock { $0 = max($0, moment) } }
  }
}

/// A journal in memory.
final class MemoryJournal: CallJournal {
  private let kept = Mutex<[JournalRecord]>([])
  private let failure: Int?

  /// - Parameter failure: The number of records after which no more are kept.
  init(failing failure: Int? = nil) { self.failure = failure }

  var records: [JournalRecord] { kept.withLock { $0 } }

  var history: RunHistory {
    records.reduce(into: RunHistory()) { $0.add($1) }
  }

  /// The most calls that had no outcome at a time.
  var mostOpen: Int {
    var open = 0
    return records.reduce(0) { most, record in
      switch record {
      case .intent: open += 1
      case .failure, .result: open -= 1
      case .job, .carried: break
      }
      return max(most, open)
    }
  }

  func append(_ records: [JournalRecord]) async throws(StoreError) {
    // Outcomes take longer than what comes before a call.
    if case .result? = records.first { for _ in 0..<50 { await Task.yield() } }
    // As bytes, as a disk has them.
    let read = try records.map { (record) throws(StoreError) in
      try JournalRecord(parsing: record.bytes)
    }
    let isKept = kept.withLock { kept in
      guard kept.count + read.count <= failure ?? Int.max else { return false }
      kept += read
      return true
    }
    if !isKept { throw StoreError(.exhausted, "the disk is full") }
  }

  func keep(_ bytes: [UInt8], mediaType: String) async throws(StoreError) -> FileValue {
    FileValue(
      digest: Digest(hashing: bytes), mediaType: mediaType, name: "", byteCount: bytes.count)
  }
}

/// An upstream that answers chat completions by a function of the request's number, from 1.
final class ScriptedUpstream: Upstream {
  struct Reply {
    var status = 200
    var headers: [(name: String, value: String)] = []
    var text = ""

    static let answer = Reply(
      text: """
        {"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},\
        "finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2}}
        """)

    static func error(
      _ status: Int, code: String = "error", headers: [(name: String, value: String)] = []
    ) -> Reply {
      Reply(
        status: status, headers: headers,
        text: #"{"error":{"message":"no","code":"\#(code)","type":"\#(code)"}}"#)
    }
  }

  private let reply: @Sendable (Int, String) -> Reply
  private let bodies = Mutex<[String]>([])
  private let places = Mutex<[String]>([])

  init(_ reply: @escaping @Sendable (Int, String) -> Reply) { self.reply = reply }

  /// The methods and URLs of the requests so far.
  var lines: [String] { places.withLock { $0 } }

  /// The bodies of the requests so far.
  var requests: [String] { bodies.withLock { $0 } }

  func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
    let body = String(decoding: request.body, as: UTF8.self)
    places.withLock { $0.append("\(request.method.rawValue) \(request.url)") }
    let number = bodies.withLock { bodies in
      bodies.append(body)
      return bodies.count
    }
    await Task.yield()
    let reply = reply(number, body)
    return UpstreamResponse(
      status: reply.status, headers: [("content-type", "application/json")] + reply.headers,
      body: UpstreamBody {
        var isRead = false
        return UpstreamPieces {
          defer { isRead = true }
          return isRead ? nil : Array(reply.text.utf8)
        }
      })
  }

  func close() async {}
}

/// A run over a scripted upstream.
struct ScriptedRun {
  let plan: RunPlan
  let definition: RunDefinition
  let prices: RunPrices
  let provider: Provider
  let upstream: ScriptedUpstream
  let clock = InstantClock()

  /// - Parameters:
  ///   - provider: Further members of the provider.
  ///   - run: Further members of the run.
  init(
    items: Int = 3, targets: [String] = ["p:m"], kind: String = "openai.chat",
    provider: String = "", run: String = "", isPriced: Bool = true,
    _ reply: @escaping @Sendable (Int, String) -> ScriptedUpstream.Reply
  ) throws {
    let set = try ProviderSet(
      parsing: Array(
        """
        {"schema":"providers/1","providers":{"p":{"protocol":"\(kind)",\
        "base_url":"https://models.example/v1","defaults":{"max_tokens":10},\
        "capabilities":{"stream":false}\(provider)}}}
        """.utf8))
    let names = targets.map { "\"\($0)\"" }.joined(separator: ",")
    definition = try RunDefinition(
      parsing: Array(
        """
        {"schema":"run/1","inputs":"i","prompt":{"column":"q"},"targets":[\(names)],"into":"o"\
        \(run)}
        """.utf8))
    let time = Timestamp(microseconds: 0)
    let table = PriceTable(
      [Price.Unit.input, .output].map { unit in
        Price(
          provider: "p", model: "m", unit: unit, picodollars: 1_000_000, from: time, until: nil,
          tier: "", source: "")
      })
    prices = RunPrices(isPriced ? ["p": ("prices@1", table)] : [:], at: time)
    let numbers = (1...items).map(String.init)
    let inputs = RunInputs(
      items: numbers,
      columns: [.init(name: "q", isText: true, cells: numbers.map { "question \($0)" })])
    let callees = try targets.map { try set.target($0) }
    plan = RunPlan(definition, callees, try definition.items(inputs), prices)
    upstream = ScriptedUpstream(reply)
    self.provider = Provider(
      try #require(set.provider("p")), secrets: SecretSource { _ in nil }, upstream: upstream)
  }

  func runner(
    _ journal: MemoryJournal, known: [Digest: JSON.Object] = [:]
  ) -> Runner {
    var environment = RunEnvironment { Timestamp(microseconds: 1_000_000) }
    environment.clock = clock
    environment.fraction = { 0.5 }
    let provider = provider
    return Runner(
      plan, definition, named: "o.run@1", prices, journal: journal, history: journal.history,
      known: known, in: environment
    ) { (target, request, job) async throws(ProviderError) -> Answer in
      try await provider.call(target, request, job: job)
    }
  }

  func outcome(_ journal: MemoryJournal = MemoryJournal()) async throws -> RunOutcome {
    try await runner(journal).run()
  }
}
