import Foundation
import Model
import Providers
import Testing

/// Calls over real connections.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
  private func definition(_ url: String, _ members: String = "") throws -> ProviderSet {
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"openai.chat","base_url":"\(url)",\
      "auth":{"secret":{"env":"KEY"}}\(members)}}}
      """
    return try ProviderSet(parsing: Array(text.utf8))
  }

  private func call(_ url: String, _ members: String = "") async throws -> Answer {
    let set = try definition(url, members)
    let provider = Provider(
      try #require(set.provider("p")), secrets: SecretSource { _ in "sk-live-0123456789abcdef" })
    let result: Result<Answer, any Error>
    do {
      result = .success(try await provider.call(set.target("p:m"), ChatRequest(prompt: "x")))
    } catch {
      result = .failure(error)
    }
    await provider.close()
    return try result.get()
  }

  private func failure(
    of pieces: [String], _ members: String = #","egress":{"allow_private":true}"#
  ) async throws -> ProviderError? {
    let server = try await RawServer(pieces)
    defer { Task { await server.close() } }
    do {
      _ = try await call("http://127.0.0.1:\(server.port)/v1", members)
      return nil
    } catch let error as ProviderError {
      return error
    }
  }

  private static let head =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

  private static func chunk(_ text: String) -> String {
    "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
  }

  private static let content = chunk("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n")
  private static let stop = chunk(
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")

  @Test func `a whole stream is an answer`() async throws {
    let server = try await RawServer([Self.head, Self.content, Self.stop, "0\r\n\r\n"])
    let answer = try await call(
      "http://127.0.0.1:\(server.port)/v1", #","egress":{"allow_private":true}"#)
    #expect(answer.text == "Hi")
    await server.close()
  }

  @Test(arguments: [
    [head, content, "0\r\n\r\n"],
    [head, content],
    [head, content, "ff\r\ndata: {\"choi"],
    [head],
    [],
    ["HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"choices\""],
    ["nonsense\r\n\r\n"],
    ["HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"choices\":[]}\n\n"],
  ])
  func `an answer that ends before its end is none`(pieces: [String]) async throws {
    #expect(try await failure(of: pieces)?.kind == .truncated)
  }

  @Test func `an address of this machine is refused on the connection, before the key is sent`()
    async throws
  {
    let error = try await failure(of: [Self.head, Self.content, Self.stop, "0\r\n\r\n"], "")
    #expect(error?.kind == .egress)
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test func `a name that leads to this machine is refused as its address is`() async throws {
    let server = try await RawServer([Self.head, Self.content, Self.stop, "0\r\n\r\n"])
    await #expect { _ = try await call("http://localhost:\(server.port)/v1") } throws: { error in
      (error as? ProviderError)?.kind == .egress
    }
    await server.close()
  }

  @Test func `nothing that listens is told at once`() async throws {
    // A port that no test's server is given, where nothing listens.
    await #expect {
      _ = try await call("http://127.0.0.1:1/v1", #","egress":{"allow_private":true}"#)
    } throws: { error in
      (error as? ProviderError)?.kind == .connect
    }
  }

  @Test func `a server without TLS is no secure connection`() async throws {
    let server = try await RawServer(["HTTP/1.1 400 Bad Request\r\n\r\n"])
    await #expect {
      _ = try await call(
        "https://127.0.0.1:\(server.port)/v1", #","egress":{"allow_private":true}"#)
    } throws: { error in
      (error as? ProviderError)?.kind == .tls
    }
    await server.close()
  }

  @Test func `a redirection is not followed`() async throws {
    let error = try await failure(of: [
      "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/steal\r\ncontent-length: 0\r\n\r\n"
    ])
    #expect(error?.kind == .invalidRequest)
    #expect(error?.status == 307)
  }
}

/// Keys in files.
@Suite struct SecretFileTests {
  @Test func `a file is read for every call, and refused when others may read it`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/key-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"openai.chat",\
      "base_url":"https://h.example","auth":{"secret":{"file":"\(path)"}}}}}
      """
    let set = try ProviderSet(parsing: Array(text.utf8))
    let upstream = ReplayUpstream(
      .json(#"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}"#))
    let provider = Provider(
      try #require(set.provider("p")), secrets: .process, upstream: upstream)
    for (key, mode) in [("sk-first-0123456789", 0o600), ("sk-second-0123456789", 0o600)] {
      #expect(
        FileManager.default.createFile(
          atPath: path, contents: Data("\(key)\n".utf8), attributes: [.posixPermissions: mode]))
      _ = try await provider.call(set.target("p:m"), ChatRequest(prompt: "x"))
      #expect(
        upstream.requests.last?.headers.first { $0.name == "authorization" }?.value
          == "Bearer \(key)")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    await #expect {
      _ = try await provider.call(set.target("p:m"), ChatRequest(prompt: "x"))
    } throws: { error in
      (error as? ProviderError)?.kind == .auth && "\(error)".contains("chmod 600")
    }
    // No call waits for a pipe.
    try FileManager.default.removeItem(atPath: path)
    try #require(unsafe mkfifo(path, 0o600) == 0)
    await #expect {
      _ = try await provider.call(set.target("p:m"), ChatRequest(prompt: "x"))
    } throws: { error in
      (error as? ProviderError)?.kind == .auth && "\(error)".contains("no regular file")
    }
  }
}
