/// Cuts the ranges of new shares from those of old ones so that the fewest units move.
package enum Carving {
  /// A share with the buckets it has.
  package struct Share: Sendable, Hashable {
    package let name: String
    package let ranges: [BucketRange]

    /// The share `name`.
    package init(name: String, ranges: [BucketRange]) {
      self.name = name
      self.ranges = ranges
    }
  }

  /// The ranges of shares of `weights` basis points, in their order.
  ///
  /// Who has too much gives from the end of its last range; who has too little takes what was
  /// given from its beginning on, in the order of the new document. So what moves is the sum of
  /// what the shares gain, which is the least possible.
  /// - Parameters:
  ///   - old: All buckets among the shares before; empty when there were none.
  ///   - weights: The new shares; they sum to ``Bucket/count``.
  package static func ranges(
    from old: [Share], to weights: [(name: String, weight: Int)]
  ) -> [[BucketRange]] {
    let old = old.isEmpty ? [Share(name: "", ranges: [BucketRange(0, Bucket.count)])] : old
    var kept = [[BucketRange]](repeating: [], count: weights.count)
    var given: [BucketRange] = []
    for share in old {
      // The empty name is the one that no variant has: it gives everything.
      let place = weights.firstIndex { isSame($0.name, share.name) && !share.name.isEmpty }
      var surplus = share.ranges.reduce(0) { $0 + $1.count }
      surplus -= place.map { weights[$0].weight } ?? 0
      var ranges = share.ranges.sorted { $0.lower < $1.lower }
      while surplus > 0, let last = ranges.popLast() {
        let cut = min(surplus, last.count)
        given.append(BucketRange(last.upper - cut, last.upper))
        if cut < last.count { ranges.append(BucketRange(last.lower, last.upper - cut)) }
        surplus -= cut
      }
      if let place { kept[place] = ranges }
    }
    given = merged(given)
    for (place, share) in weights.enumerated() {
      var wanted = share.weight - kept[place].reduce(0) { $0 + $1.count }
      while wanted > 0, let first = given.first {
        let cut = min(wanted, first.count)
        kept[place].append(BucketRange(first.lower, first.lower + cut))
        if cut < first.count {
          given[0] = BucketRange(first.lower + cut, first.upper)
        } else {
          given.removeFirst()
        }
        wanted -= cut
      }
    }
    return kept.map(merged)
  }

  /// Ranges in their order, neighbours joined.
  private static func merged(_ ranges: [BucketRange]) -> [BucketRange] {
    var out: [BucketRange] = []
    for range in ranges.sorted(by: { $0.lower < $1.lower }) {
      if let last = out.last, last.upper == range.lower {
        out[out.count - 1] = BucketRange(last.lower, range.upper)
      } else {
        out.append(range)
      }
    }
    return out
  }

  static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}
