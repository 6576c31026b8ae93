package import Model

/// The one check of kinds, which every version passes before it is published.
package enum KindRule {
  /// Throws unless a version may follow `latest`, by the kinds of both and by who made its rows.
  /// - Parameters:
  ///   - kind: The kind of the version; nil for that of the latest.
  ///   - checked: The kind for which its maker has checked it.
  /// - Throws: ``StoreError`` of kind `denied`, with what saves versions of that kind.
  package static func require(
    _ kind: DatasetKind?, checked: DatasetKind?, over latest: Version?, in dataset: DatasetName
  ) throws(StoreError) {
    let kind = kind ?? latest?.record.kind ?? .results
    if let known = latest?.record.kind, known != kind,
      !(known.takesAnyRows && kind.takesAnyRows)
    {
      throw StoreError(
        .denied,
        "\(dataset) is of kind \(known.rawValue) and keeps it: what is of kind "
          + "\(kind.rawValue) goes to a dataset of another name")
    }
    guard kind.takesAnyRows || checked == kind else {
      throw StoreError(
        .denied,
        "rows are not pushed as they are into a dataset of kind \(kind.rawValue), which "
          + "\(dataset) \(latest == nil ? "would be" : "is"): \(kind.advice(for: dataset))")
    }
  }

  /// Throws unless a dataset takes rows that come one or a few at a time.
  ///
  /// Such a row takes the place of the one with its key, unseen by the checks of its kind.
  static func requireRows(_ kind: DatasetKind?, in dataset: DatasetName) throws(StoreError) {
    guard let kind, !kind.takesAnyRows else { return }
    throw StoreError(
      .denied,
      "\(dataset) is of kind \(kind.rawValue), and takes no rows one at a time: "
        + kind.advice(for: dataset))
  }

  /// Throws unless the content of a version has the form that its kind needs.
  static func requireForm(
    _ manifest: SnapshotManifest, of kind: DatasetKind, in dataset: DatasetName
  ) throws(StoreError) {
    guard kind.isDocument else { return }
    let columns = manifest.schema.columns
    guard manifest.rows == 1, columns.count == 1, columns[0].name == "document",
      columns[0].type == .json
    else {
      throw StoreError(
        .invalid,
        "a version of kind \(kind.rawValue), which \(dataset) holds, is one row whose one column, "
          + "'document', is the JSON of it (--types document=json); these are rows: push them to a "
          + "dataset of another name, or save one by its command: \(kind.advice(for: dataset))")
    }
  }
}
