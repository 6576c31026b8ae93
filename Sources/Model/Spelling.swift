/// Finds the names that a mistyped one may have meant.
package enum Spelling {
  /// The names nearest to `word`, best first; those more than a third of the word away are left
  /// out.
  package static func near(_ word: String, _ names: [String], limit: Int = 3) -> [String] {
    let wanted = Array(word.lowercased().utf8)
    let most = max(1, wanted.count / 3)
    let ranked = names.compactMap { name -> (name: String, distance: Int)? in
      let candidate = Array(name.lowercased().utf8)
      let contains = wanted.count > 2 && name.lowercased().contains(word.lowercased())
      let distance = contains ? 1 : distance(wanted, candidate)
      return distance <= most ? (name, distance) : nil
    }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(
      \.name)
  }

  /// Half a sentence that names the nearest of `names`, or the first few when none is near.
  package static func advice(_ word: String, _ names: [String]) -> String {
    let near = near(word, names)
    if !near.isEmpty { return "did you mean \(near.joined(separator: " or "))?" }
    let listed = names.sorted().prefix(8).joined(separator: ", ")
    return "there are \(listed)" + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }

  /// The number of insertions, deletions and substitutions between two texts (Levenshtein).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let substituted = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
