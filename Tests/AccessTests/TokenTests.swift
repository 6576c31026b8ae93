import Access
import Foundation
import Model
import Objects
import Synchronization
import TestSupport
import Testing
import Wire

@Suite struct TokenTests {
  /// A time that tests move on.
  private final class Clock: Sendable {
    private let seconds = Mutex(1_000_000)

    func advance(_ by: Int) { seconds.withLock { $0 += by } }

    var now: Timestamp {
      Timestamp(microseconds: Int64(seconds.withLock { $0 }) * 1_000_000)
    }
  }

  private let folder: TemporaryDirectory
  private let clock = Clock()
  private let tokens: LocalTokenService

  init() throws {
    folder = try TemporaryDirectory()
    let clock = clock
    tokens = LocalTokenService(disk: PosixDisk(root: folder.path), clock: { clock.now })
  }

  private func make(_ scope: TokenScope = .read, prefix: String? = nil, seconds: Int? = nil) throws
    -> NewTokenDocument
  {
    try tokens.createToken(
      TokenRequest(name: "ann", scope: scope, prefix: prefix, expiresInSeconds: seconds))
  }

  @Test func `a token opens the store to whoever has it, and only its hash is kept`() throws {
    #expect(try !tokens.isAnyTokenKnown())
    let made = try make(.write)
    #expect(made.token.wholeMatch(of: /assay_[A-Za-z0-9_-]{43}/) != nil)
    let caller = try #require(try tokens.caller(secret: made.token))
    #expect(caller.name == "ann")
    #expect(caller.scope == .write)
    #expect(try tokens.isAnyTokenKnown())
    let file = try String(contentsOfFile: folder.path + "/access/tokens.json", encoding: .utf8)
    #expect(!file.contains(made.token.dropFirst(6)))
    #expect(file.contains(Digest(hashing: Array(made.token.utf8)).hex))
  }

  @Test func `files of secrets are their owner's alone, also those that were not`() throws {
    func mode(_ path: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + path)
      return try #require(attributes[.posixPermissions] as? Int)
    }
    _ = try make()
    for path in ["/access/tokens.json", "/access/lock"] { #expect(try mode(path) == 0o600) }
    #expect(try mode("/access") == 0o700)
    // As an earlier version left them, with a link to a file elsewhere.
    let files = FileManager.default
    for path in ["/access/tokens.json", "/access/lock"] {
      try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + path)
    }
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path + "/access")
    try Data().write(to: URL(fileURLWithPath: folder.path + "/elsewhere"))
    try files.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.path + "/elsewhere")
    try files.createSymbolicLink(
      atPath: folder.path + "/access/audit.jsonl", withDestinationPath: "../elsewhere")
    _ = LocalTokenService(disk: PosixDisk(root: folder.path), clock: { Timestamp(microseconds: 0) })
    for path in ["/access/tokens.json", "/access/lock"] { #expect(try mode(path) == 0o600) }
    #expect(try mode("/access") == 0o700)
    #expect(try mode("/elsewhere") == 0o644)
  }

  @Test(arguments: [
    ("pub", ["pub", "pub.a", "pub.a.b"], ["public", "pub-a", "pu", "a.pub", "pub_a"]),
    ("pub.", ["pub.a", "pub.a.b"], ["pub", "public", "pub-a"]),
    ("team-", ["team-a", "team-b.c"], ["team", "team.a", "teams-a"]),
  ])
  func `a prefix is a namespace, not how a name begins`(
    prefix: String, seen: [String], hidden: [String]
  ) throws {
    let made = try make(prefix: prefix)
    let caller = try #require(try tokens.caller(secret: made.token))
    for (names, isSeen) in [(seen, true), (hidden, false)] {
      for name in names {
        let dataset = try DatasetName(name)
        #expect(caller.sees(dataset) == isSeen, "\(name)")
        guard !isSeen else {
          try caller.requireReach(of: dataset)
          continue
        }
        let refusal = #expect(throws: StoreError.self) { try caller.requireReach(of: dataset) }
        #expect(refusal?.kind == .denied && refusal?.message.contains(prefix) == true)
      }
    }
  }

  @Test func `an unknown, a cut and a longer secret open nothing`() throws {
    let made = try make()
    #expect(try tokens.caller(secret: "") == nil)
    #expect(try tokens.caller(secret: "assay_" + String(repeating: "A", count: 43)) == nil)
    #expect(try tokens.caller(secret: String(made.token.dropLast())) == nil)
    #expect(try tokens.caller(secret: made.token + "A") == nil)
  }

  @Test func `a token expires at its time`() throws {
    let made = try make(seconds: 60)
    clock.advance(59)
    #expect(try tokens.caller(secret: made.token) != nil)
    clock.advance(1)
    #expect(try tokens.caller(secret: made.token) == nil)
    // Somebody locked the store once: it does not open because time went by.
    #expect(try tokens.isAnyTokenKnown())
  }

  @Test func `a revoked token opens nothing, also not elsewhere`() throws {
    let clock = clock
    let other = LocalTokenService(disk: PosixDisk(root: folder.path), clock: { clock.now })
    let made = try make()
    #expect(try other.caller(secret: made.token) != nil)
    try tokens.revokeToken(made.document.id)
    #expect(try tokens.caller(secret: made.token) == nil)
    #expect(try other.caller(secret: made.token) == nil)
    let error = #expect(throws: StoreError.self) { try tokens.revokeToken(made.document.id) }
    #expect(error?.kind == .missing)
  }

  @Test func `a token that another process made works at once`() throws {
    #expect(try tokens.caller(secret: "assay_x") == nil)
    let clock = clock
    let other = LocalTokenService(disk: PosixDisk(root: folder.path), clock: { clock.now })
    let made = try other.createToken(TokenRequest(name: "bob", scope: .admin))
    #expect(try tokens.caller(secret: made.token)?.scope == .admin)
  }

  @Test func `tokens that many make at once are all kept`() async throws {
    let clock = clock
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          let service = LocalTokenService(disk: PosixDisk(root: path), clock: { clock.now })
          _ = try service.createToken(TokenRequest(name: "t\(number)", scope: .read))
        }
      }
      try await group.waitForAll()
    }
    #expect(Set(try tokens.tokens(limit: nil).map(\.name)).count == 16)
  }

  @Test func `a URL token reads one dataset in URLs, and lives no longer than its maker`() throws {
    let maker = try #require(try tokens.caller(secret: try make(seconds: 3600).token))
    let made = try tokens.createURLToken(
      URLTokenRequest(reference: "runs@3", format: .csv), for: maker)
    #expect(made.path == "/v1/datasets/runs/versions/3/data.csv?token=\(made.token)")
    #expect(made.expiresAt == maker.expiresAt)
    let caller = try #require(try tokens.caller(secret: made.token, inURL: true))
    #expect(caller.scope == .read)
    #expect(caller.sees(try DatasetName("runs")))
    #expect(!caller.sees(try DatasetName("runs2")))
    let other = try make(.admin)
    #expect(try tokens.caller(secret: other.token, inURL: true) == nil)
  }

  @Test func `a URL token locks nobody out, and keeps nobody out`() throws {
    let made = try tokens.createURLToken(
      URLTokenRequest(reference: "runs@3", format: .csv, expiresInSeconds: 60))
    #expect(try !tokens.isAnyTokenKnown())
    #expect(try tokens.caller(secret: made.token, inURL: true) != nil)
    clock.advance(61)
    #expect(try !tokens.isAnyTokenKnown())
    _ = try make()
    #expect(try tokens.isAnyTokenKnown())
  }

  @Test func `a prefix is what names begin with`() throws {
    let caller = try #require(try tokens.caller(secret: try make(prefix: "vision.").token))
    #expect(caller.sees(try DatasetName("vision.runs")))
    #expect(!caller.sees(try DatasetName("vision")))
    #expect(!caller.sees(try DatasetName("audio.runs")))
    let error = #expect(throws: StoreError.self) {
      try caller.requireAccess(to: try DatasetName("audio.runs"))
    }
    #expect(error?.kind == .missing)
  }

  @Test func `a use is written down once a minute`() throws {
    let made = try make()
    let id = made.document.id
    #expect(tokens.isUseDue(id))
    try tokens.noteUse(id)
    #expect(!tokens.isUseDue(id))
    #expect(try tokens.tokens(limit: nil).first?.lastUsedAt == clock.now)
    clock.advance(61)
    #expect(tokens.isUseDue(id))
    #expect(!tokens.isUseDue(id))
  }

  @Test(arguments: ["", "{", "{\"format\":1}", "[]", "{\"format\":2,\"tokens\":[]}"])
  func `a damaged file of tokens opens nothing`(contents: String) throws {
    _ = try make()
    clock.advance(5)
    let path = folder.path + "/access/tokens.json"
    try contents.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: StoreError.self) { try tokens.isAnyTokenKnown() }
    #expect(throws: StoreError.self) { try tokens.caller(secret: "assay_x") }
  }

  @Test func `to note a use waits for nobody who has the lock`() throws {
    let made = try make()
    let disk = PosixDisk(root: folder.path)
    let lock = try disk.lock("access/lock", waits: false)
    #expect(throws: StoreError.self) { try disk.lock("access/lock", waits: false) }
    #expect(throws: StoreError.self) { try tokens.noteUse(made.document.id) }
    disk.close(lock)
    try tokens.noteUse(made.document.id)
    #expect(try tokens.tokens(limit: nil).first?.lastUsedAt == clock.now)
  }

  @Test func `a write by many at once leaves a line for each`() async throws {
    let log = AuditLog(disk: PosixDisk(root: folder.path))
    let time = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          try log.append(
            AuditEntry(
              time: time, caller: .local, operation: "createVersion", target: "runs",
              result: "runs@\(number)", requestID: "r\(number)"))
        }
      }
      try await group.waitForAll()
    }
    let text = try String(contentsOfFile: folder.path + "/access/audit.jsonl", encoding: .utf8)
    let lines = text.split(separator: "\n")
    let entries = try lines.map { try Documents.decode(AuditEntry.self, from: $0.utf8) }
    #expect(Set(entries.map(\.requestID)).count == 50)
    #expect(lines.count == 50)
  }

  @Test(arguments: [
    #"{"format":1,"maxRows":5,"tokens":[]}"#, #"{"format":2,"tokens":[]}"#,
    #"{"format":1,"tokens":[TOKEN,"maxRows":5}]}"#, #"{"format":1,"tokens":[SCOPE}]}"#,
  ])
  func `a limit that a newer program gave a token is neither passed over nor dropped`(
    _ text: String
  ) throws {
    let made = try make(.write)
    let path = folder.path + "/access/tokens.json"
    let ours = try String(contentsOfFile: path, encoding: .utf8)
    let token = ours.drop { $0 != "[" }.dropFirst().prefix { $0 != "}" }
    let theirs =
      text.replacing("TOKEN", with: token)
      .replacing("SCOPE", with: token.replacing("\"write\"", with: "\"append\""))
    try Data(theirs.utf8).write(to: URL(fileURLWithPath: path))
    let time = clock.now
    let opened = LocalTokenService(disk: PosixDisk(root: folder.path), clock: { time })
    let tries: [() throws -> Void] = [
      { _ = try opened.caller(secret: made.token) }, { _ = try opened.isAnyTokenKnown() },
      { _ = try opened.tokens(limit: nil) }, { try opened.noteUse(made.document.id) },
      { try opened.revokeToken(made.document.id) },
      { _ = try opened.createToken(TokenRequest(name: "b", scope: .read)) },
    ]
    for attempt in tries {
      let error = #expect(throws: StoreError.self) { try attempt() }
      #expect(error?.kind == .unavailable && error?.message.contains("upgrade") == true)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == theirs)
    #expect(try LocalTokenService.damage(on: PosixDisk(root: folder.path)) == nil)
    try Data(theirs.utf8.dropLast()).write(to: URL(fileURLWithPath: path))
    #expect(try LocalTokenService.damage(on: PosixDisk(root: folder.path)) != nil)
  }

  @Test func `tokens are read while others replace them`() throws {
    _ = try make()
    let folder = folder.path
    let isDone = Atomic(false)
    Thread.detachNewThread {
      let others = LocalTokenService(disk: PosixDisk(root: folder)) { Timestamp(microseconds: 1) }
      for round in 0..<100 {
        // Files of all lengths.
        let name = String(repeating: "a", count: 1 + round * 67 % 200)
        let made = try? others.createToken(TokenRequest(name: name, scope: .read))
        if let made, round % 2 == 0 { try? others.revokeToken(made.document.id) }
      }
      isDone.store(true, ordering: .releasing)
    }
    while !isDone.load(ordering: .acquiring) { #expect(try !tokens.tokens(limit: nil).isEmpty) }
    #expect(try tokens.tokens(limit: nil).count == 51)
  }
}
