import Columns
import Model
import Store

/// The tables in which a store describes itself.
struct StoreTables {
  private let store: Store
  private let sees: (DatasetName) -> Bool

  static let names = ["assay_datasets", "assay_versions", "assay_tags", "assay_log"]

  /// The tables about those datasets of `store` for which `sees` is true.
  init(_ store: Store, sees: @escaping (DatasetName) -> Bool) {
    self.store = store
    self.sees = sees
  }

  /// The table of that name; nil when no table has it.
  func table(named name: String) throws(StoreError) -> QueryTable? {
    switch name {
    case "assay_datasets": QueryTable(try datasets())
    case "assay_versions": QueryTable(try versions())
    case "assay_tags": QueryTable(try tags())
    case "assay_log": QueryTable(try log())
    default: nil
    }
  }

  private func datasets() throws(StoreError) -> RowBatch {
    var rows = RowBuilder([
      ("name", .string), ("kind", .string), ("versions", .int64), ("rows", .int64),
      ("latest_at", .timestamp),
    ])
    for (name, problem) in try store.survey() where sees(name) {
      guard problem == nil else {
        rows.add([.text(name.text), .null, .null, .null, .null])
        continue
      }
      guard let latest = try store.versions(of: name, limit: 1).first else { continue }
      rows.add([
        .text(name.text), .text(latest.record.kind.rawValue), .integer(Int64(latest.number)),
        .integer(Int64(latest.record.rows)), .integer(latest.record.createdAt.microseconds),
      ])
    }
    return rows.batch
  }

  private func versions() throws(StoreError) -> RowBatch {
    var rows = RowBuilder([
      ("dataset", .string), ("number", .int64), ("snapshot", .string), ("parent", .int64),
      ("rows", .int64), ("kind", .string), ("message", .string), ("author", .string),
      ("created_at", .timestamp), ("saved_at", .timestamp),
    ])
    for name in try store.datasets() where sees(name) {
      for version in try store.versions(of: name).reversed() {
        let record = version.record
        rows.add([
          .text(name.text), .integer(Int64(version.number)),
          .text(version.snapshot.description),
          record.parent.map { .integer(Int64($0)) } ?? .null, .integer(Int64(record.rows)),
          .text(record.kind.rawValue), .text(record.message), .text(version.author),
          .integer(record.createdAt.microseconds), .integer(version.time.microseconds),
        ])
      }
    }
    return rows.batch
  }

  private func tags() throws(StoreError) -> RowBatch {
    var rows = RowBuilder([("dataset", .string), ("tag", .string), ("number", .int64)])
    for name in try store.datasets() where sees(name) {
      for tag in try store.tags(of: name) {
        rows.add([.text(name.text), .text(tag.name), .integer(Int64(tag.number))])
      }
    }
    return rows.batch
  }

  private func log() throws(StoreError) -> RowBatch {
    var rows = RowBuilder([
      ("dataset", .string), ("sequence", .int64), ("digest", .string), ("change", .string),
      ("author", .string), ("time", .timestamp), ("message", .string),
    ])
    for name in try store.datasets() where sees(name) {
      for record in try store.log(of: name).reversed() {
        let change: String
        let message: String
        switch record.change {
        case .version(let version):
          change = "version \(version.number)"
          message = version.message
        case .tag(let tag):
          change = "tag \(tag.name) " + (tag.number.map { "→ \($0)" } ?? "removed")
          message = tag.message
        case .deployment(let deployment):
          change = "\(deployment.reason.rawValue) \(deployment.number)"
          message = deployment.message
        }
        rows.add([
          .text(name.text), .integer(Int64(record.sequence)), .text(record.digest.description),
          .text(change), .text(record.author), .integer(record.time.microseconds), .text(message),
        ])
      }
    }
    return rows.batch
  }
}

/// Collects rows of texts and integers into a batch.
private struct RowBuilder {
  private let columns: [ColumnDefinition]
  private var rows: [[QueryValue]] = []

  init(_ columns: [(name: String, type: ColumnType)]) {
    self.columns = columns.map { ColumnDefinition(name: $0.name, type: $0.type) }
  }

  /// Adds a row with a value for each column: a text, an integer (also for moments) or null.
  mutating func add(_ values: [QueryValue]) { rows.append(values) }

  var batch: RowBatch {
    let vectors = columns.indices.map { column in
      var validity = Bitmap(count: 0)
      var texts = TextValues()
      var integers: [Int64] = []
      for row in rows {
        validity.append(row[column] != .null)
        switch row[column] {
        case .integer(let integer):
          integers.append(integer)
          texts.append([])
        case .text(let text):
          integers.append(0)
          texts.append(text.utf8)
        default:
          integers.append(0)
          texts.append([])
        }
      }
      let type = columns[column].type
      return ColumnVector(
        type: type, count: rows.count, validity: validity,
        values: type == .string ? .text(texts) : .int64(integers))
    }
    return RowBatch(columns: columns, vectors: vectors, count: rows.count)
  }
}
