/// Rows of a version by their positions in it.
enum RowSelection {
  /// Neighbours, all within the version.
  case range(Range<Int>)
  /// Rows in the order of the version.
  case ascending([Int])
  /// Rows in an order of their own.
  case ordered([Int])
}
