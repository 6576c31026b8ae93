import Analysis
import Columns
import Formats
package import Model
import Objects
import Store
package import Wire

extension LocalStoreService {
  /// The most times that events are checked again because others were added in between.
  private static let attempts = 100

  package func addRatings(
    to dataset: DatasetName, _ batch: RatingBatch, idempotencyKey: String?
  ) throws(StoreError) -> RatingReceipt {
    try RatingRules.checkScale(batch.events)
    let digest = Idempotency.digest(
      ["what": .string("ratings")], body: Digest(hashing: Documents.encode(batch)))
    if let idempotencyKey,
      let earlier = try earlierRatings(dataset, idempotencyKey, batch, digest)
    {
      return earlier
    }
    var events = try resolved(batch)
    let now = Store.systemClock()
    for index in events.indices {
      events[index].rating = events[index].rating ?? WriteID.make()
      events[index].at = events[index].at ?? now
      events[index].rubric = events[index].rubric ?? RatingEvent.defaultRubric
      events[index].scorer = events[index].scorer ?? RatingEvent.defaultScorer
      events[index].scorerVersion =
        events[index].scorerVersion ?? RatingEvent.defaultScorerVersion
    }
    for _ in 0..<Self.attempts {
      let latest = try store.catchUp(dataset)
      if let latest, latest.record.kind != .ratings { throw Self.otherKind(latest) }
      let earlier = try latest.map { version throws(StoreError) in
        try ratings(version, idsAlone: !events.contains { $0.corrects != nil })
      }
      var rules = RatingRules(earlier ?? [])
      try rules.check(events)
      do throws(StoreError) {
        let result = try push(
          events, to: dataset, after: latest, batch.subject, idempotencyKey, digest)
        result.warnings.forEach(store.warn)
        for event in batch.events {
          if let task = event.task { ratingDesk.end(task, of: event.rater, in: dataset) }
        }
        return RatingReceipt(
          ratings: events.compactMap(\.rating), version: document(for: result.version),
          isNew: result.isNew)
      } catch  where error.kind == .conflict && error.detail == nil {
        // Events of another request came in between, and may matter for these rules.
        continue
      }
    }
    throw StoreError(.conflict, "others keep adding ratings to \(dataset); try again")
  }

  private func push(
    _ events: [RatingEvent], to dataset: DatasetName, after latest: Version?,
    _ subject: RatingSubject?, _ idempotencyKey: String?, _ digest: Digest
  ) throws(StoreError) -> PushResult {
    var options = pushOptions
    options.mode = latest == nil ? .replace : .append
    options.key = [RatingColumns.key]
    options.kind = .ratings
    options.checkedKind = .ratings
    options.expected = latest?.number ?? 0
    options.idempotencyKey = idempotencyKey
    options.request = digest
    for text in [subject?.ref, subject?.against] {
      if let text { options.lineage.append(try Reference(parsing: text)) }
    }
    var reading = ReadOptions(types: Self.ratingTypes)
    reading.allowsMissing = true
    let reader = try JSONReader(
      MemorySource(name: "the events", bytes: RatingColumns.lines(events)), layout: .lines,
      options: reading)
    return try store.push(dataset, reader, options) { _ in }
  }

  static var ratingTypes: [DataText: ColumnType] {
    Dictionary(uniqueKeysWithValues: RatingColumns.all.map { (DataText($0.name), $0.type) })
  }

  /// The answer to an earlier request with the key.
  private func earlierRatings(
    _ dataset: DatasetName, _ key: String, _ batch: RatingBatch, _ digest: Digest
  ) throws(StoreError) -> RatingReceipt? {
    guard let version = try store.version(of: dataset, idempotencyKey: key) else { return nil }
    if let earlier = version.record.request {
      try Idempotency.require(digest, sameAs: earlier, key: key)
    }
    let all = try ratings(version, idsAlone: true).compactMap(\.rating)
    let before = try version.record.parent.map { number throws(StoreError) in
      try store.resolve(Reference(dataset: dataset, selector: .number(number))).record.rows
    }
    let added = Array(all.dropFirst(before ?? 0))
    // Versions of format 1 record only the number of events of the request.
    guard version.record.kind == .ratings, added.count == batch.events.count else {
      throw Idempotency.reused(key, for: version.reference)
    }
    return RatingReceipt(
      ratings: added, version: document(for: version), isNew: false)
  }

  /// The events of a batch with arms and sides in the place of tasks.
  private func resolved(_ batch: RatingBatch) throws(StoreError) -> [RatingEvent] {
    guard let subject = batch.subject else {
      if batch.events.contains(where: { $0.task != nil }) {
        throw StoreError(
          .invalid, "an answer to a task needs the 'subject' that the task was about")
      }
      return batch.events
    }
    let outputs = try outputs(subject)
    var events: [RatingEvent] = []
    for (index, event) in batch.events.enumerated() {
      do throws(StoreError) {
        events.append(try outputs.plan.resolved(event, source: outputs.source))
      } catch {
        throw StoreError(error.kind, "event \(index + 1): \(error.message)")
      }
    }
    return events
  }

  static func otherKind(_ version: Version) -> StoreError {
    StoreError(
      .usage,
      "\(version.dataset) is of kind \(version.record.kind.rawValue); ratings are kept in a dataset "
        + "of kind ratings: name another")
  }

  /// Reads the events of a version, or only the columns that show whether an id is taken.
  func ratings(
    _ version: Version, idsAlone: Bool = false
  ) throws(StoreError) -> [RatingEvent] {
    let reference = Reference(dataset: version.dataset, selector: .number(version.number))
    let table = try table(reference, columns: idsAlone ? [RatingColumns.key] : nil).table
    return try RatingColumns.events(table)
  }

  package func ratingReport(
    of reference: Reference, _ request: RatingReportRequest
  ) throws(StoreError) -> RatingReportDocument {
    let version = try store.resolve(reference)
    guard version.record.kind == .ratings else { throw Self.otherKind(version) }
    return try RatingReport(request).document(
      try ratings(version), version: version.reference, snapshot: version.snapshot)
  }

  package func nextRating(
    in dataset: DatasetName, _ request: RatingTaskRequest
  ) throws(StoreError) -> RatingTaskDocument {
    guard ["preference", "score", "label"].contains(request.kind) else {
      throw StoreError(
        .usage, "there is no kind '\(request.kind)'; use score, label or preference")
    }
    guard !request.rater.isEmpty, request.seed >= 0 else {
      throw StoreError(.usage, "a task is for a rater with a name, and its seed is 0 or more")
    }
    let outputs = try outputs(request.subject)
    var done: Set<RatingUnit> = []
    if let latest = try store.catchUp(dataset) {
      guard latest.record.kind == .ratings else { throw Self.otherKind(latest) }
      done = try units(latest, ratedFor: request)
    }
    let found = try outputs.plan.next(
      kind: request.kind, seed: request.seed, done: done, after: request.after)
    var subject = request.subject
    subject.ref = outputs.versions[0].reference
    if outputs.versions.count > 1 { subject.against = outputs.versions[1].reference }
    return RatingTaskDocument(
      task: try found.entry.map { entry throws(StoreError) in
        try outputs.task(entry, request, of: dataset, in: self)
      }, done: found.done, remaining: found.remaining, subject: subject,
      warnings: outputs.warnings)
  }

  /// Reads a rater's ratings by the metric of a request, from a version's events.
  ///
  /// Events of others are skipped by reading few columns: there are many, and this runs after each
  /// answer.
  private func units(
    _ version: Version, ratedFor request: RatingTaskRequest
  ) throws(StoreError) -> Set<RatingUnit> {
    let names = try store.snapshot(version).schema.columns.map(\.name)
    // A zero byte would end the SQL.
    let isWritable = names.contains("rater") && !request.rater.utf8.contains(0)
    let rater = request.rater.replacing("'", with: "''")
    let table = try table(
      version.pinned, columns: RatingColumns.ofUnits.filter { names.contains($0) },
      where: isWritable ? "rater = '\(rater)'" : nil
    ).table
    let metric = RatingMetric(request)
    return Set(
      try RatingColumns.events(table)
        .filter { $0.rater == request.rater && RatingMetric($0) == metric }
        .map { RatingUnit($0) })
  }

  /// Checks a file that is to be pushed as ratings, and goes back to its start.
  /// - Parameter latest: The version before; nil for a new dataset.
  func checkRatings(
    _ reader: inout any RowReader, mode: PushMode, after latest: Version?
  ) throws(StoreError) {
    if let latest, latest.record.kind != .ratings { throw Self.otherKind(latest) }
    let (table, lines) = try Self.rows(of: &reader)
    try RatingColumns.checkTypes(table)
    let earlier = try latest.map { version throws(StoreError) in try ratings(version) }
    var rules = RatingRules(earlier ?? [])
    try rules.check(try RatingColumns.events(table), allowsKnown: mode != .append) { row, fault in
      StoreError(.invalid, fault, at: StoreError.Location(line: Int(lines[row])))
    }
  }
}
