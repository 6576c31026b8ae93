private import CMigrations

/// The SQL that makes the index, embedded in the program: one script per step, in order.
///
/// The index is derived, so a step never has to move data: an index at any other step is deleted
/// and rebuilt.
package enum Migrations {
  /// The scripts in the order in which they run.
  ///
  /// Their number is the schema version of the index.
  package static let scripts: [String] = {
    var scripts: [String] = []
    while let script = script(scripts.count) { scripts.append(script) }
    return scripts
  }()

  private static func script(_ step: Int) -> String? {
    var count = 0
    guard let start = unsafe assay_migration(step, &count) else { return nil }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
