import Columns
import Formats
import Model
import Objects

/// Rows whose `file` columns name only attachments that the store has, in canonical form.
///
/// A `json` column that is a `file` column of the version before becomes one too, as long as all of
/// its values are of that form: so JSON lines that were pulled can be pushed again as they are.
/// Likewise lists become vectors, and text of CSV, Parquet and Arrow; vectors become lists where
/// the version before has `json`, unless a type is named. The first other value is remarked.
struct FileCheckedReader<Base: RowReader>: RowReader {
  private(set) var base: Base
  private let store: Store
  /// Attachments that this is false for may not be named.
  private let sees: FileAccess?
  /// True when rows may name attachments that are lost: those of a `json` column stay files when
  /// they have their size and type, and other values when they do not.
  private let keepsLostFiles: Bool
  /// Attachments that the sender of rows saved only now had no right to read.
  private let hidden: Set<Digest>
  /// The `file` columns of the version before.
  private let known: Set<DataText>
  /// Those of them that have turned out to hold other values; types only widen.
  private var widened: Set<DataText> = []
  /// The columns of vectors and of `json` of the version before, for which no type is named.
  private let forms: [(name: String, form: VectorForm?)]
  /// Those of the columns of vectors that have turned out to hold other values.
  private var widenedVectors: Set<DataText> = []
  /// The columns that have values in the version before.
  private let expected: ExpectedColumns
  /// The first value of each widened column that shows why.
  private var misfits: [ReadRemarks.Misfit] = []
  /// The first value of each column whose only difference is its type.
  private var others: [ReadRemarks.Misfit] = []
  /// The columns of which nothing is said: those with a named type and those of the version before.
  private let knownColumns: Set<DataText>
  /// The other columns of `json`: whether each value so far names an attachment, of which the first
  /// is there.
  private var naming: [(name: String, isAll: Bool, isThere: Bool)] = []
  /// Files that are there, with their sizes.
  private var sizes: [Digest: Int] = [:]

  init(
    _ base: Base, parent: Schema?, named: Set<DataText> = [],
    expected: ExpectedColumns = ExpectedColumns(), store: Store, sees: FileAccess? = nil,
    keepsLostFiles: Bool = false, hidden: Set<Digest> = []
  ) {
    self.keepsLostFiles = keepsLostFiles
    self.hidden = hidden
    self.base = base
    self.expected = expected
    self.store = store
    self.sees = sees
    knownColumns = named.union((parent?.columns ?? []).map { DataText($0.name) })
    forms = (parent?.columns ?? []).compactMap { column in
      guard column.type == .json || column.type.vectorForm != nil, !named.contains(column.name)
      else { return nil }
      return (column.name, column.type.vectorForm)
    }
    known = (parent?.columns ?? []).filter { $0.type == .file }.map(\.name).textSet
  }

  var typing: FileTyping { base.typing }
  var remarks: ReadRemarks {
    var remarks = base.remarks
    remarks.misfits += misfits + others
    for column in naming where column.isAll {
      let types = NameList.text(["\(column.name)=file"])
      remarks.doubts.append(
        "column '\(column.name)' is json, and each of its values names a file of this store: "
          + "'--types \(types)' keeps the files with it")
    }
    return remarks
  }

  mutating func expect(_ columns: ExpectedColumns) throws(StoreError) { try base.expect(columns) }

  mutating func restart() throws(StoreError) { try base.restart() }

  mutating func next() throws(StoreError) -> InputBatch? {
    guard let read = try base.next() else { return nil }
    if !keepsLostFiles { try requireNames(read.rows.columns) }
    try lookForFiles(read.rows)
    let batch = try withVectors(read)
    var columns = batch.rows.columns
    guard columns.contains(where: { isCandidate($0) }) else { return batch }
    var vectors = batch.rows.vectors
    for (position, column) in columns.enumerated() where isCandidate(column) {
      guard let vector = try checked(vectors[position], column, batch.lines) else {
        widened.insert(DataText(column.name))
        continue
      }
      vectors[position] = vector
      columns[position] = ColumnDefinition(name: column.name, type: .file)
    }
    return InputBatch(
      rows: RowBatch(columns: columns, vectors: vectors, count: batch.rows.count),
      lines: batch.lines)
  }

  /// The rows with vectors where the version before has them, and lists where it has those.
  private mutating func withVectors(_ batch: InputBatch) throws(StoreError) -> InputBatch {
    var columns = batch.rows.columns
    var vectors = batch.rows.vectors
    for (name, form) in forms {
      guard let position = columns.position(of: name) else { continue }
      let column = columns[position]
      guard let form else {
        // As text, floats of 32 bits have the digits of what they are as 64.
        guard let own = column.type.vectorForm,
          let wide = VectorForm(count: own.count, element: .f64)
        else { continue }
        let exact = try? vectors[position].vectors(wide)
        vectors[position] = try (exact ?? vectors[position]).widened(to: .json)
        columns[position] = ColumnDefinition(name: column.name, type: .json)
        continue
      }
      let vector = try withVectors(vectors[position], name, form, batch.lines)
      vectors[position] = vector
      columns[position] = ColumnDefinition(name: column.name, type: vector.type)
    }
    return InputBatch(
      rows: RowBatch(columns: columns, vectors: vectors, count: batch.rows.count),
      lines: batch.lines)
  }

  /// The values as vectors of `form`, which the version before has; as lists, or unchanged, once a
  /// value does not fit.
  private mutating func withVectors(
    _ vector: ColumnVector, _ name: String, _ form: VectorForm, _ lines: [UInt32]
  ) throws(StoreError) -> ColumnVector {
    let type = ColumnType.vector(form)
    if vector.type == type { return vector }
    let isOpen = !widenedVectors.contains(name)
    if isOpen, vector.isAllNull { return .nulls(type, count: vector.count) }
    if isOpen || !misfits.contains(where: { $0.column.hasBytes(of: name) }) {
      do throws(ColumnVector.NoVector) {
        let vectors = try vector.vectors(form)
        if isOpen, vector.type.vectorForm == nil { return vectors }
        // A file that has vectors says of which width they are.
        note(name, type, vector, row: nil, lines)
      } catch {
        note(name, type, vector, row: error.row, lines)
      }
      widenedVectors.insert(DataText(name))
    }
    // Lists are texts where a file has no word for them.
    guard vector.type == .string, typing != .some else { return vector }
    return try JSONCells.vector(vector).0
  }

  /// Takes note of the first value of a column that is not of the type of the version before, in
  /// `row`; without one, of the first value.
  private mutating func note(
    _ name: String, _ type: ColumnType, _ vector: ColumnVector, row: Int?, _ lines: [UInt32]
  ) {
    guard expected.hasValues(name),
      let place = row ?? (0..<vector.count).first(where: vector.hasValue)
    else { return }
    var misfit = ReadRemarks.Misfit(
      column: name, expected: type, wider: .json, line: Int(lines[place]),
      text: ReadRemarks.quoted(vector, place))
    misfit.isRow = typing == .all
    if row != nil {
      misfits.append(misfit)
    } else if !others.contains(where: { $0.column.hasBytes(of: name) }) {
      others.append(misfit)
    }
  }

  private func isCandidate(_ column: ColumnDefinition) -> Bool {
    column.type == .file
      || column.type == .json && known.contains(column.name) && !widened.contains(column.name)
  }

  /// The column as files; nil for a `json` column that holds other values too.
  private mutating func checked(
    _ vector: ColumnVector, _ column: ColumnDefinition, _ lines: [UInt32]
  ) throws(StoreError) -> ColumnVector? {
    if vector.isAllNull { return .nulls(.file, count: vector.count) }
    var texts = TextValues()
    for row in 0..<vector.count {
      guard vector.hasValue(row), let text = vector.values.text(row) else {
        texts.append([])
        continue
      }
      let bytes = Array(text.words.bytes[text.range])
      let location = lines[row] > 0 ? StoreError.Location(line: Int(lines[row])) : nil
      guard let value = FileCellText(bytes) else {
        if column.type == .json {
          note(column.name, .file, vector, row: row, lines)
          return nil
        }
        throw StoreError(
          .invalid,
          "the value of column '\(column.name)' is not a file: it takes an object "
            + "{\"digest\":\"sha256:…\",\"mediaType\":…,\"name\":…,\"size\":…}",
          at: location)
      }
      do throws(StoreError) {
        texts.append(try complete(value, column, at: location).json.canonicalBytes)
      } catch  where keepsLostFiles && column.type == .json && error.kind == .invalid {
        note(column.name, .file, vector, row: row, lines)
        return nil
      }
    }
    return ColumnVector(
      type: .file, count: vector.count, validity: vector.validity, values: .text(texts))
  }

  /// The value with what it left out, once the store is known to have its bytes.
  private mutating func complete(
    _ cell: FileCellText, _ column: ColumnDefinition, at location: StoreError.Location?
  ) throws(StoreError) -> FileValue {
    guard !hidden.contains(cell.digest) else {
      throw StoreError(.invalid, "the file \(cell.digest) was not to be named", at: location)
    }
    let name = cell.name ?? ""
    var mediaType = cell.mediaType
    if keepsLostFiles, sizes[cell.digest] == nil, let mediaType, let size = cell.size,
      try !store.hasFile(cell.digest)
    {
      return FileValue(digest: cell.digest, mediaType: mediaType, name: name, byteCount: size)
    }
    let size = try self.size(of: cell.digest, column, at: location)
    if let said = cell.size, said != size {
      throw StoreError(
        .invalid,
        "the file \(cell.digest) of column '\(column.name)' has \(size) bytes, not \(said)",
        at: location)
    }
    if mediaType == nil { mediaType = try store.file(cell.digest, name: name).file.mediaType }
    return FileValue(
      digest: cell.digest, mediaType: mediaType ?? MediaType.unknown, name: name, byteCount: size)
  }
}

extension FileCheckedReader {
  /// Refuses new columns whose names have a NUL, which ends a name in SQL.
  private func requireNames(_ columns: [ColumnDefinition]) throws(StoreError) {
    for column in columns where column.name.utf8.contains(0) && !knownColumns.contains(column.name)
    {
      let name = column.name.split(separator: "\0", omittingEmptySubsequences: false)
        .joined(separator: "\\u0000")
      throw StoreError(
        .invalid, "the name of the column '\(name)' has a NUL character: give it another name")
    }
  }

  /// Takes note of the new columns of `json` whose values name attachments, which stay apart from
  /// these unless a type says otherwise.
  private mutating func lookForFiles(_ rows: RowBatch) throws(StoreError) {
    for (column, vector) in zip(rows.columns, rows.vectors)
    where column.type == .json && !knownColumns.contains(column.name) && !vector.isAllNull {
      let place = naming.firstIndex { $0.name.hasBytes(of: column.name) } ?? naming.count
      if place == naming.count { naming.append((column.name, true, false)) }
      for row in 0..<vector.count where naming[place].isAll && vector.hasValue(row) {
        naming[place].isAll = try namesFile(vector, row, isThere: naming[place].isThere)
        naming[place].isThere = true
      }
    }
  }

  /// - Parameter isThere: True when a file was found already, which is enough.
  private func namesFile(
    _ vector: ColumnVector, _ row: Int, isThere: Bool
  ) throws(StoreError) -> Bool {
    guard let text = vector.values.text(row),
      text.words.bytes[text.range].first == UInt8(ascii: "{"),
      let cell = FileCellText(Array(text.words.bytes[text.range])), !hidden.contains(cell.digest)
    else { return false }
    if isThere { return true }
    guard try sees?(cell.digest) ?? true else { return false }
    return try store.hasFile(cell.digest)
  }

  /// The attachments that cells of no `file` column name, and that may not be named.
  ///
  /// For rows that are saved later: their columns may be of files by then, when the sender is no
  /// longer known. Attachments that exist and may be named are not among them.
  /// - Throws: ``StoreError`` of kind `invalid` for a cell of a column that is of files already, in
  ///   the words for a missing attachment.
  mutating func hiddenFiles(in batch: InputBatch) throws(StoreError) -> Set<Digest> {
    guard let sees else { return [] }
    var hidden: Set<Digest> = []
    for (column, vector) in zip(batch.rows.columns, batch.rows.vectors) where column.type == .json {
      for row in 0..<vector.count where vector.hasValue(row) {
        guard let text = vector.values.text(row),
          text.words.bytes[text.range].first == UInt8(ascii: "{"),
          let cell = FileCellText(Array(text.words.bytes[text.range]))
        else { continue }
        let line = Int(batch.lines[row])
        if known.contains(column.name) {
          _ = try size(of: cell.digest, column, at: line > 0 ? .init(line: line) : nil)
        } else if sizes[cell.digest] == nil, !hidden.contains(cell.digest) {
          if try sees(cell.digest), try store.hasFile(cell.digest) { continue }
          hidden.insert(cell.digest)
        }
      }
    }
    return hidden
  }

  /// The size in bytes of an attachment that a cell names.
  /// - Throws: ``StoreError`` of kind `invalid` when it is missing, or may not be named.
  private mutating func size(
    of file: Digest, _ column: ColumnDefinition, at location: StoreError.Location?
  ) throws(StoreError) -> Int {
    if let known = sizes[file] { return known }
    guard try sees?(file) ?? true,
      let status = try store.objects.status(of: StoreLayout.fileName(file))
    else {
      throw StoreError(
        .invalid,
        "the file \(file) of column '\(column.name)' is not in the store; put its bytes there "
          + "first ('assay push --files \(column.name)' does both)",
        at: location)
    }
    // Now that a version is about to name it, gc must not find it old and unreferenced.
    try store.hold(StoreLayout.fileName(file))
    sizes[file] = status.byteCount
    return status.byteCount
  }
}

/// A cell of a `file` column as users write it: members in any order, all but the digest optional.
struct FileCellText {
  let digest: Digest
  let mediaType: String?
  let name: String?
  let size: Int?

  private static let names = ["digest", "mediaType", "name", "size"]

  /// Reads a cell; nil for anything that is not a file, also for an object with other members.
  init?(_ bytes: [UInt8]) {
    if let value = FileValue(parsing: bytes), value.json.canonicalBytes == bytes {
      digest = value.digest
      mediaType = value.mediaType
      name = value.name
      size = value.byteCount
      return
    }
    guard let members = (try? JSON(parsing: bytes))?.object,
      members.names.allSatisfy({ Self.names.hasText($0) }),
      let text = members["digest"]?.string, text.hasPrefix("sha256:"),
      let digest = Digest(parsing: text)
    else { return nil }
    self.digest = digest
    mediaType = members["mediaType"]?.string
    name = members["name"]?.string
    size = members["size"]?.exactly(Int.self)
    // A member that is there is of its type, or null, which says nothing.
    let given = members.members.count { $0.value != .null }
    let understood = 1 + [mediaType != nil, name != nil, size != nil].count { $0 }
    guard given == understood else { return nil }
  }
}
