import Model
package import Wire

/// The items that people have approved: those to which every rater who labelled them gave, the last
/// time, the label `approved`.
package struct Approvals: Sendable {
  /// The label.
  package static let label = "approved"

  /// The versions of an item that were approved, as ratings name them, by the item.
  private var sources: [DataText: [String?]] = [:]

  /// The approvals among events.
  package init(_ events: [RatingEvent]) {
    let gone = events.compactMap(\.corrects).textSet
    let order = events.indices.sorted {
      (events[$0].at?.microseconds ?? 0, $0) < (events[$1].at?.microseconds ?? 0, $1)
    }
    var last: [DataText: [DataText: RatingEvent]] = [:]
    for index in order {
      let event = events[index]
      guard event.kind == "label", event.rating.map({ gone.contains($0) }) != true else { continue }
      last[DataText(event.item), default: [:]][DataText(event.rater)] = event
    }
    for (item, ratings) in last
    where ratings.values.allSatisfy({ $0.label.map { $0.hasBytes(of: Self.label) } == true }) {
      sources[item] = ratings.values.map(\.source)
    }
  }

  /// The versions that the raters of an item saw when they approved it.
  ///
  /// Nil for an item that is not approved; an element is nil for a rating that does not name its
  /// version.
  package func sources(of item: String) -> [String?]? { sources[DataText(item)] }
}
