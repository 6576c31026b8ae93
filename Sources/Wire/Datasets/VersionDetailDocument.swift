package import Model

/// A version with the schema of its table: one JSON object with the members of both.
package struct VersionDetailDocument: Sendable, Hashable {
  /// A column of the table.
  package struct Column: Codable, Sendable, Hashable {
    package let name: String
    package let type: ColumnType

    /// A column called `name`.
    package init(name: String, type: ColumnType) {
      self.name = name
      self.type = type
    }
  }

  package let version: VersionDocument
  package let key: [String]
  package let columns: [Column]
  package let rowGroups: Int

  /// A version with its schema.
  package init(version: VersionDocument, key: [String], columns: [Column], rowGroups: Int) {
    self.version = version
    self.key = key
    self.columns = columns
    self.rowGroups = rowGroups
  }
}

extension VersionDetailDocument: Codable {
  private enum CodingKeys: String, CodingKey {
    case key, columns, rowGroups
  }

  package init(from decoder: any Decoder) throws {
    version = try VersionDocument(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    key = try members.decode([String].self, forKey: .key)
    columns = try members.decode([Column].self, forKey: .columns)
    rowGroups = try members.decode(Int.self, forKey: .rowGroups)
  }

  package func encode(to encoder: any Encoder) throws {
    try version.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(key, forKey: .key)
    try members.encode(columns, forKey: .columns)
    try members.encode(rowGroups, forKey: .rowGroups)
  }
}
