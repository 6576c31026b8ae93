/// A selection of a version's rows by their positions.
enum RowSelection {
  /// Neighbours, all within the version.
  case range(Range<Int>)
  /// Rows in the order of the version.
  case ascending([Int])
  /// Rows in another order.
  case ordered([Int])
}
