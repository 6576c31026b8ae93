import Model

/// The receipts of requests with an idempotency key, remembered while their rows wait and for some
/// time after.
struct LiveAnswers: Sendable {
  private var answers: [DataText: LiveDataset.Answer] = [:]
  /// The keys of sealed segments, oldest first.
  private var sealed: [(sequence: Int, keys: [String])] = []

  subscript(key: String) -> LiveDataset.Answer? { answers[key] }

  /// Remembers an answer, unless the key has one.
  mutating func add(_ key: String, _ answer: LiveDataset.Answer) {
    if answers[key] == nil { answers[key] = answer }
  }

  /// Notes that the keys of a segment are in a file of their own from now on.
  mutating func keep(_ keys: [String], from sequence: Int) {
    guard !keys.isEmpty, !sealed.contains(where: { $0.sequence == sequence }) else { return }
    sealed.append((sequence, keys))
  }

  /// Forgets the oldest sealed segments' keys beyond `limit`, and returns those segments.
  mutating func prune(to limit: Int) -> [Int] {
    var count = sealed.reduce(0) { $0 + $1.keys.count }
    var forgotten: [Int] = []
    while count > limit, sealed.count > 1 {
      let oldest = sealed.removeFirst()
      count -= oldest.keys.count
      forgotten.append(oldest.sequence)
      for key in oldest.keys { answers[key] = nil }
    }
    return forgotten
  }
}
