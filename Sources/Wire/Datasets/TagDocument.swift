package import Model

/// A tag and the version it names.
package struct TagDocument: Codable, Sendable, Hashable {
  package let dataset: DatasetName
  package let tag: String
  package let number: Int
  package let snapshot: Digest

  /// `tag` naming `dataset@number`.
  package init(dataset: DatasetName, tag: String, number: Int, snapshot: Digest) {
    self.dataset = dataset
    self.tag = tag
    self.number = number
    self.snapshot = snapshot
  }
}

/// The author of a tag's move, and the message.
package struct TagRequest: Codable, Sendable, Hashable {
  package var author = ""
  package var message = ""

  /// A move by `author`.
  package init(author: String = "", message: String = "") {
    self.author = author
    self.message = message
  }
}
