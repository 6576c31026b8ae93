import Columns
import Model
import Routing

/// Plain columns as the fields that rules ask for.
struct FieldColumns: Sendable {
  private struct Field: Sendable {
    /// The names of members on the way down.
    let steps: [String]
    let texts: [String?]
    let isText: Bool
  }

  private let fields: [Field]
  /// The fields that rules read and no column has.
  let missing: [FieldPath]

  /// The fields of `paths` and the columns that they come from: those that `map` names, else those
  /// called like the field, else, for a field of `metadata`, those called like its last part.
  static func sources(
    of columns: [String], for paths: [FieldPath], map: [DataText: String]
  ) -> [(path: String, column: String)] {
    var found: [(path: String, column: String)] = []
    for path in paths.map(\.text) where !found.map(\.path).hasText(path) {
      let prefix = "metadata."
      if let column = map[path] {
        found.append((path, column))
      } else if columns.hasText(path) {
        found.append((path, path))
      } else if path.hasPrefix(prefix), columns.hasText(path.dropFirst(prefix.count)) {
        found.append((path, String(path.dropFirst(prefix.count))))
      }
    }
    return found
  }

  /// The fields of `rules` that columns of `table` have; all of them without rules.
  /// - Throws: ``StoreError`` of kind `usage` for a mapping to no field, or from no column.
  init(
    _ table: ColumnTable, for rules: [CompiledRules], map: [DataText: String]
  ) throws(StoreError) {
    for (path, column) in map.sorted(by: { $0.key < $1.key }).map({ ($0.key.string, $0.value) }) {
      guard FieldPath.roots.contains(where: { path.hasPrefix($0 + ".") }) else {
        throw StoreError(
          .usage, "'\(path)' is not a field of a request, like request.task or metadata.topic")
      }
      _ = try table.vector(column)
    }
    var fields: [Field] = []
    let names = table.columns.map(\.name)
    let paths = rules.isEmpty ? Self.fields(names, map) : rules.flatMap(\.paths)
    let sources = Self.sources(of: names, for: paths, map: map)
    missing =
      rules.isEmpty
      ? []
      : paths.filter { path in
        !FieldPath.names.contains(path) && !sources.map(\.path).hasText(path.text)
      }
    for source in sources {
      fields.append(
        Field(
          steps: source.path.split(separator: ".").map(String.init),
          texts: try table.texts(source.column),
          isText: try table.vector(source.column).type == .string))
    }
    self.fields = fields
  }

  /// All fields that columns can be.
  private static func fields(_ columns: [String], _ map: [DataText: String]) -> [FieldPath] {
    map.keys.sorted().map { FieldPath($0.string) }
      + columns.map { name in
        let isField = FieldPath.roots.contains { name.hasPrefix($0 + ".") }
        return FieldPath(isField ? name : "metadata." + name)
      }
  }

  /// The context of a row.
  func context(_ row: Int) -> [UInt8] {
    object(
      fields.compactMap { field in
        guard let text = field.texts[row] else { return nil }
        guard field.isText else { return (field.steps[...], Array(text.utf8)) }
        var quoted: [UInt8] = []
        JSON.append(text, to: &quoted)
        return (field.steps[...], quoted)
      })
  }

  /// An object of fields by what is left of their ways down.
  private func object(_ fields: [(steps: ArraySlice<String>, json: [UInt8])]) -> [UInt8] {
    var names: [String] = []
    for field in fields {
      if let name = field.steps.first, !names.hasText(name) { names.append(name) }
    }
    return RowContexts.object(
      names.map { name in
        let members = fields.filter { $0.steps.first?.hasBytes(of: name) == true }
        if let leaf = members.first(where: { $0.steps.count == 1 }) { return (name, leaf.json) }
        return (name, object(members.map { ($0.steps.dropFirst(), $0.json) }))
      })
  }
}
