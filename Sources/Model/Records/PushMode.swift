/// The relation of a pushed file's rows to those of the latest version.
package enum PushMode: String, Sendable, CaseIterable {
  /// The file is the whole new content.
  case replace
  /// The file's rows follow the latest version's.
  case append
  /// Rows of the file replace those of the same key, column by column of the file; others are
  /// added.
  case merge
}
