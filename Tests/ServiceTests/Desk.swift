import Foundation
import Model
import Objects
import Service
import Store
import TestSupport
import Wire

/// A service of a store, asked in few words.
struct Desk {
  let service: LocalStoreService
  let store: Store
  private let folder: TemporaryDirectory

  /// A service of an empty store.
  init() throws {
    let folder = try TemporaryDirectory()
    try Store.create(path: folder.path + "/store")
    try self.init(try Store(path: folder.path + "/store"), folder)
  }

  /// A service of a store that is there.
  init(_ store: Store, _ folder: TemporaryDirectory? = nil) throws {
    self.folder = try folder ?? TemporaryDirectory()
    self.store = store
    service = LocalStoreService(store, author: "tester")
  }

  /// Pushes text as the next version of `d`.
  @discardableResult
  func push(
    _ text: String, to name: String = "d", _ format: FileFormat = .jsonl, key: [String]? = nil,
    _ mode: PushMode = .replace, _ edit: (inout PushRequest) -> Void = { _ in }
  ) throws -> PushDocument {
    try push(Array(text.utf8), to: name, format, key: key, mode, edit)
  }

  /// Pushes the bytes of a file as the next version of `d`.
  @discardableResult
  func push(
    _ bytes: [UInt8], to name: String = "d", _ format: FileFormat, key: [String]? = nil,
    _ mode: PushMode = .replace, _ edit: (inout PushRequest) -> Void = { _ in }
  ) throws -> PushDocument {
    var request = PushRequest()
    request.key = key
    request.mode = mode
    edit(&request)
    let path = "\(folder.path)/\(WriteID.make())"
    try Data(bytes).write(to: URL(filePath: path))
    return try service.push(
      try DatasetName(name), TableFile(path: path, format: format, compression: nil, name: "rows"),
      request
    ) { _ in }
  }

  /// The bytes of a version.
  func pull(
    _ reference: String = "d", _ format: FileFormat = .jsonl, columns: [String]? = nil
  ) throws -> [UInt8] {
    var request = DataRequest(format: format)
    request.columns = columns
    var bytes: [UInt8] = []
    _ = try service.data(try Reference(parsing: reference), request) { _ in
    } write: { piece throws(StoreError) in
      bytes += piece
    }
    return bytes
  }

  /// The lines of a version.
  func lines(_ reference: String = "d") throws -> [String] {
    String(decoding: try pull(reference), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The numbers of rows added, removed and changed.
  func diff(_ old: String, _ new: String) throws -> ChangeCounts {
    let diff = try store.diff(
      try store.snapshot(try store.resolve(try Reference(parsing: old))),
      try store.snapshot(try store.resolve(try Reference(parsing: new))))
    return ChangeCounts(
      added: diff.added.count, removed: diff.removed.count, changed: diff.changed.count)
  }

  /// A comparison of two versions, or of the values of a column of one.
  func compare(
    _ base: String, _ candidate: String, key: [String]? = nil, slices: [String] = []
  ) throws -> ComparisonDocument {
    var request = ComparisonRequest(base: base, candidates: [candidate])
    request.options = Self.options(key: key, slices: slices)
    return try service.compare(request) { _ in }.document
  }

  /// A comparison of the values of a column of a version.
  func compare(_ reference: String, by column: String) throws -> ComparisonDocument {
    var request = ComparisonRequest(of: reference, by: column, base: nil, candidates: [])
    request.options = Self.options(key: nil, slices: [])
    return try service.compare(request) { _ in }.document
  }

  private static func options(key: [String]?, slices: [String]) -> ComparisonOptions {
    var options = ComparisonOptions()
    options.resamples = 100
    options.key = key
    options.slices = slices
    return options
  }

  /// The groups of a trend over all versions.
  func trend(
    by column: String?, _ metric: String? = "success", of name: String = "d"
  ) throws -> [TrendDocument.Series] {
    var request = TrendRequest(metric: metric)
    request.group = column
    return try service.trend(of: try DatasetName(name), request).series
  }

  /// The report on the models of a version.
  func report(_ reference: String, by column: String) throws -> ReportDocument {
    try service.report(ReportRequest(reference, by: column)).document
  }

  /// The versions in which an item changed, as JSON lines.
  func history(_ key: [String], of name: String = "d") throws -> String {
    var bytes: [UInt8] = []
    _ = try service.history(
      of: try DatasetName(name), HistoryRequest(key: key, format: .jsonl)
    ) { piece throws(StoreError) in
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The answer to a query as CSV lines without the head.
  func query(_ sql: String) throws -> [String] {
    var bytes: [UInt8] = []
    _ = try service.query(QueryRequest(sql: sql, format: .csv)) { piece throws(StoreError) in
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
      .map(String.init)
  }

  /// The error that `body` throws.
  func error(_ body: () throws -> Void) -> StoreError? {
    do {
      try body()
      return nil
    } catch {
      return error as? StoreError
    }
  }
}
