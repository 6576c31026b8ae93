import ArgumentParser
import Model
import Wire

/// The options of a push, except for the file.
struct PushFlags: ParsableArguments {
  @Option(help: "Columns that identify a row: a,b. Default: the parent's.") var key: [String] = []
  @Option(help: "What changed, in a sentence.") var message = ""
  @Option(help: "replace, append or merge (by key).") var mode = PushMode.replace
  @Flag(help: "With --mode merge: remove rows whose keys the file lacks.") var deleteMissing = false
  @Option(help: "Format of the file. Default: by its extension.") var format: FileFormat?
  @Option(help: "The kind of its rows.")
  var kind: DatasetKind?
  @Option(help: "Types of columns: a=int64,b=string; bytes keeps them as Base64.") var types:
    [String] = []
  @Option(
    name: .customLong("null"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A CSV cell that is null in every column; may be given again. Default: NA, N/A, null, None and \
      the like, in columns of numbers, truth values and times.
      """, valueName: "text"))
  var nulls: [String] = []
  @Option(help: "The decimal sign of a CSV file's numbers: . or ,.") var decimal: String?
  @Option(help: "The separator of a CSV file's cells: , ; tab or |. Default: found in the file.")
  var separator: String?
  @Option(help: "The number that the latest version must have; 0 for none.") var expect: Int?
  @Option(
    parsing: .upToNextOption, help: "Versions that this one was made from.")
  var from: [String] = []
  @Option(
    name: .customLong("attr"), parsing: .upToNextOption, help: "Attributes: model=x run=7.")
  var attributes: [String] = []
  @Option(help: "When it was measured: 2026-10-01 or 2026-10-01T12:00:00Z. Default: now.")
  var createdAt: String?
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @Option(help: "A text that makes a repeated push return the first one's version.")
  var idempotencyKey: String?

  /// Returns the request that the flags describe.
  /// - Throws: ``StoreError`` of kind `usage` for an invalid value.
  func request() throws(StoreError) -> PushRequest {
    var request = PushRequest()
    request.key = try NameList.names(in: key)
    request.mode = mode
    try addTypes(to: &request)
    request.csv = try CSVForm(separator: separator, decimal: decimal, nulls: nulls)
    guard !deleteMissing || mode == .merge else {
      throw StoreError(.usage, "--delete-missing goes with --mode merge")
    }
    request.deletesMissing = deleteMissing
    request.kind = kind
    request.message = message
    request.author = Author.name(author)
    if let expect, expect < 0 { throw StoreError(.usage, "--expect takes 0 or a version's number") }
    request.precondition = expect.map { .number($0) }
    for reference in from { request.lineage.append(try Reference(parsing: reference)) }
    try request.addAttributes(attributes)
    if let createdAt {
      guard let time = Timestamp(parsing: createdAt) else {
        throw StoreError(
          .usage, "'\(createdAt)' is not a time; write 2026-10-01 or 2026-10-01T12:00:00Z")
      }
      request.createdAt = time
    }
    request.idempotencyKey = idempotencyKey
    return request
  }

  /// Adds the column types of `--types`.
  /// - Throws: ``StoreError`` of kind `usage` for an unknown type.
  private func addTypes(to request: inout PushRequest) throws(StoreError) {
    var pairs: [String] = []
    for text in self.types { pairs += try NameList.typedNames(in: text) }
    for pair in pairs {
      guard let sign = pair.lastIndex(of: "="), sign != pair.startIndex else {
        throw StoreError(.usage, "'\(pair)' gives no column a type; write column=type")
      }
      let name = String(pair[pair.index(after: sign)...])
      if name == PushRequest.base64Type {
        request.base64.append(String(pair[..<sign]))
        continue
      }
      guard let type = ColumnType(rawValue: name) else {
        let advice = Spelling.advice(name, ColumnType.names + [PushRequest.base64Type])
        throw StoreError(.usage, "there is no column type '\(name)'; \(advice)")
      }
      request.types[String(pair[..<sign])] = type
    }
  }
}

extension PushMode: ExpressibleByArgument {}

extension DatasetKind: ExpressibleByArgument {}
