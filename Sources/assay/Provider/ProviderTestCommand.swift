import ArgumentParser
import Client
import Model
import Providers
import Service
import Wire

/// `assay provider test`: calls a model once.
struct ProviderTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Call a model once, and show what came.",
    discussion: """
      The call is a real one: it may cost money. It is made by this command, with keys from its \
      environment, or by the server with its own, and never repeated.

      Exit status: 0 an answer; 65 the request is refused as it is, too long or not of this protocol; 66 \
      no such model; 74 no secure connection; 75 try again later; 77 the key, the quota or the address \
      is refused.
      """)

  @Argument(help: "The target: a name of models, provider:model, or a provider with --model.")
  var target: String
  @Option(help: "The provider's name of the model.") var model: String?
  @Option(help: "The text that is sent.") var prompt: String?
  @Option(
    help: ArgumentHelp(
      "A whole request in JSON: an object with messages, tools and parameters.", valueName: "file"))
  var request: String?
  @Flag(help: "Ask for the answer in one piece, also where the provider has pieces.")
  var noStream = false
  @OptionGroup var set: ProviderSetOption
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var order = ProviderTestRequest(target: model.map { "\(target):\($0)" } ?? target)
    order.providers = set.dataset
    if let prompt { order.prompt = prompt }
    if let request {
      guard prompt == nil else { throw StoreError(.usage, "give --prompt or --request") }
      let bytes = try RouterCommand.read(request)
      do throws(JSONFault) {
        order.request = try JSON(parsing: bytes, depth: 64)
      } catch {
        throw StoreError(.usage, "\(request) is not JSON: \(error.description(in: bytes))")
      }
    }
    if noStream { order.streams = false }
    let answer = try answer(order)
    let output = try Output()
    if global.json {
      try output.json(answer)
    } else {
      try ProviderTestText.write(answer, output)
    }
    try output.finish()
    if let error = answer.error {
      throw ExitCode(ProviderError.Kind(rawValue: error.errorClass)?.exitStatus ?? 1)
    }
  }
}

extension ProviderTestCommand {
  private func answer(
    _ order: ProviderTestRequest
  ) throws(StoreError) -> ProviderTestDocument {
    if let url = global.url { return try global.remote(url).testProvider(order) }
    let service = try global.openFolder()
    return try Waiting.value { () async throws(StoreError) in
      try await service.testProvider(order)
    }
  }
}

extension ProviderError.Kind {
  /// The exit status of a call that failed so, a number of sysexits.h.
  var exitStatus: Int32 {
    switch self {
    case .invalidRequest, .contextLengthExceeded, .contentFiltered, .unsupported: 65
    case .modelNotFound: 66
    case .tls: 74
    case .connect, .timeoutConnect, .timeoutFirstByte, .timeoutIdle, .timeoutTotal, .rateLimited,
      .overloaded, .serverError, .malformed, .truncated, .streamError, .cancelled:
      75
    case .auth, .quotaExhausted, .egress: 77
    }
  }
}

/// The outcome of a single call as text for people.
enum ProviderTestText {
  static func write(_ answer: ProviderTestDocument, _ output: Output) throws(StoreError) {
    if let error = answer.error {
      try output.line("\(answer.target): \(error.errorClass): \(error.message)")
      if let wait = error.retryAfterMilliseconds {
        try output.line("the provider asks to wait \(seconds(Double(wait)))")
      }
      if let id = answer.requestID { try output.line("request id: \(id)") }
      try output.line("what to do: \(error.advice)")
      return
    }
    if let text = answer.output { try output.line(text) }
    if let refusal = answer.refusal { try output.line("refused: \(refusal)") }
    for call in answer.toolCalls { try output.line("calls \(call.name) \(call.arguments)") }
    for media in answer.media { try output.line("\(media.mediaType), \(media.bytes) bytes") }
    for count in answer.embeddings { try output.line("an embedding of \(count) numbers") }
    try output.line("")
    try output.line("answered by  " + (answer.modelReported ?? answer.model) + from(answer))
    let raw = answer.finishRaw.map { " (\($0))" } ?? ""
    try output.line("ended with   \(answer.finishReason ?? "no reason")\(raw)")
    var times = seconds(answer.latencyMilliseconds ?? 0)
    if let first = answer.firstContentMilliseconds {
      times += ", first content after \(seconds(first))"
    }
    try output.line("took         \(times)")
    try output.line("used         \(usage(answer.usage))")
    try output.line("cost         \(cost(answer))")
    for note in answer.notes { try output.line("note: \(note)") }
  }

  private static func from(_ answer: ProviderTestDocument) -> String {
    var words = ["\(answer.provider) of \(answer.providers)"]
    if let print = answer.fingerprint { words.append("fingerprint \(print)") }
    if let id = answer.requestID { words.append("request \(id)") }
    return " (\(words.joined(separator: ", ")))"
  }

  private static func usage(_ usage: ProviderTestDocument.Usage) -> String {
    let counts: [(String, Int?)] = [
      ("input", usage.inputTokens), ("from cache", usage.cachedTokens),
      ("into cache", usage.cacheWriteTokens), ("output", usage.outputTokens),
      ("of it reasoning", usage.reasoningTokens), ("images", usage.images),
    ]
    let words = counts.compactMap { name, count in count.map { "\($0) \(name)" } }
    return words.isEmpty ? "not reported" : words.joined(separator: ", ")
  }

  /// Dollars to the last digit of a nanodollar.
  private static func cost(_ answer: ProviderTestDocument) -> String {
    guard let nano = answer.costNanodollars else { return "unknown" }
    let rest = String(nano % 1_000_000_000)
    let digits = String(repeating: "0", count: 9 - rest.count) + rest
    let prices = answer.prices.map { " by \($0)" } ?? ""
    return "$\(nano / 1_000_000_000).\(digits)\(prices)"
  }

  private static func seconds(_ milliseconds: Double) -> String {
    milliseconds < 1_000
      ? "\(Int(milliseconds.rounded())) ms"
      : "\(Double(Int((milliseconds / 100).rounded())) / 10) s"
  }
}
