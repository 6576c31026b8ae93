/// The number of the common items for which two arms have values.
struct ItemPresence: Sendable {
  /// The attempts at an item on an arm: all of them, and those that have a value.
  struct Attempts: Sendable {
    let count: Int
    let valued: Int
  }

  /// Items with a value on both sides.
  let compared: Int
  /// Those of them of which no attempt is lost: each has its value, and the candidate has as many
  /// as the base, or both as many as are needed.
  let complete: Int
  /// Attempts without a value at items that are compared.
  let valueless: (base: Int, candidate: Int)

  /// The presence of `columns`, each with the attempts at every item on both arms; of all items
  /// without columns.
  /// - Parameter needed: The number of attempts that each item needs on both arms; nil for as many
  ///   on the candidate as the base has.
  init(
    _ columns: [(base: [Attempts], candidate: [Attempts])], items: Int, needed: [Int]? = nil
  ) {
    var (compared, complete, valueless) = (0, 0, (base: 0, candidate: 0))
    for item in 0..<items {
      let pairs = columns.map { (base: $0.base[item], candidate: $0.candidate[item]) }
      guard pairs.allSatisfy({ $0.base.valued > 0 && $0.candidate.valued > 0 }) else { continue }
      compared += 1
      for pair in pairs {
        valueless.base += pair.base.count - pair.base.valued
        valueless.candidate += pair.candidate.count - pair.candidate.valued
      }
      let isComplete = pairs.allSatisfy { one, two in
        one.count == one.valued && two.count == two.valued
          && two.valued >= needed?[item] ?? one.valued && one.valued >= needed?[item] ?? 0
      }
      if isComplete { complete += 1 }
    }
    (self.compared, self.complete, self.valueless) = (compared, complete, valueless)
  }
}
