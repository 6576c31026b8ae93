import Access
import Model
import Objects
import TestSupport
import Testing
import Wire

@Suite struct FailingDiskTests {
  private static let time = Timestamp(microseconds: 1_000_000_000_000)

  private func tokens(_ disk: any Disk) -> LocalTokenService {
    LocalTokenService(disk: disk, clock: { Self.time })
  }

  /// The number of changes that `body` makes to a disk on which there is a token already.
  private func changes(
    _ body: (any Disk, NewTokenDocument) throws -> Void
  ) throws -> (base: MemoryDisk, count: Int, first: NewTokenDocument) {
    let base = MemoryDisk()
    let first = try tokens(base).createToken(
      TokenRequest(name: "first", scope: .admin, prefix: nil))
    let counting = FaultyDisk(base.crashed())
    try body(counting, first)
    return (base, counting.changeCount, first)
  }

  @Test func `a token that was answered survives a power cut, and no failure loses another`() throws
  {
    let request = TokenRequest(name: "ann", scope: .read, prefix: nil)
    let (base, count, first) = try changes { disk, _ in
      _ = try tokens(disk).createToken(request)
    }
    #expect(count > 4)
    for change in 0..<count {
      for fault in [FaultyDisk.Fault.failure, .diskFull, .lostAnswer] {
        let disk = base.crashed()
        let made = try? tokens(FaultyDisk(disk, at: change, fault)).createToken(request)
        for survivor in [disk.crashed()] + (0..<4).map({ disk.crashed(seed: UInt64($0)) }) {
          let after = tokens(survivor)
          #expect(try after.caller(secret: first.token)?.name == "first", "change \(change)")
          if let made { #expect(try after.caller(secret: made.token)?.name == "ann") }
        }
      }
    }
  }

  @Test func `a token that was revoked stays so, or the failure is told`() throws {
    let (base, count, first) = try changes { disk, first in
      try tokens(disk).revokeToken(first.document.id)
    }
    for change in 0..<count {
      let disk = base.crashed()
      do {
        try tokens(FaultyDisk(disk, at: change, .failure)).revokeToken(first.document.id)
      } catch {
        #expect(!error.message.isEmpty)
        continue
      }
      #expect(try tokens(disk.crashed()).caller(secret: first.token) == nil, "change \(change)")
    }
  }

  @Test func `a line of the audit log that was answered survives a power cut`() throws {
    func entry(_ id: String) -> AuditEntry {
      AuditEntry(
        time: Self.time, caller: .local, operation: "createVersion", target: "runs", result: nil,
        requestID: id)
    }
    func text(_ disk: MemoryDisk) throws -> String {
      guard let status = try disk.status(of: "access/audit.jsonl") else { return "" }
      let file = try disk.open("access/audit.jsonl")
      defer { disk.close(file) }
      let bytes = try disk.read(file, at: 0, count: status.byteCount)
      return String(decoding: bytes, as: UTF8.self)
    }
    let counting = FaultyDisk(MemoryDisk())
    try AuditLog(disk: counting).append(entry("a"))
    #expect(counting.changeCount > 3)
    for change in 0..<counting.changeCount {
      for fault in [FaultyDisk.Fault.failure, .diskFull] {
        let disk = MemoryDisk()
        let log = AuditLog(disk: FaultyDisk(disk, at: change, fault))
        var answered: [String] = []
        for id in ["a", "b", "c"] {
          do {
            try log.append(entry(id))
            answered.append(id)
          } catch {
            #expect(error.kind == .unavailable)
          }
        }
        let lines = try text(disk.crashed()).split(separator: "\n")
        let whole = lines.compactMap { try? Documents.decode(AuditEntry.self, from: $0.utf8) }
        #expect(whole.map(\.requestID).filter(answered.contains) == answered, "change \(change)")
        // A disk that was full is written again; what a failed sync may have lost is followed by
        // nothing.
        #expect(answered.isEmpty || answered.last == "c", "change \(change)")
      }
    }
  }
}
