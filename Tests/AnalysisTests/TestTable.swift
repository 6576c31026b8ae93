import Analysis
import Columns
import Model
import Wire

/// Tables made of lists of values.
enum TestTable {
  /// A column of numbers or texts, as long as the others.
  enum Column {
    case numbers([Double?])
    case texts([String?])
    case flags([Bool?])
    /// Values of any kind, each as JSON.
    case mixed([String?])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .texts(let values), .mixed(let values): values.count
      case .flags(let values): values.count
      }
    }
  }

  static func make(_ name: String, _ columns: [(String, Column)]) -> ColumnTable {
    let vectors = columns.map { vector($0.1) }
    let definitions = zip(columns, vectors).map { ColumnDefinition(name: $0.0, type: $1.type) }
    let count = vectors.first?.count ?? 0
    return ColumnTable(
      name: name, columns: definitions,
      batches: [RowBatch(columns: definitions, vectors: vectors, count: count)])
  }

  private static func vector(_ column: Column) -> ColumnVector {
    switch column {
    case .numbers(let values):
      return ColumnVector(
        type: .float64, count: values.count, validity: validity(values.map { $0 != nil }),
        values: .float64(values.map { $0 ?? 0 }, integral: nil))
    case .flags(let values):
      return ColumnVector(
        type: .bool, count: values.count, validity: validity(values.map { $0 != nil }),
        values: .bool(validity(values.map { $0 == true })))
    case .texts(let values), .mixed(let values):
      var type = ColumnType.string
      if case .mixed = column { type = .json }
      var texts = TextValues()
      for value in values {
        texts.bytes += Array((value ?? "").utf8)
        texts.offsets.append(UInt32(texts.bytes.count))
      }
      return ColumnVector(
        type: type, count: values.count, validity: validity(values.map { $0 != nil }),
        values: .text(texts))
    }
  }

  private static func validity(_ flags: [Bool]) -> Bitmap {
    var bits = Bitmap(repeating: false, count: flags.count)
    for (index, flag) in flags.enumerated() where flag { bits[index] = true }
    return bits
  }

  /// An arm whose items are numbered, with these columns.
  static func side(_ name: String, _ columns: [(String, Column)]) -> ComparisonSide {
    let count = columns[0].1.count
    let ids =
      columns.contains { $0.0 == "id" }
      ? [] : [("id", Column.texts((0..<count).map { String(1000 + $0) }))]
    return ComparisonSide(
      name: name,
      source: .init(reference: name, snapshot: Digest(hashing: Array(name.utf8)), rows: count),
      table: make(name, ids + columns))
  }

  /// The comparison of arms by `id`.
  static func compare(
    _ sides: [ComparisonSide], control: AnalysisControl = AnalysisControl(),
    _ edit: (inout ComparisonOptions) -> Void = { _ in }
  ) throws(StoreError) -> ComparisonDocument {
    var options = ComparisonOptions()
    options.resamples = 999
    edit(&options)
    var request = ComparisonRequest(
      base: sides[0].name, candidates: sides.dropFirst().map(\.name))
    request.options = options
    return try ComparisonAnalysis(sides, key: ["id"], options: options)
      .document(request, sources: sides.map(\.source), control: control)
  }
}
