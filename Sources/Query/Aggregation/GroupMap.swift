/// Where the groups of a row group went.
enum GroupMap {
  /// Stands for a group without rows, which went nowhere.
  static let none = UInt32.max
}
