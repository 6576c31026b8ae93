import Foundation
import Model
import Providers
import TestSupport
import Testing

/// Providers that are programs.
@Suite(.timeLimit(.minutes(2))) struct ProgramTests {
  private func set(
    _ script: String, lines: Bool = false, env: String = "[]", total: Int = 60_000
  ) throws -> ProviderSet {
    var argv: [UInt8] = []
    JSON.append(script, to: &argv)
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"command","timeouts":{"total_ms":\(total)},\
      "command":{"argv":["/bin/sh","-c",\(String(decoding: argv, as: UTF8.self))],"env":\(env),\
      "mode":"\(lines ? "lines" : "once")"}}}}
      """
    return try ProviderSet(parsing: Array(text.utf8))
  }

  private func call(_ set: ProviderSet, _ prompt: String = "Hello") async throws -> Answer {
    let provider = Provider(
      try #require(set.provider("p")),
      secrets: SecretSource {
        $0 == "MODEL_KEY" ? "sk-live-0123456789abcdef" : ProcessInfo.processInfo.environment[$0]
      })
    let result: Result<Answer, any Error>
    do {
      result = .success(try await provider.call(set.target("p:m"), ChatRequest(prompt: prompt)))
    } catch {
      result = .failure(error)
    }
    await provider.close()
    return try result.get()
  }

  private func failure(_ set: ProviderSet) async throws -> ProviderError? {
    do {
      _ = try await call(set)
      return nil
    } catch let error as ProviderError {
      return error
    }
  }

  @Test func `a program is given the request and answers with an object`() async throws {
    let answer = try await call(
      set(
        #"read line; case "$line" in *'"input":"Hello"'*) echo '{"output":"yes","usage":{"input_tokens":3,"output_tokens":1}}';; *) echo '{"output":"no"}';; esac"#
      ))
    #expect(answer.text == "yes")
    #expect(answer.usage.input == 3)
    #expect(answer.finishReason == .stop)
  }

  @Test func `a program has no descriptor of this process`() async throws {
    // As a library opens one that does not care about programs.
    let own = unsafe open("/dev/null", O_RDONLY)
    defer { close(own) }
    let answer = try await call(
      set(
        "cat > /dev/null; [ -e /proc/$$/fd/\(own) ] && word=open || word=closed; "
          + #"echo "{\"output\": \"$word\"}""#))
    #expect(answer.text == "closed")
  }

  @Test func `the usage of a program has the names of a run's columns`() async throws {
    let answer = try await call(
      set(
        #"cat > /dev/null; echo '{"output":"yes","usage":{"input_tokens":9,"cached_tokens":4,"cache_write_tokens":2,"output_tokens":1.0,"image_count":3}}'"#
      ))
    #expect(answer.usage.input == 3 && answer.usage.allInput == 9)
    #expect(answer.usage.cacheRead == 4 && answer.usage.cacheWrite5m == 2)
    #expect(answer.usage.output == 1 && answer.usage.images == 3)
  }

  @Test func `an answer has the digests of the program's files, which change when one is edited`()
    async throws
  {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/model.sh"
    func answer(_ text: String) async throws -> Answer {
      try "cat > /dev/null; echo '{\"output\":\"\(text)\"}'".write(
        toFile: path, atomically: true, encoding: .utf8)
      let document = """
        {"schema":"providers/1","providers":{"p":{"protocol":"command",\
        "command":{"argv":["sh","-u","\(path)"]}}}}
        """
      let set = try ProviderSet(parsing: Array(document.utf8))
      let answer = try await call(set)
      #expect(answer.fingerprint == set.provider("p")?.programFingerprint)
      return answer
    }
    let first = try #require(try await answer("one").fingerprint)
    let second = try #require(try await answer("two").fingerprint)
    let digest = Digest(hashing: Array(try Data(contentsOf: URL(filePath: path))))
    #expect(first != second && second.hasSuffix(" \(digest)"))
    #expect(try await answer("one").fingerprint == first)
  }

  @Test func `a program that cannot be started, or prints something else, comes with advice`()
    async throws
  {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/answer"
    try "echo".write(toFile: path, atomically: true, encoding: .utf8)
    for (argv, advice) in [
      ("[\"\(path)\"]", "chmod +x '\(path)'"), ("[\"python3 answer.py\"]", "separately"),
      ("[\"answer-is-nowhere\"]", "./answer-is-nowhere"),
      ("[\"sh\",\"-c\",\"echo Hello there\"]", "one JSON object"),
    ] {
      let document = """
        {"schema":"providers/1","providers":{"p":{"protocol":"command","command":{"argv":\(argv)}}}}
        """
      let error = try await failure(try ProviderSet(parsing: Array(document.utf8)))
      #expect(error?.advice.contains(advice) == true, "\(argv) \(error as Any)")
      #expect(error?.advisedMessage.contains(advice) == true)
    }
    let error = try await failure(set("echo Hello there"))
    #expect(error?.message == "the program printed 'Hello there⏎', which is not JSON")
  }

  @Test func `media are bytes`() async throws {
    let answer = try await call(
      set(
        #"cat > /dev/null; echo '{"media":[{"media_type":"image/png","base64":"iVBORw0KGgo="}]}'"#))
    #expect(answer.media.first?.bytes.count == 8)
  }

  @Test func `a status other than 0 is an error with the end of what was written`() async throws {
    let error = try await failure(set("echo one >&2; echo 'no memory' >&2; exit 3"))
    #expect(error?.kind == .serverError)
    #expect(error?.message.hasSuffix("status 3: one⏎no memory") == true, "\(error as Any)")
  }

  @Test(arguments: [
    (
      #"echo '{"error":{"class":"rate_limited","message":"slow"}}'"#, ProviderError.Kind.rateLimited
    ),
    (#"echo '{"error":"broken"}'"#, .serverError), ("echo hello", .malformed),
    ("echo '{}'", .malformed), ("echo '[1]'", .malformed), ("true", .malformed),
  ])
  func `an error that a program reports has a class`(
    script: String, kind: ProviderError.Kind
  ) async throws {
    #expect(try await failure(set(script))?.kind == kind)
  }

  @Test func `a program that is not there is told`() async throws {
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"command","command":{"argv":["/no/such"]}}}}
      """
    let set = try ProviderSet(parsing: Array(text.utf8))
    #expect(try await failure(set)?.kind == .connect)
  }

  @Test func `a program whose call is cancelled is killed with all that it started`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/pid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let set = try set("sleep 1000 & echo $! > \(path); wait")
    let call = Task { try await self.call(set) }
    var pid: Int32?
    try await eventually("the program has written its child's number") {
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      if text.hasSuffix("\n") { pid = Int32(text.dropLast()) }
      return pid != nil
    }
    call.cancel()
    await #expect { _ = try await call.value } throws: { error in
      (error as? ProviderError)?.kind == .cancelled
    }
    let state = "/proc/\(try #require(pid))/stat"
    try await eventually("the child has ended") {
      // A dead process may wait to be collected by another.
      (try? String(contentsOfFile: state, encoding: .utf8))?.contains(") Z ") ?? true
    }
  }

  @Test func `a program has the variables that the document lists, and its keys are masked`()
    async throws
  {
    let script = #"cat > /dev/null; echo "{\"output\":\"$MODEL_KEY, $HOME, $ASSAY_TEST_OTHER\"}""#
    unsafe setenv("ASSAY_TEST_OTHER", "other", 1)
    let answer = try await call(set(script, env: #"["MODEL_KEY"]"#))
    #expect(answer.text?.hasPrefix("[secret:MODEL_KEY], /") == true, "\(answer.text as Any)")
    #expect(answer.text?.hasSuffix(", ") == true)
  }

  @Test func `a long-lived program answers many calls, in any order`() async throws {
    // Two lines are read before the first is answered, and answered backwards.
    let script = #"""
      while read a && read b; do
        ia=${a##*'"id":'}; ia=${ia%\}}; ib=${b##*'"id":'}; ib=${ib%\}}
        echo "{\"id\":$ib,\"output\":\"second $$\"}"; echo "{\"id\":$ia,\"output\":\"first $$\"}"
      done
      """#
    let set = try set(script, lines: true)
    let provider = Provider(try #require(set.provider("p")))
    let target = try set.target("p:m")
    var outputs: [String] = []
    for _ in 0..<3 {
      async let one = provider.call(target, ChatRequest(prompt: "x"))
      async let two = provider.call(target, ChatRequest(prompt: "y"))
      outputs += [try await one.text ?? "", try await two.text ?? ""]
    }
    await provider.close()
    #expect(outputs.filter { $0.hasPrefix("first") }.count == 3)
    #expect(Set(outputs.map { $0.split(separator: " ").last }).count == 1)
  }

  @Test func `a long-lived program that ends is started again`() async throws {
    let script = #"read a; i=${a##*'"id":'}; i=${i%\}}; echo "{\"id\":$i,\"output\":\"$$\"}""#
    let set = try set(script, lines: true)
    let provider = Provider(try #require(set.provider("p")))
    var outputs: Set<String> = []
    while outputs.count < 2 {
      // A call that meets the end of the process is an error, and says so.
      if let text = try? await provider.call(set.target("p:m"), ChatRequest(prompt: "x")).text {
        outputs.insert(text)
      }
    }
    await provider.close()
  }

  @Test func `a call that takes too long ends a long-lived program`() async throws {
    let error = try await failure(set("while read a; do :; done", lines: true, total: 200))
    #expect(error?.kind == .timeoutTotal)
  }
}
