/// The rules by which a document's numbers are computed from rows.
///
/// A saved document is computed again by its own edition, so that it always gives the same bytes.
package enum Edition: Int, Sendable, CaseIterable, Comparable {
  /// Arms count attempts as rows, rates of clusters may leave [0, 1], and gates judge only the
  /// items that are compared.
  case first = 1
  /// An item's value is the mean of its attempts everywhere, rates stay in [0, 1], and gates that
  /// rest on a part of the items say so.
  case second = 2
  /// An arm's outputs on an item are compared attempt by attempt, judges named in nested columns
  /// are examined, and columns that vanish from a table or differ between attempts are reported.
  case third = 3

  /// The edition of new documents.
  package static let current = Edition.third

  /// The name of this edition's format: `assay.comparison/3`.
  package func format(_ name: String) -> String { "\(name)/\(rawValue)" }

  /// The names of all editions' formats.
  package static func formats(of name: String) -> [String] { allCases.map { $0.format(name) } }

  /// The edition with the format `format`; nil for an unknown one.
  package init?(format: String, of name: String) {
    guard let found = Self.allCases.first(where: { $0.format(name) == format }) else { return nil }
    self = found
  }

  package static func < (left: Edition, right: Edition) -> Bool { left.rawValue < right.rawValue }
}
