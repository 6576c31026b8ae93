package import Model

/// An event of a dataset of kind `ratings`: a rater's answer about an item at one time.
///
/// Members have the names of the columns; docs/ratings.md defines each. Kinds and winners are texts
/// in this type, so that the service, and not the decoder, refuses a wrong one with advice.
package struct RatingEvent: Sendable, Hashable {
  /// The event's own id, unique in its dataset; nil where the service is to make one.
  package var rating: String?
  /// `score`, `label` or `preference`.
  package var kind: String
  package var item: String
  package var rater: String
  /// The number given, for a score.
  package var value: Double?
  /// The word given, for a label.
  package var label: String?
  /// `a`, `b` or `tie`, for a preference; with `task` it is `left`, `right` or `tie`.
  package var winner: String?
  /// The arm whose output was rated: a model, or a version.
  package var a: String?
  /// The other arm, for a preference.
  package var b: String?
  /// The arm that was shown on the left: `a` or `b`.
  package var shownLeft: String?
  /// The question that the rater answered; nil for `overall`.
  package var rubric: String?
  /// The scorer: the name of a judge, or `human`, which nil means.
  package var scorer: String?
  package var scorerVersion: String?
  /// The version with the rated outputs, or two with a space between.
  package var source: String?
  /// The time of the rating; nil for now.
  package var at: Timestamp?
  /// The seed of the order in which items and sides were drawn.
  package var seed: Int?
  /// The id of the event that this one replaces.
  package var corrects: String?
  /// The reason for the correction.
  package var reason: String?
  /// The name of a blinded task; not a column.
  ///
  /// The service replaces it by the task's arms and sides.
  package var task: String?

  /// A rating of `item` by `rater`, without its content.
  package init(kind: String, item: String, rater: String) {
    self.kind = kind
    self.item = item
    self.rater = rater
  }

  /// The rubric of ratings that name none; each rubric and scorer makes a metric of its own.
  package static let defaultRubric = "overall"
  /// The scorer of ratings that name none.
  package static let defaultScorer = "human"
  /// The scores that people are asked for, whole numbers.
  package static let scores = 1...5
  /// The version of a scorer that names none.
  package static let defaultScorerVersion = "1"
}

extension RatingEvent: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case rating, kind, item, rater, value, label, winner, a, b, rubric, scorer, source, at, seed
    case corrects, reason, task
    case shownLeft = "shown_left"
    case scorerVersion = "scorer_version"
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  /// Reads an event, and refuses unknown members, since they would be lost.
  package init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where CodingKeys(stringValue: key.stringValue) == nil {
      let near = Spelling.advice(key.stringValue, CodingKeys.allCases.map(\.stringValue))
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "an event has no member '\(key.stringValue)'; \(near)"))
    }
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys) throws -> String? {
      try members.decodeIfPresent(String.self, forKey: key)
    }
    kind = try members.decode(String.self, forKey: .kind)
    item = try members.decode(String.self, forKey: .item)
    rater = try members.decode(String.self, forKey: .rater)
    rating = try text(.rating)
    value = try members.decodeIfPresent(Double.self, forKey: .value)
    label = try text(.label)
    winner = try text(.winner)
    a = try text(.a)
    b = try text(.b)
    shownLeft = try text(.shownLeft)
    rubric = try text(.rubric)
    scorer = try text(.scorer)
    scorerVersion = try text(.scorerVersion)
    source = try text(.source)
    at = try members.decodeIfPresent(Timestamp.self, forKey: .at)
    seed = try members.decodeIfPresent(Int.self, forKey: .seed)
    corrects = try text(.corrects)
    reason = try text(.reason)
    task = try text(.task)
  }
}
