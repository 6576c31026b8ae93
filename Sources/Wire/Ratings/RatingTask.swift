/// Which task is wanted: whose outputs, who rates, and by which question.
package struct RatingTaskRequest: Sendable, Hashable {
  package var subject: RatingSubject
  package var rater: String
  /// `preference`, `score` or `label`.
  package var kind = "preference"
  /// Draws the order of tasks, the same for all raters, and the sides, for each rater anew.
  package var seed = 1
  /// The columns shown; nil for those that are called as prompts and outputs are.
  package var columns: [String]?
  package var rubric = RatingEvent.defaultRubric
  package var scorer = RatingEvent.defaultScorer
  package var scorerVersion = RatingEvent.defaultScorerVersion
  /// Only tasks after this one.
  package var after: String?

  /// A preference between outputs of `subject`.
  package init(subject: RatingSubject, rater: String) {
    self.subject = subject
    self.rater = rater
  }
}

/// What is to be rated next.
package struct RatingTaskDocument: Codable, Sendable, Hashable {
  /// Nil when nothing is left.
  package var task: RatingTask?
  /// Tasks that this rater has done.
  package let done: Int
  /// Tasks that are left, this one among them.
  package let remaining: Int
  /// The versions with the outputs, which tasks and ratings are about: `outputs@3`, or two.
  package let subject: RatingSubject

  /// The next task of those that remain.
  package init(task: RatingTask?, done: Int, remaining: Int, subject: RatingSubject) {
    self.task = task
    self.done = done
    self.remaining = remaining
    self.subject = subject
  }
}

/// One item to be rated, blinded: nothing in it tells whose output is where.
package struct RatingTask: Codable, Sendable, Hashable {
  /// A picture, a sound or another attachment, without its name and its digest.
  package struct Media: Codable, Sendable, Hashable {
    /// Under which the task's rater gets the bytes until the task is answered; it says nothing.
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

  /// A column's text, or what it shows.
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

  /// Names the task in an answer.
  package let task: String
  /// The item; a made-up name where its own could tell whose output it is, because no other arm has
  /// an output of it.
  package let item: String
  package let kind: String
  package let seed: Int
  /// What both sides have in common: the prompt.
  package var shared: [Cell]
  /// What is rated, or stands on the left.
  package var left: [Cell]
  /// What stands on the right; nil unless two are compared.
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
