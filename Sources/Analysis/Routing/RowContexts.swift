import Columns
package import Model
package import Routing

/// Makes each row of a version a context that rules can be tried on.
///
/// A column `context` of JSON objects is the context. Else columns `principal`, `request`,
/// `metadata` and `headers` of JSON objects are its members. Else a column called like a field,
/// `request.task`, or mapped to one, is that field, and every other column is a field of
/// `metadata`, so that plain rows of measurements can be routed by what is recorded of them.
package struct RowContexts: Sendable {
  /// The source of contexts.
  private enum Form: Sendable {
    case whole([String?])
    case parts([(name: String, texts: [String?])])
    case plain(FieldColumns)
  }

  package let count: Int
  private let form: Form
  private let names: [[String?]]
  /// The fields that rules read and no column has; none where a column holds whole contexts.
  package let missing: [FieldPath]

  /// The columns that are needed to try `rules` on rows of `schema`.
  package static func columns(
    of schema: Schema, for rules: [CompiledRules], map: [DataText: String] = [:]
  ) -> [String] {
    let names = schema.columns.map(\.name)
    let parts = contextColumns(schema.columns, map)
    if parts.contains("context") { return (["context"] + schema.key).uniqued }
    let roots = FieldPath.roots.filter { parts.contains($0) }
    if !roots.isEmpty { return (roots + schema.key).uniqued }
    let wanted = FieldColumns.sources(of: names, for: rules.flatMap(\.paths), map: map).map(
      \.column)
    let columns = wanted + schema.key
    return (columns.isEmpty ? Array(names.prefix(1)) : columns).uniqued
  }

  /// The contexts of the rows of `table`, which has the columns that ``columns(of:for:map:)``
  /// names.
  /// - Parameters:
  ///   - rules: Whose fields plain columns are looked through for; none for all columns.
  ///   - map: Fields and the columns they come from.
  /// - Throws: ``StoreError`` of kind `usage` for columns that are not contexts.
  package init(
    _ table: ColumnTable, key: [String], for rules: [CompiledRules] = [],
    map: [DataText: String] = [:]
  ) throws(StoreError) {
    count = table.count
    var names: [[String?]] = []
    for column in key { names.append(try table.texts(column)) }
    self.names = names
    var parts: [(name: String, texts: [String?])] = []
    let columns = Self.contextColumns(table.columns, map)
    for root in FieldPath.roots where columns.contains(root) {
      parts.append((root, try table.texts(root)))
    }
    guard columns.contains("context") || !parts.isEmpty else {
      let fields = try FieldColumns(table, for: rules, map: map)
      (form, missing) = (.plain(fields), fields.missing)
      return
    }
    guard map.isEmpty else {
      let column = columns.contains("context") ? "context" : parts[0].name
      throw StoreError(
        .usage,
        "\(table.name) has contexts in its column '\(column)': fields cannot be mapped besides")
    }
    guard !columns.contains("context") else {
      (form, missing) = (.whole(try table.texts("context")), [])
      return
    }
    form = .parts(parts)
    missing = rules.flatMap(\.paths).filter { path in
      !FieldPath.names.contains(path) && !parts.contains { path.text.hasPrefix($0.name + ".") }
    }
  }

  /// The columns that are contexts, or parts of them, if their names are.
  ///
  /// Texts may be other things that are called so, like what was found for an answer: where fields
  /// are mapped they are.
  private static func contextColumns(
    _ columns: [ColumnDefinition], _ map: [DataText: String]
  ) -> Set<DataText> {
    columns.filter { $0.type == .json || ($0.type == .string && map.isEmpty) }.map(\.name).textSet
  }

  /// True when fields come from columns that are not contexts, so that more can be mapped.
  var arePlain: Bool { if case .plain = form { true } else { false } }

  /// The name of a row: its key, or nothing.
  package func name(_ row: Int) -> String {
    names.compactMap { $0[row] }.joined(separator: "/")
  }

  /// Returns true when a row has its context recorded; one made of parts may have none of them.
  func isRecorded(_ row: Int) -> Bool {
    if case .whole(let texts) = form { texts[row] != nil } else { true }
  }

  /// The context of a row.
  package func context(_ row: Int) -> [UInt8] {
    switch form {
    case .whole(let texts): return Array((texts[row] ?? "{}").utf8)
    case .parts(let parts):
      return Self.object(
        parts.compactMap { part in part.texts[row].map { (part.name, Array($0.utf8)) } })
    case .plain(let columns): return columns.context(row)
    }
  }

  static func object(_ members: [(name: String, json: [UInt8])]) -> [UInt8] {
    JSON.object(JSON.Object(members.map { ($0.name, .verbatim($0.json)) })).compactBytes
  }
}

extension [String] {
  /// Each once, where it is first.
  fileprivate var uniqued: [String] {
    var seen: Set<DataText> = []
    return filter { seen.insert(DataText($0)).inserted }
  }
}
