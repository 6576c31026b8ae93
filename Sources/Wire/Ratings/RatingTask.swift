/// The outputs, the rater and the rubric of a requested task.
package struct RatingTaskRequest: Sendable, Hashable {
  package var subject: RatingSubject
  package var rater: String
  /// `preference`, `score` or `label`.
  package var kind = "preference"
  /// The seed of the order of tasks, which all raters share, and of the sides, which each rater has
  /// apart.
  package var seed = 1
  /// The columns shown; nil for those with the usual names of prompts and outputs.
  package var columns: [String]?
  package var rubric = RatingEvent.defaultRubric
  package var scorer = RatingEvent.defaultScorer
  package var scorerVersion = RatingEvent.defaultScorerVersion
  /// Only tasks after this one.
  package var after: String?

  /// A request for a preference between outputs of `subject`.
  package init(subject: RatingSubject, rater: String) {
    self.subject = subject
    self.rater = rater
  }
}

/// The next task of a rater, and the numbers done and left.
package struct RatingTaskDocument: Codable, Sendable, Hashable {
  /// Nil when nothing is left.
  package var task: RatingTask?
  /// Tasks that this rater has done.
  package let done: Int
  /// Tasks that are left, including this one.
  package let remaining: Int
  /// The versions with the outputs of tasks and ratings: `outputs@3`, or two.
  package let subject: RatingSubject
  /// Cautions about the items; nil for none.
  package let warnings: [String]?

  /// The next task of those that remain.
  package init(
    task: RatingTask?, done: Int, remaining: Int, subject: RatingSubject, warnings: [String] = []
  ) {
    self.task = task
    self.done = done
    self.remaining = remaining
    self.subject = subject
    self.warnings = warnings.isEmpty ? nil : warnings
  }
}

/// A blinded task about one item: nothing in it discloses which arm an output comes from.
package struct RatingTask: Codable, Sendable, Hashable {
  /// A picture, a sound or another attachment, without its name and its digest.
  package struct Media: Codable, Sendable, Hashable {
    /// The address of the bytes until the rater answers the task; it discloses nothing.
    package let address: String
    package let mediaType: String
    package let size: Int

    /// An attachment of `size` bytes.
    package init(address: String, mediaType: String, size: Int) {
      self.address = address
      self.mediaType = mediaType
      self.size = size
    }
  }

  /// A column's text, or the media that it refers to.
  package struct Cell: Codable, Sendable, Hashable {
    package let column: String
    /// Empty where there is `media`.
    package var text: String
    package let media: Media?

    /// `text` in `column`.
    package init(column: String, text: String, media: Media? = nil) {
      self.column = column
      self.text = text
      self.media = media
    }
  }

  /// The name of the task in an answer.
  package let task: String
  /// The item; a generated name where its own could disclose the arm, because no other arm has an
  /// output of it.
  package let item: String
  package let kind: String
  package let seed: Int
  /// The cells that both sides share: the prompt.
  package var shared: [Cell]
  /// The output to rate, or the left one of two.
  package var left: [Cell]
  /// The right one of two outputs; nil unless two are compared.
  package var right: [Cell]?

  /// A task with all its members.
  package init(
    task: String, item: String, kind: String, seed: Int, shared: [Cell], left: [Cell],
    right: [Cell]?
  ) {
    self.task = task
    self.item = item
    self.kind = kind
    self.seed = seed
    self.shared = shared
    self.left = left
    self.right = right
  }
}
