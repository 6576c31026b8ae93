import Analysis
import Columns
import Model
import Store
import Wire

/// The outputs that are rated: one version whose column names the arms, or versions that are arms.
struct RatingOutputs {
  let versions: [Version]
  let plan: RatingPlan
  private let request: RatingSubject
  /// The columns that identify items.
  private let itemColumns: [String]
  /// Cautions about the items.
  let warnings: [String]

  /// The name of the versions in events.
  var source: String { versions.map(\.reference).joined(separator: " ") }

  /// The usual names of columns of prompts and outputs.
  private static let prompts = [
    "system", "context", "instruction", "prompt", "question", "input", "messages",
  ]
  private static let outputs = [
    "output", "response", "answer", "completion", "generation", "prediction", "text", "image",
    "picture", "audio", "video", "file",
  ]
  /// Reads the items and arms of the outputs.
  init(_ subject: RatingSubject, in service: LocalStoreService) throws(StoreError) {
    guard subject.by == nil || subject.against == nil else {
      throw StoreError(.usage, "arms are two versions, or the values of a column: name one of them")
    }
    var versions: [Version] = []
    var items: [[String?]] = []
    var arms: [[String?]] = []
    var columns: [String] = []
    var warnings: [String] = []
    for text in [subject.ref, subject.against] {
      guard let text else { continue }
      let version = try service.store.resolve(try Reference(parsing: text))
      let rows = try AnalysedVersion(version, of: service.store)
      if versions.isEmpty {
        let key = rows.schema.key
        columns = subject.item.map { [$0] } ?? key.filter { !$0.hasBytes(of: subject.by ?? "") }
        guard !columns.isEmpty else {
          throw StoreError(
            .usage,
            "nothing tells the items of \(version.reference) apart: name the column with --item")
        }
      }
      let wanted = columns + [subject.by].compactMap { $0 }
      let table = try service.table(rows, columns: wanted, where: nil)
      if warnings.isEmpty {
        warnings = AttemptColumn.suspected(in: table, items: columns, besides: subject.by).map {
          $0.fact + ": if these are attempts at one item, each is rated as an item of its own"
        }
      }
      items.append(try Self.items(table, columns))
      arms.append(
        try subject.by.map { by throws(StoreError) in try table.labels(by).map { $0?.name } }
          ?? Array(repeating: version.reference, count: table.count))
      versions.append(version)
    }
    if versions.count == 2, versions[0].reference == versions[1].reference {
      throw StoreError(.usage, "\(versions[0].reference) cannot be compared with itself")
    }
    self.versions = versions
    itemColumns = columns
    self.warnings = warnings
    request = subject
    plan = try RatingPlan(
      items: items, arms: arms, names: versions.map(\.reference), only: subject.arms)
  }

  /// The names of items: the texts of a column, or an array of several.
  static func items(
    _ table: ColumnTable, _ columns: [String]
  ) throws(StoreError) -> [String?] {
    var texts: [[String?]] = []
    for column in columns { texts.append(try table.labels(column).map { $0?.name }) }
    guard texts.count > 1 else { return texts[0] }
    return (0..<table.count).map { row in
      let parts = texts.compactMap { $0[row] }
      guard parts.count == texts.count else { return nil }
      return String(
        decoding: JSON.array(parts.map { .string($0) }).canonicalBytes, as: UTF8.self)
    }
  }

  /// The content of a task about an entry, for ratings that are saved in `dataset`.
  func task(
    _ entry: RatingPlan.Entry, _ order: RatingTaskRequest, of dataset: DatasetName,
    in service: LocalStoreService
  ) throws(StoreError) -> RatingTask {
    let columns = try shownColumns(order.columns, in: service)
    let first = try cells(entry.item, entry.a, columns, in: service)
    func shown(_ cells: [Cell]) -> [RatingTask.Cell] {
      cells.map { cell in
        guard let file = cell.file else { return .init(column: cell.column, text: cell.text) }
        let address = service.ratingDesk.address(
          .init(
            dataset: dataset, caller: service.callerID, rater: order.rater, task: entry.task,
            file: file))
        return .init(
          column: cell.column, text: "",
          media: .init(address: address, mediaType: file.mediaType, size: file.byteCount))
      }
    }
    let item = plan.shownName(of: entry, seed: order.seed)
    guard let b = entry.b else {
      return RatingTask(
        task: entry.task, item: item, kind: order.kind, seed: order.seed,
        shared: shown(first.dropLast()), left: shown(first.suffix(1)), right: nil)
    }
    let second = try cells(entry.item, b, columns, in: service)
    // The last column is the output, which stands on both sides even when it is the same.
    let common = columns.dropLast().filter { column in
      let (one, two) = (
        first.first { $0.column == column }, second.first { $0.column == column }
      )
      return one?.content == two?.content
    }
    func own(_ cells: [Cell]) -> [Cell] { cells.filter { !common.contains($0.column) } }
    let isFirstLeft = RatingPlan.isFirstLeft(entry, seed: order.seed, rater: order.rater)
    return RatingTask(
      task: entry.task, item: item, kind: order.kind, seed: order.seed,
      shared: shown(first.filter { common.contains($0.column) }),
      left: shown(own(isFirstLeft ? first : second)),
      right: shown(own(isFirstLeft ? second : first)))
  }

  /// A column of a row before it is shown.
  private struct Cell {
    let column: String
    let text: String
    /// The attachment that the cell names.
    let file: FileValue?

    /// The content by which cells are compared: an attachment's bytes, or the text's.
    var content: [UInt8] { file.map { Array($0.digest.description.utf8) } ?? Array(text.utf8) }
  }

  private func cells(
    _ item: String, _ arm: String, _ columns: [String], in service: LocalStoreService
  ) throws(StoreError) -> [Cell] {
    guard let place = plan.place(of: item, arm) else { return [] }
    let row = try service.row(place.row, of: versions[place.table], columns: columns)
    var cells: [Cell] = []
    for column in columns {
      let text = try row.texts(column)[0] ?? ""
      let isFile = try row.vector(column).type == .file
      cells.append(
        Cell(
          column: column, text: text,
          file: isFile ? FileValue(parsing: Array(text.utf8)) : nil))
    }
    return cells
  }

  /// The requested columns, or those with the usual names of a prompt and an output.
  private func shownColumns(
    _ given: [String]?, in service: LocalStoreService
  ) throws(StoreError) -> [String] {
    for column in given ?? []
    where column.hasBytes(of: request.by ?? "") || ArmColumn.isNamed(column) {
      throw StoreError(.usage, "the column '\(column)' names the arms, which a rater must not see")
    }
    if let given, !given.isEmpty { return given }
    let names = try service.store.snapshot(versions[0]).schema.columns.map(\.name)
    let found = names.filter {
      !$0.hasBytes(of: request.by ?? "") && !itemColumns.hasText($0)
    }
    guard let output = Self.outputs.first(where: { found.contains($0) }) else {
      throw StoreError(
        .usage,
        "no column of \(versions[0].reference) is called output; name what is shown with --columns "
          + "prompt,output, of \(found.joined(separator: ", "))")
    }
    return Self.prompts.filter { found.contains($0) } + [output]
  }
}

extension LocalStoreService {
  /// The outputs that a request is about.
  func outputs(_ subject: RatingSubject) throws(StoreError) -> RatingOutputs {
    try RatingOutputs(subject, in: self)
  }
}

extension Version {
  /// The reference that names this version for ever.
  var pinned: Reference { Reference(dataset: dataset, selector: .number(number)) }
}
