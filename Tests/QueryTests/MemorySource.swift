import Columns
import Model
import Query
import Synchronization

/// Tables in memory that count what is read of them.
final class MemorySource: QuerySource {
  struct Counts: Equatable {
    var vectors = 0
    var values = 0
    /// Versions of which anything was read.
    var versions: Set<Int> = []
  }

  private let tables: [String: QueryTable]
  let counter = Counter()
  let aggregateMemory: AggregateMemory?
  private let disk: Disk

  /// Stands for the index, which outlives the process.
  final class Disk: Sendable {
    fileprivate let kept = Mutex<[Digest: [UInt8]]>([:])

    var count: Int { kept.withLock { $0.count } }

    /// Cuts bytes off the end of all that is kept.
    func shorten(by bytes: Int) {
      kept.withLock { $0 = $0.mapValues { $0.dropLast(bytes) } }
    }
  }

  func keptAggregate(_ plan: Digest) -> [UInt8]? { disk.kept.withLock { $0[plan] } }

  func keepAggregate(_ content: [UInt8], for plan: Digest) {
    disk.kept.withLock { $0[plan] = content }
  }

  final class Counter: Sendable {
    private let counts = Mutex(Counts())

    func add(version: Int, vectors: Int = 0, values: Int = 0) {
      counts.withLock {
        $0.versions.insert(version)
        $0.vectors += vectors
        $0.values += values
      }
    }

    var value: Counts { counts.withLock { $0 } }
  }

  /// Tables of one version, and of several that count from 1 and have the same columns.
  init(
    _ tables: [String: TestTable], versioned: [String: [TestTable]] = [:], groupRows: Int = 100,
    hasStatistics: Bool = true, memory: AggregateMemory? = nil, disk: Disk = Disk()
  ) {
    aggregateMemory = memory
    self.disk = disk
    let counter = counter
    var made: [String: QueryTable] = [:]
    for (name, versions) in versioned.merging(tables.mapValues { [$0] }, uniquingKeysWith: { $1 }) {
      let parts = versions.enumerated().map { index, table in
        MemoryPart(
          table, version: index + 1, groupRows: groupRows, hasStatistics: hasStatistics,
          hasDigests: memory != nil, counter: counter)
      }
      made[name] = QueryTable(
        columns: versions[0].definitions, isMultiVersion: versioned[name] != nil, parts: parts)
    }
    self.tables = made
  }

  /// When and with which message version `number` of every table was saved.
  static func part(_ number: Int) -> (version: Int, createdAt: Timestamp, message: String) {
    (
      version: number,
      createdAt: Timestamp(microseconds: 1_790_000_000_000_000 + Int64(number) * 60_000_000),
      message: "run \(number)"
    )
  }

  func table(named name: String) -> QueryTable? { tables[name] }

  func nearNames(to name: String) -> [String] {
    Spelling.near(name, Array(tables.keys))
  }
}

/// Columns of values for tests.
///
/// Timestamps (microseconds) and bools are integers, values of mixed columns are JSON texts.
struct TestTable {
  var columns: [(name: String, type: ColumnType, values: [QueryValue])]

  var definitions: [ColumnDefinition] {
    columns.map { ColumnDefinition(name: $0.name, type: $0.type) }
  }

  var rowCount: Int { columns.first?.values.count ?? 0 }

  func vector(_ column: Int, rows: Range<Int>, isDictionary: Bool = false) -> ColumnVector {
    let values = Array(columns[column].values[rows])
    var validity = Bitmap(repeating: false, count: 0)
    for value in values { validity.append(value != .null) }
    let type = columns[column].type
    let layout: ColumnVector.Values
    switch type {
    case .bool:
      var bits = Bitmap(repeating: false, count: 0)
      for value in values { bits.append(value == .integer(1)) }
      layout = .bool(bits)
    case .int64, .timestamp:
      layout = .int64(values.map { if case .integer(let value) = $0 { value } else { 0 } })
    case .float64:
      layout = .float64(
        values.map { if case .real(let value) = $0 { value } else { 0 } }, integral: nil)
    case .string, .json, .file, .vector:
      let texts = values.map { if case .text(let text) = $0 { text } else { "" } }
      var words = TextValues()
      if isDictionary {
        let distinct = Array(Set(texts)).sorted()
        for word in distinct { words.append(word.utf8) }
        let codes = texts.map { UInt32(distinct.firstIndex(of: $0) ?? 0) }
        layout = .dictionary(codes: codes, words: words)
      } else {
        for text in texts { words.append(text.utf8) }
        layout = .text(words)
      }
    }
    return ColumnVector(type: type, count: rows.count, validity: validity, values: layout)
  }

  func statistics(_ column: Int, rows: Range<Int>) -> GroupStatistics {
    let type = columns[column].type
    let values = columns[column].values[rows]
    let present = values.filter { $0 != .null }
    let words: [UInt64] = present.compactMap { value in
      switch value {
      case .integer(let integer): UInt64(bitPattern: integer)
      case .real(let real): real.bitPattern
      case .text(let text): GroupStatistics.word(ofText: Array(text.utf8))
      case .null, .blob: nil
      }
    }
    let sorted = words.sorted { left, right in
      switch type {
      case .float64: Double(bitPattern: left) < Double(bitPattern: right)
      case .string: left < right
      default: Int64(bitPattern: left) < Int64(bitPattern: right)
      }
    }
    var bounds: GroupStatistics.Bounds?
    let hasNaN = present.contains { if case .real(let real) = $0 { real.isNaN } else { false } }
    if type != .json, type != .file, !hasNaN, let least = sorted.first, let greatest = sorted.last {
      bounds = GroupStatistics.Bounds(least: least, greatest: greatest)
    }
    return GroupStatistics(
      type: type, nullCount: values.count - present.count, bounds: bounds)
  }
}

private struct MemoryPart: QueryPart {
  let version: Int
  let createdAt: Timestamp
  let message: String
  let rowCount: Int
  let content: Digest?
  private let vectors: [[ColumnVector]]
  private let known: [[GroupStatistics]]
  private let counts: [Int]
  private let digests: [[Digest]]
  private let counter: MemorySource.Counter

  init(
    _ table: TestTable, version: Int, groupRows: Int, hasStatistics: Bool, hasDigests: Bool,
    counter: MemorySource.Counter
  ) {
    self.version = version
    self.counter = counter
    (_, createdAt, message) = MemorySource.part(version)
    rowCount = table.rowCount
    let groups = stride(from: 0, to: table.rowCount, by: groupRows).map {
      $0..<min($0 + groupRows, table.rowCount)
    }
    counts = groups.map(\.count)
    vectors = table.columns.indices.map { column in
      groups.enumerated().map { index, rows in
        table.vector(column, rows: rows, isDictionary: (index + column) % 2 == 0)
      }
    }
    digests = hasDigests ? vectors.map { $0.map { $0.digest } } : []
    content = hasDigests ? Digest(hashing: digests.joined().flatMap { $0.bytes }) : nil
    known =
      hasStatistics
      ? table.columns.indices.map { column in
        groups.map { table.statistics(column, rows: $0) }
      } : []
  }

  func groupRowCounts() -> [Int] {
    counter.add(version: version)
    return counts
  }

  func vector(column: Int, group: Int) -> ColumnVector {
    counter.add(version: version, vectors: 1)
    return vectors[column][group]
  }

  func statistics(column: Int, group: Int) -> GroupStatistics? {
    known.isEmpty ? nil : known[column][group]
  }

  func chunkDigests(columns: [Int], group: Int) -> [Digest]? {
    digests.isEmpty ? nil : columns.map { digests[$0][group] }
  }

  func value(column: Int, group: Int, row: Int) -> ColumnVector {
    counter.add(version: version, values: 1)
    return vectors[column][group].slice(row..<row + 1)
  }
}
