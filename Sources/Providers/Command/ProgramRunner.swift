import Model
import Synchronization

/// A provider that is a program: it is given a JSON object and answers with one.
///
/// Either one process per call, or a long-lived one that takes and gives a line per call. A program
/// whose call is cancelled, or takes too long, is killed with all that it started.
final class ProgramRunner: Sendable {
  private static let outputLimit = 64 << 20
  /// Variables that every program gets.
  private static let usualVariables = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"]

  private let program: ProviderDefinition.Program
  private let environment: [String]
  private let mask: SecretMask
  private let lines: LineProgram?
  /// The places where programs are looked for.
  private let path: String

  init(_ program: ProviderDefinition.Program, secrets: SecretSource) {
    self.program = program
    var names = Self.usualVariables
    for name in program.environment where !names.contains(name) { names.append(name) }
    let variables = names.compactMap { name in secrets.variable(name).map { (name, $0) } }
    environment = variables.map { "\($0)=\($1)" }
    path = SecretSource.process.variable("PATH") ?? ""
    mask = SecretMask(
      variables.filter { name, _ in
        ["KEY", "TOKEN", "SECRET", "PASSWORD"].contains { name.uppercased().hasSuffix($0) }
      }.map { (name: $0, value: $1) })
    lines =
      program.isLongLived
      ? LineProgram(argv: program.argv, environment: environment, path: path) : nil
  }

  /// Ends the long-lived process.
  func close() async { await lines?.close() }

  /// Calls the program once.
  func call(_ order: CallOrder) async throws(ProviderError) -> Answer {
    let input: JSON.Object = [
      "model": .string(order.model), "input": .string(order.request.prompt),
      "messages": OpenAIChat.messages(order.request), "params": .object(order.params),
    ]
    do throws(ProviderError) {
      // Of the files before they are read: an edit during the call is another program.
      var fingerprint = lines == nil ? ProgramFingerprint(argv: program.argv, path: path).text : nil
      let output: JSON
      if let lines {
        output = try await lines.call(input)
        fingerprint = await lines.fingerprint
      } else {
        output = try json(
          try await written(for: JSON.object(input).compactBytes + [UInt8(ascii: "\n")]))
      }
      var answer = try Answer(program: output).masked(by: mask)
      answer.fingerprint = fingerprint
      return answer
    } catch {
      throw error.masked(by: mask)
    }
  }

  /// Starts the program, gives it bytes, and returns what it writes until it ends.
  /// - Throws: ``ProviderError``: `connect` when it cannot be started, `server_error` when it ends
  ///   with another status than 0, `malformed` when it writes too much; the caller masks it.
  private func written(for input: [UInt8]) async throws(ProviderError) -> [UInt8] {
    let child = try ChildProcess(argv: program.argv, environment: environment)
    let end = await withTaskCancellationHandler {
      async let errors = Self.end(of: child)
      async let isWritten = Self.feed(input, to: child)
      var output: [UInt8] = []
      while let piece = await child.read(.output) {
        output += piece
        guard output.count <= Self.outputLimit else {
          child.kill()
          break
        }
      }
      _ = await isWritten
      let message = await errors
      return (output: output, message: message, status: await child.status())
    } onCancel: {
      child.kill()
    }
    // Its beginning may be cut off within a secret; the end of it is not.
    let message = String(mask.masked(end.message).suffix(800))
    return try Self.whole(end.output, message, end.status)
  }

  /// The program's output for `input`, without secrets.
  /// - Throws: As ``call(_:)`` does.
  func text(for input: [UInt8]) async throws(ProviderError) -> [UInt8] {
    do throws(ProviderError) {
      return mask.masked(try await written(for: input))
    } catch {
      throw error.masked(by: mask)
    }
  }

  private static func whole(
    _ output: [UInt8], _ message: String, _ status: Int32
  ) throws(ProviderError) -> [UInt8] {
    if Task.isCancelled { throw ProviderError(UpstreamError.cancelled) }
    guard output.count <= Self.outputLimit else {
      throw ProviderError(
        .malformed, "the program wrote more than \(Self.outputLimit >> 20) MiB",
        advice: Answer.programAdvice)
    }
    guard status == 0 else {
      throw ProviderError(
        .serverError,
        "the program ended with status \(status)" + (message.isEmpty ? "" : ": ")
          + message, advice: "run the program by hand with a line such as {\"input\": \"Hi\"}")
    }
    return output
  }

  /// The JSON that the program printed.
  private func json(_ output: [UInt8]) throws(ProviderError) -> JSON {
    do throws(ProviderError) {
      return try OpenAIChat.Reader.json(output)
    } catch {
      // A secret is masked before the text is cut, so that no part of one is left.
      let text = TerminalText.line(mask.masked(String(decoding: output, as: UTF8.self)))
      let printed = text.isEmpty ? "nothing" : "'\(text.prefix(80))\(text.count > 80 ? "…" : "")'"
      throw ProviderError(
        .malformed, "the program printed \(printed), which is not JSON",
        advice: Answer.programAdvice)
    }
  }

  private static func feed(_ input: [UInt8], to child: ChildProcess) async -> Bool {
    let isWritten = await child.write(input)
    child.closeInput()
    return isWritten
  }

  /// The end of what a program writes to standard error, as one line.
  private static func end(of child: ChildProcess) async -> String {
    var bytes: [UInt8] = []
    while let piece = await child.read(.errors) { bytes = Array((bytes + piece).suffix(4_000)) }
    let text = String(decoding: bytes, as: UTF8.self)
    return TerminalText.line(String(text.reversed().drop { $0.isWhitespace }.reversed()))
  }
}

/// A process that answers many calls, each with a line that has the call's id.
private actor LineProgram {
  private let argv: [String]
  private let environment: [String]
  private var child: ChildProcess?
  private var nextID: Int64 = 1
  private let path: String
  /// The fingerprint of the process that runs.
  private(set) var fingerprint: String?
  private var waiting: [Int64: CheckedContinuation<Result<JSON, ProviderError>, Never>] = [:]

  init(argv: [String], environment: [String], path: String) {
    self.argv = argv
    self.environment = environment
    self.path = path
  }

  func close() { end(ProviderError(UpstreamError.cancelled)) }

  func call(_ input: JSON.Object) async throws(ProviderError) -> JSON {
    let id = nextID
    nextID += 1
    var input = input
    input["id"] = .integer(id)
    let line = JSON.object(input).compactBytes + [UInt8(ascii: "\n")]
    let child = try running()
    let result: Result<JSON, ProviderError> = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<JSON, ProviderError>, Never>) in
        if Task.isCancelled {
          continuation.resume(returning: .failure(ProviderError(UpstreamError.cancelled)))
          return
        }
        waiting[id] = continuation
        Task {
          if await !child.write(line) { self.fail(id, "the program takes no more calls") }
        }
      }
    } onCancel: {
      Task { await self.cancel(id, child) }
    }
    return try result.get()
  }

  private func running() throws(ProviderError) -> ChildProcess {
    if let child { return child }
    fingerprint = ProgramFingerprint(argv: argv, path: path).text
    let started = try ChildProcess(argv: argv, environment: environment)
    child = started
    Task { await self.read(started) }
    Task { while await started.read(.errors) != nil {} }
    return started
  }

  private func read(_ child: ChildProcess) async {
    var line: [UInt8] = []
    while let piece = await child.read(.output) {
      for byte in piece {
        if byte == UInt8(ascii: "\n") {
          answer(line)
          line.removeAll(keepingCapacity: true)
        } else if line.count < 64 << 20 {
          line.append(byte)
        }
      }
    }
    guard self.child === child else { return }
    end(ProviderError(.serverError, "the program ended while it was called"))
  }

  private func answer(_ line: [UInt8]) {
    guard let json = try? JSON(parsing: line, depth: 128, keepingDuplicates: true),
      let id = json["id"]?.integer
    else {
      if !line.isEmpty {
        end(
          ProviderError(
            .malformed, "the program wrote a line that is no JSON object with an 'id'",
            advice: Self.lineAdvice))
      }
      return
    }
    waiting.removeValue(forKey: id)?.resume(returning: .success(json))
  }

  private static let lineAdvice =
    "print one line for each call, such as {\"id\": 1, \"output\": \"the answer\"}, with the id of "
    + "the line that was read, and nothing else"

  private func fail(_ id: Int64, _ message: String) {
    waiting.removeValue(forKey: id)?
      .resume(returning: .failure(ProviderError(.serverError, message)))
  }

  /// Ends the process when a call is given up: what it does for that call would go on.
  private func cancel(_ id: Int64, _ child: ChildProcess) {
    guard let continuation = waiting.removeValue(forKey: id) else { return }
    continuation.resume(returning: .failure(ProviderError(UpstreamError.cancelled)))
    guard self.child === child else { return }
    end(
      ProviderError(
        .serverError, "the program was ended, since another call of it took too long"))
  }

  private func end(_ error: ProviderError) {
    child?.kill()
    child = nil
    for continuation in waiting.values { continuation.resume(returning: .failure(error)) }
    waiting = [:]
  }
}

extension Answer {
  /// Advice about a program that prints something else than an answer.
  fileprivate static let programAdvice =
    "print one JSON object to standard output, such as {\"output\": \"the answer\"}, and nothing "
    + "else"

  /// The answer that a program wrote: `output`, and what else it may say.
  /// - Throws: ``ProviderError``: the error that it reports, or `malformed`.
  fileprivate init(program json: JSON) throws(ProviderError) {
    guard json.object != nil else {
      throw ProviderError(
        .malformed, "the program's answer is no JSON object", advice: Self.programAdvice)
    }
    if let error = json["error"] {
      let kind = error["class"]?.string.flatMap(ProviderError.Kind.init) ?? .serverError
      throw ProviderError(
        kind, error["message"]?.string ?? error.string ?? "the program reported an error")
    }
    if let output = json["output"] { text = output.string ?? output.text }
    refusal = json["refusal"]?.string
    for call in json["tool_calls"]?.array ?? [] {
      let function = call["function"] ?? call
      toolCalls.append(
        ToolCall(
          id: call["id"]?.string ?? "", name: function["name"]?.string ?? "",
          arguments: function["arguments"].map { $0.string ?? $0.text } ?? "{}"))
    }
    for item in json["media"]?.array ?? [] {
      media.append(try Media(base64: item["base64"]?.string ?? "", item["media_type"]?.string))
    }
    embeddings = (json["embeddings"]?.array ?? []).map { $0.array?.compactMap(\.double) ?? [] }
    let names = (json.object?.names ?? []).prefix(8)
    guard
      text != nil || refusal != nil || !toolCalls.isEmpty || !media.isEmpty || !embeddings.isEmpty
    else {
      throw ProviderError(
        .malformed,
        "the program's answer has no 'output': it has \(names.joined(separator: ", "))",
        advice: Self.programAdvice)
    }
    finishRaw = json["finish_reason"]?.string
    finishReason =
      finishRaw.map { FinishReason(rawValue: $0) ?? .other }
      ?? (toolCalls.isEmpty ? .stop : .toolCalls)
    modelReported = json["model"]?.string
    if let report = json["usage"], !report.isNull { usage = Self.usage(program: report) }
  }

  /// The usage that a program reports, by the names that the columns of a run have.
  private static func usage(program json: JSON) -> Usage {
    var counts = UsageCounts(json)
    var usage = Usage()
    usage.cacheRead = counts.take("cached_tokens")
    usage.cacheWrite5m = counts.take("cache_write_tokens")
    // The input includes what came from a cache and what went into one.
    usage.input = counts.take("input_tokens").map {
      max(0, $0 - (usage.cacheRead ?? 0) - (usage.cacheWrite5m ?? 0))
    }
    usage.output = counts.take("output_tokens")
    usage.reasoning = counts.take("reasoning_tokens")
    usage.images = counts.take("image_count", "images")
    return counts.usage(usage)
  }
}
