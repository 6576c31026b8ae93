import Catalog
import Model
import Objects

/// The idempotency keys of a dataset, which have a single scope: pushes, those whose content
/// existed already, and rows that came live.
///
/// The commit of a request with a key locks the key meanwhile, checks whether it was used, commits,
/// and unlocks it: of two concurrent requests, the second sees the first.
///
/// The key of a push is part of the record of its version, that of rows is in their segment and
/// later beside it (docs/format.md). A push that makes no version leaves a file of its own, since
/// without it a repeated request would save its content again, over other pushes that came
/// meanwhile.
extension Store {
  /// The time for which the answer to a push that made no version is kept.
  static let answerSeconds = 30 * 24 * 3600
  /// The least number of such answers that are kept per dataset; the oldest are removed at twice as
  /// many.
  package static let mostAnswers = 1000

  /// Keeps other requests with `key` from being committed until the result is released; nil in a
  /// store that has no locks.
  func holding(_ key: String, of dataset: DatasetName) throws(StoreError) -> (any Sendable)? {
    try (objects as? any MaintainableObjectStore)?.holding(dataset.text + " " + key)
  }

  /// Returns true when anything was committed with a key; of pushes, only records after `head` are
  /// read.
  func isUsed(
    _ key: String, in dataset: DatasetName, after head: DatasetHead?
  ) throws(StoreError) -> Bool {
    if try newestRecord(of: dataset)?.digest != head?.digest { return true }
    if try objects.status(of: StoreLayout.answerName(dataset, key: key)) != nil { return true }
    return try hasRows(with: key, in: dataset)
  }

  /// The result of an earlier push with the key of `options`; nil without one.
  /// - Parameter repeats: whether the push would make the version, of whose request no digest was
  ///   stored.
  /// - Throws: ``StoreError`` of kind `conflict` when the key stands for another request.
  func earlierPush(
    _ dataset: DatasetName, _ options: PushOptions,
    repeats: (Version) throws(StoreError) -> Bool
  ) throws(StoreError) -> PushResult? {
    guard let key = options.idempotencyKey else { return nil }
    if let version = try version(of: dataset, idempotencyKey: key) {
      if let request = options.request, let earlier = version.record.request {
        try Idempotency.require(request, sameAs: earlier, key: key)
      } else if !options.isSealing, try !repeats(version) {
        throw Idempotency.reused(
          key, for: "\(version.reference), which has another content, message, kind or origin")
      }
      return PushResult(version: version, isNew: false, storedBytes: 0, notes: [])
    }
    guard let request = options.request else { return nil }
    if let answer = try unchangedAnswer(to: key, in: dataset) {
      try Idempotency.require(request, sameAs: answer.request, key: key)
      do throws(StoreError) {
        let version = try resolve(Reference(dataset: dataset, selector: .number(answer.number)))
        return PushResult(version: version, isNew: false, storedBytes: 0, notes: [])
      } catch  where error.kind == .missing {
        throw UnchangedAnswer.damaged(StoreLayout.answerName(dataset, key: key))
      }
    }
    if try hasRows(with: key, in: dataset) {
      throw Idempotency.reused(key, for: "rows that were appended to \(dataset)")
    }
    return nil
  }

  /// Remembers that a push found `version` to have its content.
  /// - Returns: what cannot be kept, as warnings; nil when the key has an answer already, which is
  ///   the one to give.
  func rememberUnchanged(_ version: Version, _ options: PushOptions) -> [String]? {
    guard let key = options.idempotencyKey, let request = options.request else { return [] }
    let answer = UnchangedAnswer(key: key, request: request, number: version.number)
    do throws(StoreError) {
      guard
        try objects.putIfAbsent(
          StoreLayout.answerName(version.dataset, key: key), [answer.bytes])
      else { return nil }
    } catch {
      return [
        "the idempotency key '\(key)' cannot be remembered, so do not repeat the request with it: "
          + error.message
      ]
    }
    do throws(StoreError) {
      try removeOldestAnswers(of: version.dataset)
      return []
    } catch {
      return ["answers to requests of long ago cannot be removed: \(error.message)"]
    }
  }

  /// Removes the oldest answers of a dataset once there are twice as many as are kept.
  private func removeOldestAnswers(of dataset: DatasetName) throws(StoreError) {
    let names = try objects.list(StoreLayout.answerPrefix(dataset))
    guard names.count > 2 * Self.mostAnswers else { return }
    var ages: [(modified: Timestamp, name: String)] = []
    for name in names {
      if let status = try objects.status(of: name) { ages.append((status.modified, name)) }
    }
    ages.sort { ($0.modified, $0.name) < ($1.modified, $1.name) }
    for (_, name) in ages.dropLast(Self.mostAnswers) { _ = try objects.delete(name) }
  }

  /// The idempotency keys of the versions after number `number`.
  func idempotencyKeys(
    of dataset: DatasetName, after number: Int
  ) throws(StoreError) -> [String] {
    try reading(dataset) { () throws(StoreError) in
      try index.idempotencyKeys(of: dataset, after: number)
    }
  }

  /// The stored answer of a push that made no version.
  func unchangedAnswer(
    to key: String, in dataset: DatasetName
  ) throws(StoreError) -> UnchangedAnswer? {
    let name = StoreLayout.answerName(dataset, key: key)
    guard try objects.status(of: name) != nil else { return nil }
    // It may have been removed, and written again, since one of its name was read.
    objects.refresh(name)
    let answer = try UnchangedAnswer(parsing: try objects.get(name), name)
    guard answer.key.hasBytes(of: key) else { throw UnchangedAnswer.damaged(name) }
    return answer
  }

  /// Returns true when rows were appended with `key`: waiting rows, and those whose keys are kept.
  ///
  /// The process that takes rows knows; any other reads all files, since a damaged one could hold
  /// the key.
  private func hasRows(
    with key: String, in dataset: DatasetName
  ) throws(StoreError) -> Bool {
    if let isKnown = companion(LiveRegister.init).has(key, in: dataset) { return isKnown }
    let objects = home.liveObjects
    for name in try objects.list(StoreLayout.livePrefix(dataset)) {
      let bytes: [UInt8]
      do throws(StoreError) {
        objects.refresh(name)
        bytes = try objects.get(name)
      } catch  where error.kind == .missing {
        // A segment that was sealed meanwhile, whose keys stand in the next file.
        continue
      }
      if name.hasSuffix(StoreLayout.liveKeysSuffix) {
        let keys = try LiveKeys(parsing: bytes, name)
        if keys.answers.contains(where: { $0.key.hasBytes(of: key) }) { return true }
      } else if let contents = LiveSegment.parse(bytes) {
        if contents.requests.contains(where: {
          $0.request.idempotencyKey?.hasBytes(of: key) == true
        }) {
          return true
        }
        // A damaged key could be this one.
        try contents.requireSound(name)
      }
    }
    return false
  }
}
