/// A search for the names that a mistyped one may have meant.
package enum Spelling {
  /// The names that contain `word` or are within a third of its letters, best first.
  package static func near(_ word: String, _ names: [String], limit: Int = 5) -> [String] {
    let wanted = Array(word.lowercased().unicodeScalars)
    let most = max(1, wanted.count / 3)
    let ranked = names.textSet.map(\.string).compactMap {
      name -> (name: String, distance: Int)? in
      guard !name.hasBytes(of: word) else { return nil }
      let candidate = name.lowercased()
      if wanted.count > 2, candidate.contains(word.lowercased()) { return (name, 1) }
      let distance = distance(wanted, Array(candidate.unicodeScalars))
      return distance <= most ? (name, distance) : nil
    }
    return ranked.sorted {
      ($0.distance, DataText($0.name)) < ($1.distance, DataText($1.name))
    }.prefix(limit)
      .map(\.name)
  }

  /// Half a sentence that names the nearest of `names`, or the first few when none is near; each
  /// once, however many places it is from.
  package static func advice(_ word: String, _ names: [String]) -> String {
    // `String` itself compares by canonical equivalence, which ignores such a difference.
    if names.contains(where: { $0 == word && !$0.hasBytes(of: word) }) {
      return "there is one that looks the same and is spelled otherwise, with other Unicode "
        + "characters: copy it from where it came from"
    }
    let bare = word.drop { $0 == " " }
    if bare.count < word.count, names.contains(where: { $0.hasBytes(of: String(bare)) }) {
      return "there is '\(bare)': write lists without the spaces, such as a,b"
    }
    let near = near(word, names, limit: 3)
    if !near.isEmpty { return "did you mean \(near.joined(separator: " or "))?" }
    let known = names.textSet.sorted().map(\.string)
    if known.count == 1 { return "there is \(known[0])" }
    let listed = known.prefix(8).joined(separator: ", ")
    return "there are \(listed)" + (known.count > 8 ? " and \(known.count - 8) more" : "")
  }

  /// The number of letters to add, drop, change or swap with their neighbour.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var older: [Int] = []
    var above = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var best = min(
          above[column] + (left[row] == right[column] ? 0 : 1), above[column + 1] + 1,
          current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, older[column - 1] + 1)
        }
        current.append(best)
      }
      older = above
      above = current
    }
    return above[right.count]
  }
}
