import Columns
package import Model
package import Routing

/// Makes each row of a version a context that rules can be tried on.
///
/// A column `context` of JSON objects is the context. Else columns `principal`, `request`,
/// `metadata` and `headers` of JSON objects are its members. Else every column is a field of
/// `metadata`, so that plain rows of measurements can be routed by what is recorded of them.
package struct RowContexts: Sendable {
  /// Where contexts come from.
  private enum Form: Sendable {
    case whole([String?])
    case parts([(name: String, texts: [String?])])
    case plain([(name: String, texts: [String?], isText: Bool)])
  }

  package let count: Int
  private let form: Form
  private let names: [[String?]]

  /// The columns that are needed to try `rules` on rows of `schema`.
  package static func columns(of schema: Schema, for rules: [CompiledRules]) -> [String] {
    let names = schema.columns.map(\.name)
    if names.contains("context") { return (["context"] + schema.key).uniqued }
    let roots = FieldPath.roots.filter { names.contains($0) }
    if !roots.isEmpty { return (roots + schema.key).uniqued }
    let wanted = Set(
      rules.flatMap(\.paths).compactMap { path -> String? in
        let parts = path.text.split(separator: ".")
        return parts.first == "metadata" ? String(parts[1]) : nil
      })
    let columns = names.filter { wanted.contains($0) } + schema.key
    return (columns.isEmpty ? Array(names.prefix(1)) : columns).uniqued
  }

  /// The contexts of the rows of `table`, which has the columns that ``columns(of:for:)`` names.
  /// - Throws: ``StoreError`` of kind `usage` for columns that are no contexts.
  package init(_ table: ColumnTable, key: [String]) throws(StoreError) {
    count = table.count
    var names: [[String?]] = []
    for column in key { names.append(try table.texts(column)) }
    self.names = names
    if table.has("context") {
      form = .whole(try table.texts("context"))
      return
    }
    var parts: [(name: String, texts: [String?])] = []
    for root in FieldPath.roots where table.has(root) {
      parts.append((root, try table.texts(root)))
    }
    if !parts.isEmpty {
      form = .parts(parts)
      return
    }
    var plain: [(name: String, texts: [String?], isText: Bool)] = []
    for column in table.columns {
      plain.append((column.name, try table.texts(column.name), column.type == .string))
    }
    form = .plain(plain)
  }

  /// What names a row: its key, or nothing.
  package func name(_ row: Int) -> String {
    names.compactMap { $0[row] }.joined(separator: "/")
  }

  /// The context of a row.
  package func context(_ row: Int) -> [UInt8] {
    switch form {
    case .whole(let texts): return Array((texts[row] ?? "{}").utf8)
    case .parts(let parts):
      return Self.object(
        parts.compactMap { part in part.texts[row].map { (part.name, Array($0.utf8)) } })
    case .plain(let columns):
      let members = columns.compactMap { column -> (String, [UInt8])? in
        guard let text = column.texts[row] else { return nil }
        guard column.isText else { return (column.name, Array(text.utf8)) }
        var quoted: [UInt8] = []
        CanonicalJSON.append(text, to: &quoted)
        return (column.name, quoted)
      }
      return Self.object([("metadata", Self.object(members))])
    }
  }

  private static func object(_ members: [(name: String, json: [UInt8])]) -> [UInt8] {
    var out: [UInt8] = [UInt8(ascii: "{")]
    for (index, member) in members.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      CanonicalJSON.append(member.name, to: &out)
      out.append(UInt8(ascii: ":"))
      out += member.json
    }
    out.append(UInt8(ascii: "}"))
    return out
  }
}

extension [String] {
  /// Each once, where it is first.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
