package import Model

/// The calls on ratings: datasets of kind `ratings`, to which events are added and in which none
/// changes.
///
/// Calls block until they are answered; any thread may make them.
package protocol RatingService: Sendable {
  /// Adds events, all or none; a version has them when it returns.
  ///
  /// The first events create the dataset. A repeated request with the idempotency key of an earlier
  /// one returns the version of that one.
  /// - Throws: ``StoreError``: `invalid` for an event that breaks a rule of docs/ratings.md, with
  ///   its number; `missing` for an item or an arm that the outputs do not have; `usage` for a
  ///   dataset of another kind.
  func addRatings(
    to dataset: DatasetName, _ batch: RatingBatch, idempotencyKey: String?
  ) throws(StoreError) -> RatingReceipt

  /// Returns the next task that a rater has not done, without disclosing whose outputs it shows.
  /// - Throws: ``StoreError``: `missing` for versions that are not there, `usage` for columns that
  ///   are not, and for versions without anything to compare.
  func nextRating(
    in dataset: DatasetName, _ request: RatingTaskRequest
  ) throws(StoreError) -> RatingTaskDocument

  /// Returns bytes of a task's media, fewer than `count` only at their end.
  /// - Throws: ``StoreError`` of kind `missing` for an address that belongs to no unanswered task
  ///   of this caller in `dataset`.
  func ratingMedia(
    in dataset: DatasetName, _ address: String, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8]

  /// Describes the media at an address of a task: its media type and size.
  /// - Throws: As for ``ratingMedia(in:_:at:count:)``.
  func ratingMedia(
    in dataset: DatasetName, _ address: String
  ) throws(StoreError) -> RatingTask.Media

  /// Reports the raters' agreement and which arm they prefer.
  /// - Throws: ``StoreError``: `missing` when there is no such version, `usage` when it holds no
  ///   ratings.
  func ratingReport(
    of reference: Reference, _ request: RatingReportRequest
  ) throws(StoreError) -> RatingReportDocument
}

/// Events to be added.
package struct RatingBatch: Codable, Sendable, Hashable {
  /// The outputs that are rated; nil to take items and arms as the events name them.
  package var subject: RatingSubject?
  package var events: [RatingEvent]

  /// Events about the outputs of `subject`.
  package init(subject: RatingSubject? = nil, events: [RatingEvent]) {
    self.subject = subject
    self.events = events
  }
}

/// The answer to events that were added; it does not disclose whose outputs they rated.
package struct RatingReceipt: Codable, Sendable, Hashable {
  /// The ids of the events, in their order.
  package let ratings: [String]
  /// The version that has them.
  package let version: VersionDocument
  /// False when an earlier request already added them.
  package let isNew: Bool

  /// A receipt for events in `version`.
  package init(ratings: [String], version: VersionDocument, isNew: Bool) {
    self.ratings = ratings
    self.version = version
    self.isNew = isNew
  }
}

/// The outputs to rate, and the arms they come from.
///
/// An arm is one side of a comparison: a value of the column `by`, or a version.
package struct RatingSubject: Codable, Sendable, Hashable {
  /// The version with the outputs.
  package var ref: String
  /// Another version, whose outputs are shown beside those of `ref`.
  package var against: String?
  /// The column whose values are the arms.
  package var by: String?
  /// The column that identifies items; nil for the key without `by`.
  package var item: String?
  /// Only these arms; nil for all.
  package var arms: [String]?

  /// The outputs of a version.
  package init(
    ref: String, against: String? = nil, by: String? = nil, item: String? = nil,
    arms: [String]? = nil
  ) {
    self.ref = ref
    self.against = against
    self.by = by
    self.item = item
    self.arms = arms
  }
}
