/// The SQL that makes the index, embedded in the program: one script per step, in order.
///
/// The index is derived, so a step never has to move data: an index at any other step is thrown
/// away and made anew.
package enum Migrations {
  /// The scripts in the order in which they run.
  ///
  /// Their number is the schema version of the index.
  package static var scripts: [String] {
    // The build embeds `0001-index.sql` as `_001_index_sql`.
    [
      PackageResources._001_index_sql, PackageResources._002_aggregates_sql,
      PackageResources._003_texts_sql, PackageResources._004_checksums_sql,
    ].map { String(decoding: $0, as: UTF8.self) }
  }
}
