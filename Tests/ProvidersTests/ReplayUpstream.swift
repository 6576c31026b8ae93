import Providers
import Synchronization
import Testing

/// An upstream that answers with recorded bytes, and keeps the requests.
final class ReplayUpstream: Upstream {
  /// The end of a recorded answer.
  enum Ending {
    case clean
    /// The connection breaks.
    case broken
    /// Nothing more comes.
    case silence
  }

  struct Recording {
    var status = 200
    var headers: [(name: String, value: String)] = []
    var pieces: [[UInt8]] = []
    var ending = Ending.clean

    /// An answer of one piece of JSON.
    static func json(_ text: String, status: Int = 200) -> Recording {
      Recording(
        status: status, headers: [("content-type", "application/json")], pieces: [Array(text.utf8)])
    }

    /// A stream, cut into pieces of so many bytes.
    static func stream(_ text: String, ending: Ending = .clean, by size: Int = 7) -> Recording {
      let bytes = Array(text.utf8)
      return Recording(
        headers: [("content-type", "text/event-stream")],
        pieces: stride(from: 0, to: bytes.count, by: size).map {
          Array(bytes[$0..<min($0 + size, bytes.count)])
        }, ending: ending)
    }
  }

  private let recordings: Mutex<[Recording]>
  private let sent = Mutex<[UpstreamRequest]>([])
  private let failure: UpstreamError?

  init(_ recordings: Recording..., failure: UpstreamError? = nil) {
    self.recordings = Mutex(recordings)
    self.failure = failure
  }

  /// The requests so far.
  var requests: [UpstreamRequest] { sent.withLock { $0 } }

  func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
    sent.withLock { $0.append(request) }
    if let failure { throw failure }
    let recording = recordings.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    return UpstreamResponse(
      status: recording.status, headers: recording.headers,
      body: UpstreamBody {
        var index = 0
        return UpstreamPieces { () async throws(UpstreamError) -> [UInt8]? in
          if index < recording.pieces.count {
            index += 1
            return recording.pieces[index - 1]
          }
          switch recording.ending {
          case .clean: return nil
          case .broken: throw .broken("the connection was closed")
          case .silence:
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
            throw .cancelled
          }
        }
      })
  }

  func close() async {}
}

/// A provider of a document with one, over recorded answers.
struct Replay {
  let upstream: ReplayUpstream
  let provider: Provider
  let set: ProviderSet

  /// - Parameter timeouts: The timeouts in milliseconds that are not a day, which no test takes,
  ///   however busy the machine.
  init(
    _ kind: String, members: String = "", key: String? = "sk-live-0123456789abcdef",
    timeouts: [String: Int] = [:], _ upstream: ReplayUpstream
  ) throws {
    let auth = key == nil ? "" : #","auth":{"secret":{"env":"TEST_KEY"}}"#
    let limits = ["ttft_ms", "idle_ms", "total_ms"].map {
      "\"\($0)\":\(timeouts[$0] ?? 86_400_000)"
    }
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"\(kind)",\
      "base_url":"https://models.example/v1"\(auth)\(members),\
      "timeouts":{\(limits.joined(separator: ","))}}}}
      """
    set = try ProviderSet(parsing: Array(text.utf8))
    self.upstream = upstream
    provider = Provider(
      try #require(set.provider("p")), secrets: SecretSource { $0 == "TEST_KEY" ? key : nil },
      upstream: upstream)
  }

  /// Calls the model `m`.
  func call(_ request: ChatRequest = ChatRequest(prompt: "Hello")) async throws -> Answer {
    try await provider.call(set.target("p:m"), request)
  }

  /// The error of a call.
  func failure(_ request: ChatRequest = ChatRequest(prompt: "Hello")) async throws -> ProviderError?
  {
    do {
      _ = try await call(request)
      return nil
    } catch let error as ProviderError {
      return error
    }
  }

  /// The body of the last request.
  var body: String {
    upstream.requests.last.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
  }
}
