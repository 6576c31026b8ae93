/// The work that the score of one output may take, in steps of a few nanoseconds.
///
/// Schemas, patterns and alignments of words can take far more than their lengths suggest. Work
/// that exceeds the limit is a failure to score, the same on every machine.
struct ScoringWork {
  /// About a second.
  static let limit = 100_000_000
  /// The steps between two looks at whether the score is still wanted.
  private static let interval = 1_000_000

  private let limit: Int
  private var left: Int
  private var untilLook = interval
  private let isCancelled: (@Sendable () -> Bool)?

  /// The work of scoring a row.
  init(_ item: ScoredItem) {
    self.init(limit: item.stepLimit, isCancelled: item.cancellation)
  }

  init(limit: Int, isCancelled: (@Sendable () -> Bool)? = nil) {
    self.limit = limit
    left = limit
    self.isCancelled = isCancelled
  }

  /// Counts steps.
  /// - Throws: ``ScoringFailure`` beyond the limit, and when the score is not wanted any more.
  mutating func spend(_ steps: Int) throws(ScoringFailure) {
    left -= steps
    untilLook -= steps
    guard left >= 0 else {
      throw ScoringFailure("it takes more than \(limit) steps, the limit of one score")
    }
    guard untilLook < 0 else { return }
    untilLook = Self.interval
    if isCancelled?() == true { throw ScoringFailure("the request was cancelled") }
  }
}

extension [UInt8] {
  /// Returns true when `part` is somewhere in it, in time linear in both
  /// (Knuth, Morris and Pratt, SIAM Journal on Computing 6:2, 1977).
  func hasPart(_ part: [UInt8]) -> Bool {
    guard !part.isEmpty else { return true }
    guard part.count <= count else { return false }
    // The length of the longest start of the part that ends at each place of it.
    var borders = [Int](repeating: 0, count: part.count)
    var length = 0
    for place in part.indices.dropFirst() {
      while length > 0, part[place] != part[length] { length = borders[length - 1] }
      if part[place] == part[length] { length += 1 }
      borders[place] = length
    }
    length = 0
    for byte in self {
      while length > 0, byte != part[length] { length = borders[length - 1] }
      if byte == part[length] { length += 1 }
      if length == part.count { return true }
    }
    return false
  }
}
