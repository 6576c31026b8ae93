import Model

extension ColumnType {
  /// The type as it stands in a file's metadata, where commas stand between types.
  var metadataName: String { rawValue.replacing(",", with: ";") }

  /// The type of a ``metadataName``; nil for any other text.
  init?(inMetadata name: Substring) { self.init(rawValue: String(name).replacing(";", with: ",")) }
}
