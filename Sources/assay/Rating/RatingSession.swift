import Foundation
import Model
import Wire

/// A session of a rater, which requests, shows and answers tasks until none is left or the rater
/// quits.
///
/// It holds no results: every rating is in the dataset before the next task is shown.
struct RatingSession {
  /// A task with its earlier rating, which a new one corrects.
  private struct Turn {
    let document: RatingTaskDocument
    let task: RatingTask
    var rating: String?
    var isSkipped = false
  }

  /// The outcome of a session.
  struct Summary: Encodable {
    let dataset: DatasetName
    /// The version that has the last rating; nil when none was given.
    var version: String?
    var rated = 0
    var corrected = 0
    var skipped = 0
    /// Tasks that are left for this rater.
    var remaining = 0
  }

  private let service: any StoreService
  private var request: RatingTaskRequest
  private let choices: RatingChoices
  private let screen: RatingScreen
  private let limit: Int?
  private var summary: Summary
  private var media: RatingMediaFolder
  /// The turns of this session, the last at the end.
  private var taken: [Turn] = []
  /// The turns to repeat, the next at the end.
  private var waiting: [Turn] = []
  /// True once a task was asked for.
  private var isBegun = false

  init(
    service: any StoreService, dataset: DatasetName, request: RatingTaskRequest,
    choices: RatingChoices, screen: RatingScreen, limit: Int?
  ) {
    self.service = service
    self.request = request
    self.choices = choices
    self.screen = screen
    self.limit = limit
    summary = Summary(dataset: dataset)
    media = RatingMediaFolder(service: service, dataset: dataset)
  }

  /// Asks until nothing is left, the limit is reached, or the rater quits.
  mutating func run() throws(StoreError) {
    defer { media.remove() }
    while summary.rated < limit ?? .max, let turn = try nextTurn() {
      screen.show(turn.document)
      guard let answer = screen.ask(choices), answer != .quit else { break }
      switch answer {
      case .skip:
        summary.skipped += 1
        var left = turn
        left.isSkipped = true
        taken.append(left)
      case .undo:
        waiting.append(turn)
        if var last = taken.popLast() {
          if last.isSkipped { summary.skipped -= 1 }
          last.isSkipped = false
          waiting.append(last)
        } else {
          screen.say("there is nothing to undo in this sitting")
        }
      default: try save(answer, turn)
      }
    }
    // Counted again, since others may have rated under this name in the meantime.
    request.after = nil
    summary.remaining = try service.nextRating(in: summary.dataset, request).remaining
    screen.end(summary)
  }

  private mutating func nextTurn() throws(StoreError) -> Turn? {
    if let turn = waiting.popLast() { return turn }
    let document = try media.shown(try service.nextRating(in: summary.dataset, request))
    if !isBegun, !screen.isJSON { for warning in document.warnings ?? [] { screen.say(warning) } }
    isBegun = true
    // The versions that were shown first are those of the whole sitting.
    request.subject = document.subject
    request.after = document.task?.task ?? request.after
    return document.task.map { Turn(document: document, task: $0) }
  }

  private mutating func save(_ answer: RatingChoices.Answer, _ turn: Turn) throws(StoreError) {
    var event = RatingEvent(
      kind: request.kind, item: turn.task.item, rater: request.rater)
    switch answer {
    case .winner(let winner): event.winner = winner
    case .score(let score): event.value = score
    case .label(let label): event.label = label
    case .skip, .undo, .quit: return
    }
    event.task = turn.task.task
    event.seed = request.seed
    event.rubric = request.rubric
    event.scorer = request.scorer
    event.scorerVersion = request.scorerVersion
    if let rating = turn.rating {
      event.corrects = rating
      event.reason = "changed by the rater"
      summary.corrected += 1
    } else {
      summary.rated += 1
    }
    let receipt = try service.addRatings(
      to: summary.dataset, RatingBatch(subject: request.subject, events: [event]),
      idempotencyKey: nil)
    summary.version = receipt.version.reference
    var done = turn
    done.rating = receipt.ratings.last
    taken.append(done)
  }
}
