import Client
import Model
import Service
import Testing
import Wire

/// A store answers the same here and over REST.
@Suite(.timeLimit(.minutes(2))) struct AgreementTests {
  /// What a call gives: its document or its bytes as text, or its error.
  private typealias Call = (String, (any DatasetService) throws -> String)

  private static func text(_ document: some Encodable) -> String {
    String(decoding: Documents.encode(document), as: UTF8.self)
  }

  private static func data(
    _ reference: String, _ format: FileFormat = .jsonl,
    _ change: (inout DataRequest) -> Void = { _ in }
  ) -> (any DatasetService) throws -> String {
    var request = DataRequest(format: format)
    change(&request)
    let wanted = request
    return { service in
      var bytes: [UInt8] = []
      let document = try service.data(try Reference(parsing: reference), wanted) { _ in
      } write: { piece throws(StoreError) in
        bytes += piece
      }
      return String(decoding: bytes, as: UTF8.self) + text(document)
    }
  }

  private static func diff(
    _ old: String, _ new: String, _ format: DiffRequest.Format, _ detail: DiffRequest.Detail
  ) -> (any DatasetService) throws -> String {
    { service in
      var request = DiffRequest(format: format)
      request.detail = detail
      var bytes: [UInt8] = []
      let differs = try service.diff(
        try Reference(parsing: old), try Reference(parsing: new), request
      ) { piece throws(StoreError) in
        bytes += piece
      }
      return String(decoding: bytes, as: UTF8.self) + "\(differs)"
    }
  }

  private static func query(
    _ sql: String, _ format: TextFormat = .jsonl, limit: Int? = nil
  ) -> (any DatasetService) throws -> String {
    { service in
      var request = QueryRequest(sql: sql, format: format)
      request.limit = limit
      var bytes: [UInt8] = []
      let document = try service.query(request) { piece throws(StoreError) in
        bytes += piece
      }
      return String(decoding: bytes, as: UTF8.self) + text(document)
    }
  }

  private static var lists: [Call] {
    [
      ("datasets", { text(try $0.datasets(limit: nil)) }),
      ("one dataset", { text(try $0.datasets(limit: 1)) }),
      ("versions", { text(try $0.versions(of: try DatasetName("runs"), limit: nil)) }),
      ("no version", { text(try $0.versions(of: try DatasetName("runs"), limit: 0)) }),
      ("versions of nothing", { text(try $0.versions(of: try DatasetName("none"), limit: 3)) }),
      ("log", { text(try $0.log(of: try DatasetName("runs"), stat: false, limit: nil)) }),
      ("counted log", { text(try $0.log(of: try DatasetName("runs"), stat: true, limit: 2)) }),
      ("log of nothing", { text(try $0.log(of: try DatasetName("none"), stat: true, limit: nil)) }),
      ("tags", { text(try $0.tags(of: try DatasetName("runs"))) }),
      ("tags of nothing", { text(try $0.tags(of: try DatasetName("none"))) }),
      ("statistics", { text(try $0.statistics(of: nil) { _ in }.datasets) }),
      (
        "statistics of one",
        { text(try $0.statistics(of: [try DatasetName("other")]) { _ in }.datasets) }
      ),
      ("garbage", { text(try $0.collectGarbage(apply: false, graceSeconds: 5)) }),
      ("verify", { text(try $0.verify(heads: [:]) { _ in }.isSound) }),
    ]
  }

  private static var versions: [Call] {
    [
      "runs", "runs@2", "runs@latest~1", "runs@baseline", "runs@baseline~1", "runs@2100-01-01",
      "runs@1970-01-01", "runs@99", "runs@nothing", "runs@sha256:00000000", "none", "runs@1~5",
    ].map { reference in
      ("version \(reference)", { text(try $0.version(try Reference(parsing: reference))) })
    }
  }

  private static var rows: [Call] {
    [
      ("rows", data("runs@3")), ("rows of another format", data("runs@1", .csv)),
      ("a JSON array", data("runs@2", .json) { $0.writesNulls = true }),
      ("columns", data("runs") { $0.columns = ["score", "a,b"] }),
      ("a column that is not there", data("runs") { $0.columns = ["scroe"] }),
      ("a condition", data("runs") { $0.condition = "score > 0.5 -- ä & ?" }),
      ("a condition that is none", data("runs") { $0.condition = "score >" }),
      ("an order", data("runs") { $0.order = "score desc" }),
      (
        "a part",
        data("runs") {
          $0.offset = 1; $0.limit = 1
        }
      ),
      ("no row", data("runs") { $0.limit = 0 }), ("rows of nothing", data("none")),
      ("diff", diff("runs@1", "runs@3", .text, .rows)),
      ("counts", diff("runs@1", "runs", .json, .counts)),
      ("columns that differ", diff("runs@1", "runs", .markdown, .columns)),
      ("no difference", diff("runs@3", "runs", .jsonl, .rows)),
      ("diff of two datasets", diff("runs@1", "other@1", .csv, .rows)),
      ("diff of nothing", diff("runs@1", "runs@9", .text, .rows)),
      ("query", query("SELECT id, score FROM \"runs@*\" ORDER BY _version, id")),
      ("query as table", query("SELECT count(*) AS n FROM runs", .table)),
      ("query with limit", query("SELECT id FROM runs", limit: 1)),
      ("query that is none", query("SELEC 1")), ("query that writes", query("DROP TABLE runs")),
      ("query of nothing", query("SELECT * FROM \"none@3\"")),
    ]
  }

  private func outcome(_ call: (any DatasetService) throws -> String, _ service: any DatasetService)
    -> String
  {
    do {
      return try call(service)
    } catch let error as StoreError {
      return "\(error.kind): \(error.advised.description)"
    } catch {
      return "\(error)"
    }
  }

  private static func fill(_ store: ServedStore) throws {
    let service = store.local
    _ = try store.push(
      "runs", "{\"id\":1,\"score\":0.5}\n{\"id\":2,\"score\":1.5}\n", { $0.key = ["id"] },
      to: service)
    _ = try store.push("runs", "{\"id\":1,\"score\":0.75,\"a,b\":\"ä\"}\n", to: service)
    _ = try store.push(
      "runs", "{\"id\":3,\"score\":2}\n{\"id\":1,\"score\":null,\"a,b\":\"x\"}\n", to: service)
    _ = try store.push("other", "{\"id\":7}\n", { $0.key = ["id"] }, to: service)
    _ = try service.setTag(
      "baseline", to: try Reference(parsing: "runs@2"), TagRequest(author: "ann", message: "m"))
  }

  @Test func `every read is answered the same`() async throws {
    try await ServedStore.with { store in
      try Self.fill(store)
      for (name, call) in Self.lists + Self.versions + Self.rows {
        let here = outcome(call, store.local)
        #expect(outcome(call, store.remote) == here, "\(name)")
        #expect(!here.isEmpty)
      }
    }
  }

  @Test func `writes over REST are those of the store`() async throws {
    try await ServedStore.with { store in
      let runs = try DatasetName("runs")
      let first = try store.push("runs", "{\"id\":1}\n", { $0.key = ["id"] }, to: store.remote)
      #expect(first.isNew && first.version.number == 1 && first.version.author == "ann")
      let again = try store.push("runs", "{\"id\":1}\n", to: store.remote)
      #expect(!again.isNew && again.version == first.version)
      let second = try store.push(
        "runs", "{\"id\":2}\n",
        {
          $0.mode = .append
          $0.message = "ü & more"
          $0.author = "bob"
          $0.attributes = ["a=": "1=2"]
          $0.lineage = [Reference(dataset: runs, selector: .number(1))]
          $0.precondition = .snapshot(first.version.snapshot)
          $0.createdAt = Timestamp(parsing: "2100-01-02")
          $0.idempotencyKey = "k"
        }, to: store.remote)
      #expect(second.changes == ChangeCounts(added: 1, removed: 0, changed: 0))
      var saved = try store.local.version(Reference(dataset: runs)).version
      saved.tags = second.version.tags
      #expect(saved == second.version)
      #expect(second.version.message == "ü & more" && second.version.author == "bob")
      let reused = #expect(throws: StoreError.self) {
        try store.push("runs", "{\"id\":9}\n", { $0.idempotencyKey = "k" }, to: store.remote)
      }
      #expect(reused?.kind == .conflict)
      let late = #expect(throws: StoreError.self) {
        try store.push("runs", "{\"id\":3}\n", { $0.precondition = .number(1) }, to: store.remote)
      }
      #expect(late?.kind == .conflict)
      let tag = try store.remote.setTag(
        "prod", to: Reference(dataset: runs, back: 1), TagRequest(message: "m"))
      #expect(tag.number == 1)
      #expect(try store.local.tags(of: runs) == [tag])
      try store.remote.removeTag("prod", of: runs, TagRequest())
      #expect(try store.local.tags(of: runs).isEmpty)
      #expect(try store.remote.reindex(acceptsLoss: false).datasets == 1)
      #expect(try store.remote.collectGarbage(apply: true, graceSeconds: 0).isApplied)
    }
  }

  @Test func `errors in a file are told with its place`() async throws {
    try await ServedStore.with { store in
      let text = "{\"id\":1}\n{\"id\":oops}\n"
      for service in [store.local as any DatasetService, store.remote] {
        let error = #expect(throws: StoreError.self) {
          try store.push("runs", text, to: service)
        }
        #expect(error?.kind == .invalid && error?.location?.line == 2)
        #expect(error?.location?.file?.hasSuffix("rows.jsonl") == true)
      }
      let here = outcome(
        {
          _ = try store.push("a", text, to: $0); return ""
        }, store.local)
      #expect(
        outcome(
          {
            _ = try store.push("a", text, to: $0); return ""
          }, store.remote) == here)
    }
  }

  @Test func `a token compares what it sees, and keeps what it may write`() async throws {
    try await ServedStore.with { store in
      for name in ["open.a", "open.b", "shut.c"] {
        let rows = (1...9).map { "{\"id\":\($0),\"score\":\($0 % 3)}\n" }.joined()
        _ = try store.push(name, rows, { $0.key = ["id"] }, to: store.local)
      }
      let made = try store.remote.createToken(TokenRequest(name: "root", scope: .admin))
      let admin = try RemoteStoreService(url: store.url, token: made.token)
      func service(_ scope: TokenScope) throws -> RemoteStoreService {
        let token = try admin.createToken(
          TokenRequest(name: scope.rawValue, scope: scope, prefix: "open"))
        return try RemoteStoreService(url: store.url, token: token.token)
      }
      let (reader, writer) = (try service(.read), try service(.write))
      var request = ComparisonRequest(base: "open.a", candidates: ["open.b"])
      #expect(try reader.compare(request).document.items.count == 9)
      request.save = SaveRequest(name: "open.kept")
      let denied = #expect(throws: StoreError.self) { try reader.compare(request) }
      #expect(denied?.kind == .denied)
      #expect(try writer.compare(request).saved == "open.kept@1")
      #expect(try reader.verifyComparison(try Reference(parsing: "open.kept")).isEqual)
      let kept = try store.local.version(try Reference(parsing: "open.kept"))
      #expect(kept.version.author == "write")
      request.save = SaveRequest(name: "shut.kept")
      let hidden = #expect(throws: StoreError.self) { try writer.compare(request) }
      #expect(hidden?.kind == .denied)
      let unseen = #expect(throws: StoreError.self) {
        try reader.compare(ComparisonRequest(base: "open.a", candidates: ["shut.c"]))
      }
      #expect(unseen?.kind == .missing)
      var options = ComparisonOptions()
      options.gates = ["score >= +0"]
      let gate = GateRequest(
        reference: "shut.c", options: options, save: SaveRequest(name: "open.gate"))
      #expect(throws: StoreError.self) { try writer.createGate(gate) }
    }
  }

  @Test func `tokens open a server, are listed and revoked`() async throws {
    try await ServedStore.with { store in
      let made = try store.remote.createToken(TokenRequest(name: "root", scope: .admin))
      let closed = #expect(throws: StoreError.self) { try store.remote.datasets(limit: nil) }
      #expect(closed?.kind == .denied && closed?.message.contains("ASSAY_TOKEN") == true)
      let admin = try RemoteStoreService(url: store.url, token: made.token)
      let reader = try admin.createToken(TokenRequest(name: "r", scope: .read, prefix: "open"))
      #expect(try admin.tokens(limit: nil).map(\.name) == ["root", "r"])
      _ = try store.push("open.a", "{\"id\":1}\n", to: admin)
      _ = try store.push("shut.b", "{\"id\":1}\n", to: admin)
      let limited = try RemoteStoreService(url: store.url, token: reader.token)
      #expect(try limited.datasets(limit: nil).map(\.name.text) == ["open.a"])
      let unseen = #expect(throws: StoreError.self) {
        try limited.version(try Reference(parsing: "shut.b"))
      }
      #expect(unseen?.kind == .missing)
      let denied = #expect(throws: StoreError.self) {
        try store.push("open.a", "{\"id\":2}\n", to: limited)
      }
      #expect(denied?.kind == .denied)
      let url = try limited.createURLToken(
        URLTokenRequest(reference: "open.a@1", format: .jsonl, expiresInSeconds: 60))
      #expect(url.path.contains("token="))
      try admin.revokeToken(reader.document.id)
      #expect(throws: StoreError.self) { try limited.datasets(limit: nil) }
    }
  }
}
