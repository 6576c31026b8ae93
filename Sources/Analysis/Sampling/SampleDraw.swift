package import Model

/// A sample of rows: stratified, without near-duplicates, and the same for the same rows and seed.
///
/// Rows are ordered by the SHA-256 of the seed and their content, so that their order in the source
/// plays no part, and taken from the front of each stratum. Strata get places in proportion to
/// their rows, at least one each while there are places (largest remainders). A row whose words
/// overlap with those of a row that was taken, by a Jaccard index of 0.8 or more over runs of three
/// words, is left out.
package struct SampleDraw: Sendable {
  /// A row that may be drawn.
  package struct Row: Sendable {
    /// The label of its stratum; the same for all rows without strata.
    package let stratum: DataText
    /// Its texts, by which near-duplicates are known; empty for a row without.
    package let text: String
    /// Its whole content.
    package let bytes: [UInt8]

    /// A row with all members.
    package init(stratum: DataText, text: String, bytes: [UInt8]) {
      self.stratum = stratum
      self.text = text
      self.bytes = bytes
    }
  }

  /// The places of the rows that were drawn, in the order of the source.
  package let places: [Int]
  /// The rows that were left out since they are nearly like one that was drawn.
  package let nearDuplicates: Int
  /// The rows drawn of each stratum, and all of its rows, in the order of their first rows.
  package let strata: [(label: DataText, drawn: Int, rows: Int)]

  /// The Jaccard index from which on two texts are nearly the same.
  private static let nearness = 0.8

  /// Draws `count` rows, or all that are no near-duplicates where there are fewer.
  package init(_ rows: [Row], count: Int, seed: Int) {
    var order: [DataText] = []
    var members: [DataText: [(rank: Digest, place: Int)]] = [:]
    let head = Array("assay.sample/1\n\(seed)\n".utf8)
    for (place, row) in rows.enumerated() {
      if members[row.stratum] == nil { order.append(row.stratum) }
      members[row.stratum, default: []].append((Digest(hashing: head + row.bytes), place))
    }
    let sizes = order.map { members[$0]?.count ?? 0 }
    let quotas = Self.quotas(count, sizes)
    var taken: [Set<UInt64>] = []
    var places: [Int] = []
    var near = 0
    var strata: [(label: DataText, drawn: Int, rows: Int)] = []
    for (stratum, quota) in zip(order, quotas) {
      var drawn = 0
      let candidates = (members[stratum] ?? []).sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }
      for candidate in candidates where drawn < quota {
        let runs = Self.runs(rows[candidate.place].text)
        guard !taken.contains(where: { Self.isNear($0, runs) }) else {
          near += 1
          continue
        }
        if !runs.isEmpty { taken.append(runs) }
        places.append(candidate.place)
        drawn += 1
      }
      strata.append((stratum, drawn, candidates.count))
    }
    self.places = places.sorted()
    self.strata = strata
    nearDuplicates = near
  }

  /// The rows to draw of each stratum.
  static func quotas(_ count: Int, _ sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    guard count < total else { return sizes }
    var quotas = sizes.map { $0 * count / total }
    // One each first, then by the largest remainders; ties go to the stratum that came first.
    let byRemainder = sizes.indices.sorted { left, right in
      let remainders = [left, right].map { sizes[$0] * count % total }
      let isEmpty = [left, right].map { quotas[$0] == 0 }
      if isEmpty[0] != isEmpty[1] { return isEmpty[0] }
      return remainders[0] == remainders[1] ? left < right : remainders[0] > remainders[1]
    }
    var left = count - quotas.reduce(0, +)
    for index in byRemainder where left > 0 && quotas[index] < sizes[index] {
      quotas[index] += 1
      left -= 1
    }
    return quotas
  }

  /// The runs of three words of a text, hashed; of a shorter one all of its words as one.
  private static func runs(_ text: String) -> Set<UInt64> {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard !words.isEmpty else { return [] }
    guard words.count > 3 else { return [hash(words[...])] }
    return Set((0...words.count - 3).map { hash(words[$0..<$0 + 3]) })
  }

  /// FNV-1a, which is the same in every process.
  private static func hash(_ words: ArraySlice<Substring>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for word in words {
      for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0x20) &* 0x100_0000_01B3
    }
    return hash
  }

  private static func isNear(_ left: Set<UInt64>, _ right: Set<UInt64>) -> Bool {
    guard !right.isEmpty else { return false }
    let (small, large) = left.count < right.count ? (left, right) : (right, left)
    // Too different in size to be near.
    guard Double(small.count) >= nearness * Double(large.count) else { return false }
    let common = small.count { large.contains($0) }
    return Double(common) >= nearness * Double(left.count + right.count - common)
  }
}
