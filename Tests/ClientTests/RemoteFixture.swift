import Client
import Foundation
import Model
import Synchronization
import TestSupport
import Wire

/// A remote store behind a scripted server, whose pauses are noted instead of waited for.
final class RemoteFixture: Sendable {
  let server: ScriptedServer
  let service: RemoteStoreService
  private let noted: Notes

  /// The pauses so far, in order.
  var pauses: [Duration] { noted.pauses.withLock { $0 } }

  private final class Notes: Sendable {
    let pauses = Mutex<[Duration]>([])
  }

  init(_ server: ScriptedServer, token: String? = nil, url: String? = nil) throws {
    let noted = Notes()
    self.server = server
    self.noted = noted
    service = try RemoteStoreService(url: url ?? server.url, token: token, seed: 1) { pause in
      noted.pauses.withLock { $0.append(pause) }
    }
  }

  /// The JSON of version 3 of `runs`.
  static let version = """
    {"attributes":{},"author":"ann","createdAt":"2026-01-01T00:00:00Z","dataset":"runs",\
    "kind":"results","lineage":[],"message":"","number":3,"record":"\(digest)",\
    "reference":"runs@3","rows":2,"savedAt":"2026-01-01T00:00:00Z","sequence":3,\
    "snapshot":"\(digest)"
    """
  /// The same with its shape.
  static let detail = version + ",\"columns\":[],\"key\":[],\"rowGroups\":1}"
  /// What a push of it answers.
  static let push = version + ",\"isNew\":true,\"storedBytes\":9}"
  static let digest = "sha256:" + String(repeating: "ab", count: 32)

  /// A problem document of this kind.
  static func problem(
    _ status: Int, _ kind: String, _ members: String = "", fields: [String] = [],
    closes: Bool = false
  ) -> ScriptedServer.Reply {
    .response(
      status, ["Content-Type: application/problem+json; charset=utf-8"] + fields,
      """
      {"type":"https://assay.dev/problems/\(kind)","title":"T","status":\(status),\
      "detail":"what happened"\(members)}
      """.utf8, closes: closes)
  }

  /// The rows of `runs` as JSON lines.
  func data() throws(StoreError) -> [UInt8] {
    var bytes: [UInt8] = []
    let reference = try Reference(parsing: "runs")
    _ = try service.data(reference, DataRequest(format: .jsonl)) { _ in
    } write: { piece throws(StoreError) in
      bytes += piece
    }
    return bytes
  }

  /// Saves `bytes` as `runs`.
  func push(
    _ bytes: [UInt8], _ request: PushRequest = PushRequest(), name: String = "rows.jsonl.gz"
  ) throws -> PushDocument {
    let folder = FileManager.default.temporaryDirectory.path
    let path = folder + "/assay-push-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try service.push(
      try DatasetName("runs"),
      TableFile(path: path, format: .jsonl, compression: .gzip, name: name), request
    ) { _ in }
  }
}
