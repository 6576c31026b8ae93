package import Model

/// A query whose rows, or a sample of them, are to be saved as a version.
package struct SavedQuery: Sendable, Hashable {
  /// A sample of a query's rows.
  package struct Sample: Sendable, Hashable {
    package let count: Int
    /// The columns whose values make strata.
    package let strata: [String]
    package let seed: Int

    /// A sample with all members.
    package init(count: Int, strata: [String], seed: Int) {
      self.count = count
      self.strata = strata
      self.seed = seed
    }
  }

  package let query: QueryRequest
  package let into: DatasetName
  /// The columns that identify a row; nil for those of the dataset, or of the version that is read.
  package let key: [String]?
  package let kind: DatasetKind?
  package let sample: Sample?
  /// Nil for a message that says how the rows were drawn.
  package let message: String?
  package let author: String

  /// A query with all members.
  package init(
    query: QueryRequest, into: DatasetName, key: [String]?, kind: DatasetKind?, sample: Sample?,
    message: String?, author: String
  ) {
    self.query = query
    self.into = into
    self.key = key
    self.kind = kind
    self.sample = sample
    self.message = message
    self.author = author
  }
}

/// The outcome of saving a query's rows.
package struct SavedQueryDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  /// True when the rows made the version.
  package let isNew: Bool
  /// The rows of the query, of which a sample was drawn.
  package let rows: Int
  /// The rows that were left out since they are nearly like one that was drawn.
  package let nearDuplicates: Int
  package let notes: [String]

  /// An outcome with all members.
  package init(
    version: VersionDocument, isNew: Bool, rows: Int, nearDuplicates: Int, notes: [String]
  ) {
    self.version = version
    self.isNew = isNew
    self.rows = rows
    self.nearDuplicates = nearDuplicates
    self.notes = notes
  }
}
