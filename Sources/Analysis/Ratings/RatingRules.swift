package import Model
package import Wire

/// The rules that an event keeps before it is added; docs/ratings.md states them for people.
package struct RatingRules {
  /// The events that are there, by their ids.
  private var known: [DataText: RatingEvent]
  /// The event that corrects each corrected event.
  private var corrections: [DataText: String] = [:]

  private static let kinds = ["score", "label", "preference"]
  private static let idBytes = 128
  private static let nameBytes = 1024

  /// Rules beside the events that a dataset has.
  package init(_ earlier: [RatingEvent]) {
    known = [:]
    for event in earlier {
      guard let id = event.rating else { continue }
      known[id] = event
      if let corrected = event.corrects { corrections[corrected] = id }
    }
  }

  /// Throws unless all events may be added, in their order.
  /// - Parameters:
  ///   - allowsKnown: Whether an event may exist already, to be compared by the caller.
  ///   - refusal: The error for the event at an index, with the reason.
  /// - Throws: ``StoreError`` of kind `invalid` that names the event and the rule.
  package mutating func check(
    _ events: [RatingEvent], allowsKnown: Bool = false,
    _ refusal: (Int, String) -> StoreError = {
      StoreError(.invalid, "event \($0 + 1): \($1)")
    }
  ) throws(StoreError) {
    guard !events.isEmpty else {
      throw StoreError(.invalid, "there are no events; send one or more")
    }
    var seen: Set<DataText> = []
    for (index, event) in events.enumerated() {
      let fault = Self.fault(event) ?? addingFault(event, &seen, allowsKnown)
      if let fault { throw refusal(index, fault) }
    }
  }

  /// Throws unless the scores that people give now are on the scale that they are asked for:
  /// answers to tasks, and scores of the scorer that stands for people.
  ///
  /// A score on another scale would be averaged with these. So it names another scorer; a file of
  /// ratings from another tool has a scale of its own.
  /// - Throws: ``StoreError`` of kind `invalid` that names the event.
  package static func checkScale(_ events: [RatingEvent]) throws(StoreError) {
    let (scale, human) = (RatingEvent.scores, RatingEvent.defaultScorer)
    for (index, event) in events.enumerated() {
      guard event.kind == "score", let value = event.value,
        event.task != nil || (event.scorer ?? human).hasBytes(of: human),
        Int(exactly: value).map({ !scale.contains($0) }) ?? true
      else { continue }
      throw StoreError(
        .invalid,
        "event \(index + 1): a score given by hand is a whole number from \(scale.lowerBound) to "
          + "\(scale.upperBound); on another scale name another 'scorer'")
    }
  }

  /// The fault of an event by itself.
  private static func fault(_ event: RatingEvent) -> String? {
    guard kinds.contains(event.kind) else {
      return "there is no kind '\(event.kind)'; use score, label or preference"
    }
    for (name, text, limit) in [
      ("rating", event.rating, idBytes), ("item", event.item, nameBytes),
      ("rater", event.rater, nameBytes),
    ] where !(1...limit).contains(text?.utf8.count ?? 0) {
      return "\(name) is a text of 1 to \(limit) bytes"
    }
    for (name, text) in [
      ("a", event.a), ("b", event.b), ("rubric", event.rubric), ("scorer", event.scorer),
      ("scorer_version", event.scorerVersion), ("label", event.label), ("reason", event.reason),
    ] where text.map({ !(1...nameBytes).contains($0.utf8.count) }) ?? false {
      return "\(name) is a text of 1 to \(nameBytes) bytes, or is left out"
    }
    if event.at == nil { return "at is missing, or is not a time like 2026-10-01T12:00:00Z" }
    if event.seed.map({ $0 < 0 }) ?? false { return "seed is a number from 0 on" }
    if event.corrects != nil, event.reason == nil {
      return "a correction has a reason; say why in 'reason'"
    }
    if event.reason != nil, event.corrects == nil {
      return "a reason belongs to a correction; name the event in 'corrects'"
    }
    return contentFault(event)
  }

  /// The fault in the content of an event.
  private static func contentFault(_ event: RatingEvent) -> String? {
    let given = [
      ("value", event.value != nil, "score"), ("label", event.label != nil, "label"),
      ("winner", event.winner != nil, "preference"), ("b", event.b != nil, "preference"),
      ("shown_left", event.shownLeft != nil, "preference"),
    ]
    for (name, isGiven, kind) in given where isGiven && kind != event.kind {
      return "\(name) belongs to a \(kind), and this is a \(event.kind)"
    }
    switch event.kind {
    case "score":
      guard let value = event.value, value.isFinite else {
        return "a score has a number in 'value'"
      }
    case "label":
      if event.label == nil { return "a label has a word in 'label'" }
    default:
      guard let a = event.a, let b = event.b, !a.hasBytes(of: b) else {
        return "a preference names two different arms in 'a' and 'b'"
      }
      guard ["a", "b", "tie"].contains(event.winner) else {
        return "the winner of a preference is a, b or tie"
      }
      guard event.shownLeft == nil || ["a", "b"].contains(event.shownLeft) else {
        return "shown_left is a or b"
      }
    }
    return nil
  }

  /// The fault of an event beside the others; adds it when it has no fault.
  private mutating func addingFault(
    _ event: RatingEvent, _ seen: inout Set<DataText>, _ allowsKnown: Bool
  ) -> String? {
    guard let id = event.rating else { return nil }
    guard seen.insert(DataText(id)).inserted else {
      return "the id '\(id)' is there twice; ids are unique"
    }
    if known[id] != nil {
      guard allowsKnown else {
        return
          "there is an event '\(id)' already; to correct it, add one with an id of its own that "
          + "names it in 'corrects'"
      }
      return nil
    }
    if let corrected = event.corrects {
      guard let old = known[corrected] else {
        return "it corrects '\(corrected)', and there is no such event"
      }
      if let other = corrections[corrected] {
        return "'\(corrected)' was corrected by '\(other)' already; correct that one"
      }
      guard RatingUnit(old) == RatingUnit(event), old.rater.hasBytes(of: event.rater),
        RatingMetric(old) == RatingMetric(event)
      else {
        return "it corrects '\(corrected)', which is about another item, arm, rater, question or "
          + "scorer; a correction keeps all of these"
      }
      corrections[corrected] = id
    }
    known[id] = event
    return nil
  }
}
