package import Model
package import Wire

/// The members in which two JSON documents differ.
struct DocumentDifferences {
  private let saved: [UInt8]
  private let recomputed: [UInt8]

  init(_ saved: [UInt8], _ recomputed: [UInt8]) {
    self.saved = saved
    self.recomputed = recomputed
  }

  /// The first `limit` members that differ, in the order of their pointers.
  func first(_ limit: Int) throws(StoreError) -> [RecomputationDocument.Difference] {
    let old = try Documents.decode(JSON.self, from: saved)
    let new = try Documents.decode(JSON.self, from: recomputed)
    var found: [RecomputationDocument.Difference] = []
    Self.compare(old, new, JSONPointer(), limit, &found)
    return found
  }

  private static func compare(
    _ old: JSON?, _ new: JSON?, _ pointer: JSONPointer, _ limit: Int,
    _ found: inout [RecomputationDocument.Difference]
  ) {
    if old == new || found.count == limit { return }
    switch (old, new) {
    case (.object(let left), .object(let right)):
      for name in left.names(with: right) {
        compare(left[name], right[name], pointer / name, limit, &found)
      }
    case (.array(let left), .array(let right)):
      for index in 0..<max(left.count, right.count) {
        compare(
          index < left.count ? left[index] : nil, index < right.count ? right[index] : nil,
          pointer / index, limit, &found)
      }
    default:
      found.append(.init(pointer: pointer.text, saved: old?.text, recomputed: new?.text))
    }
  }
}

extension RecomputationDocument {
  /// The result of computing the document `reference` again, with the differences.
  package init(_ reference: String, saved: [UInt8], recomputed: [UInt8]) throws(StoreError) {
    self.init(
      reference: reference, isEqual: saved == recomputed,
      differences: saved == recomputed ? [] : try DocumentDifferences(saved, recomputed).first(20))
  }
}
