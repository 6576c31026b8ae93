/// The rules by which a document's numbers are made of rows.
///
/// A kept document is computed again by its own edition, so that it gives the same bytes for ever.
package enum Edition: Int, Sendable, CaseIterable, Comparable {
  /// Arms count attempts as rows, rates of clusters may leave [0, 1], and gates judge the items
  /// that are there.
  case first = 1
  /// An item's value is the mean of its attempts everywhere, rates stay in [0, 1], and gates that
  /// rest on a part of the items say so.
  case second = 2
  /// What an arm said of an item is compared attempt by attempt, judges named in nested columns
  /// are looked at, and what vanishes from a table or differs between attempts is told.
  case third = 3

  /// The edition of new documents.
  package static let current = Edition.third

  /// The form of a document of this edition: `assay.comparison/3`.
  package func format(_ name: String) -> String { "\(name)/\(rawValue)" }

  /// The forms of documents of all editions.
  package static func formats(of name: String) -> [String] { allCases.map { $0.format(name) } }

  /// The edition of a document by its form; nil for another form.
  package init?(format: String, of name: String) {
    guard let found = Self.allCases.first(where: { $0.format(name) == format }) else { return nil }
    self = found
  }

  package static func < (left: Edition, right: Edition) -> Bool { left.rawValue < right.rawValue }
}
