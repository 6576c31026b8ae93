import Catalog
import Model
import Objects

/// The idempotency keys of a dataset, which have one scope: pushes, those that found the content
/// there already, and rows that came live.
///
/// The key of a push lies in the record of its version, that of rows in their segment and later
/// beside it (docs/format.md). A push that makes no version leaves a file of its own, since without
/// it a request that is repeated would save its content again, over what others saved meanwhile.
extension Store {
  /// How long the answer to a push that made no version is kept.
  static let answerSeconds = 30 * 24 * 3600

  /// What an earlier push with the key of `options` gave; nil when there was none.
  /// - Parameter repeats: whether the push would make the version, of whose request no digest was
  ///   kept.
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
      let version = try resolve(Reference(dataset: dataset, selector: .number(answer.number)))
      return PushResult(version: version, isNew: false, storedBytes: 0, notes: [])
    }
    if try hasRows(with: key, in: dataset) {
      throw Idempotency.reused(key, for: "rows that were appended to \(dataset)")
    }
    return nil
  }

  /// Remembers that a push found `version` to have its content; what cannot be kept is a warning.
  func rememberUnchanged(_ version: Version, _ options: PushOptions) -> [String] {
    guard let key = options.idempotencyKey, let request = options.request else { return [] }
    let answer = UnchangedAnswer(key: key, request: request, number: version.number)
    do throws(StoreError) {
      _ = try objects.putIfAbsent(
        StoreLayout.answerName(version.dataset, key: key), [answer.json.bytes])
      return []
    } catch {
      return [
        "the idempotency key '\(key)' cannot be remembered, so do not repeat the request with it: "
          + error.message
      ]
    }
  }

  /// The idempotency keys of the versions after number `number`.
  func idempotencyKeys(
    of dataset: DatasetName, after number: Int
  ) throws(StoreError) -> [String] {
    try reading(dataset) { () throws(StoreError) in
      try index.idempotencyKeys(of: dataset, after: number)
    }
  }

  /// What is kept of a push that made no version.
  func unchangedAnswer(
    to key: String, in dataset: DatasetName
  ) throws(StoreError) -> UnchangedAnswer? {
    let name = StoreLayout.answerName(dataset, key: key)
    guard try objects.status(of: name) != nil else { return nil }
    guard let answer = UnchangedAnswer(parsing: try objects.get(name)), answer.key.hasBytes(of: key)
    else { throw UnchangedAnswer.damaged(name) }
    return answer
  }

  /// Whether rows were appended with `key`: those that wait, and those of which keys are kept.
  private func hasRows(
    with key: String, in dataset: DatasetName
  ) throws(StoreError) -> Bool {
    for name in try objects.list(StoreLayout.livePrefix(dataset)) {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try objects.get(name)
      } catch  where error.kind == .missing {
        // A segment that was sealed meanwhile, whose keys stand in the next file.
        continue
      }
      if name.hasSuffix(StoreLayout.liveKeysSuffix) {
        let keys = try LiveKeys(parsing: bytes, name)
        if keys.answers.contains(where: { $0.key.hasBytes(of: key) }) { return true }
      } else if let contents = LiveSegment.parse(bytes),
        contents.requests.contains(where: {
          $0.request.idempotencyKey?.hasBytes(of: key) == true
        })
      {
        return true
      }
    }
    return false
  }
}
