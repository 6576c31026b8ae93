/// How results are written.
package enum ResultFormat: String, Sendable, CaseIterable {
  /// Aligned columns for people; long cells are cut.
  case table
  case jsonl, json, csv, markdown
}
