import Statistics
package import Model
package import Wire

/// The tasks that there are for raters of some outputs: every item with every arm, or with every
/// two of them.
///
/// Order and sides are functions of seed, item, the places of the arms in the order of their first
/// rows and, for the sides, the rater: what arms are called changes neither. Nothing about them is
/// kept, and an answer to a blinded task is mapped back from the same.
package struct RatingPlan {
  /// The place of an output: the table, and its row.
  package struct Place: Sendable, Hashable {
    package let table: Int
    package let row: Int
  }

  /// An item with one arm or two, the first by name before the other.
  package struct Entry: Sendable {
    package let item: String
    package let a: String
    package let b: String?
    /// The position in the order; its hexadecimal digits are its name.
    package let order: UInt64
    /// True when the first arm has its first row after the other's.
    fileprivate let isTurned: Bool
    /// The numbers of the arms in the order of their first rows, the lower one first.
    fileprivate let numbers: [Int]

    /// The name of the task.
    package var task: String { Hex.encode(Self.bytes(order)) }

    private static func bytes(_ word: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
  }

  /// The arms by name.
  package let arms: [String]
  /// Items by first appearance, each with the places of its arms.
  private let items: [String]
  private let places: [DataText: [DataText: Place]]
  /// The number of each arm in the order of their first rows.
  private let numbers: [DataText: Int]

  /// The outputs of one table, identified by the texts of a column.
  /// - Throws: ``StoreError``: `usage` when an item has two outputs of one arm, `missing` for a
  ///   requested arm that the table lacks.
  package init(
    items: [[String?]], arms: [[String?]], names: [String], only: [String]?
  ) throws(StoreError) {
    var places: [DataText: [DataText: Place]] = [:]
    var order: [String] = []
    var found: Set<DataText> = []
    var numbers: [DataText: Int] = [:]
    for table in items.indices {
      for row in items[table].indices {
        guard let item = items[table][row], let arm = arms[table][row] else { continue }
        if found.insert(DataText(arm)).inserted { numbers[arm] = numbers.count }
        guard only?.hasText(arm) ?? true else { continue }
        if places[item] == nil { order.append(item) }
        guard
          places[item, default: [:]].updateValue(
            Place(table: table, row: row), forKey: DataText(arm)) == nil
        else {
          throw StoreError(
            .usage,
            "\(names[table]) has two rows for the item '\(item.prefix(80))' and one arm; name the "
              + "column that identifies items with --item, or push one row for each")
        }
      }
    }
    for arm in only ?? [] where !found.contains(arm) {
      throw StoreError(
        .missing, "there is no arm '\(arm)'; " + Spelling.advice(arm, found.map(\.string)))
    }
    self.arms = (only?.textSet ?? found).sorted().map(\.string)
    self.items = order
    self.places = places
    self.numbers = numbers
  }

  /// The place of an arm's output for an item; nil when the arm has none for it.
  package func place(of item: String, _ arm: String) -> Place? { places[item]?[arm] }

  /// Returns true when an item has outputs.
  package func has(_ item: String) -> Bool { places[item] != nil }

  /// The name of an entry's item that a rater sees: its own where another arm has an output of it
  /// too, so that it does not reveal the arm; else a made-up one.
  package func shownName(of entry: Entry, seed: Int) -> String {
    (places[entry.item]?.count ?? 0) > 1 ? entry.item : Self.madeUpName(entry.item, seed: seed)
  }

  private static func madeUpName(_ item: String, seed: Int) -> String {
    Hex.encode(
      (0..<8).map {
        UInt8(truncatingIfNeeded: word(["item", String(seed), item]) >> (56 - 8 * UInt64($0)))
      })
  }

  /// All tasks of a kind, in no order.
  package func entries(kind: String, seed: Int) -> [Entry] {
    items.flatMap { entries(of: $0, kind: kind, seed: seed) }
  }

  private func entries(of item: String, kind: String, seed: Int) -> [Entry] {
    let there = (places[item] ?? [:]).keys.sorted().map(\.string)
    let start = Self.word(["order", String(seed), item])
    var entries: [Entry] = []
    func add(_ a: String, _ b: String?) {
      let (one, two) = (numbers[a] ?? 0, b.flatMap { numbers[$0] })
      let places = [one, two].compactMap { $0 }.sorted()
      // Each pair of numbers has a stream of its own.
      let stream = UInt64(places[0]) << 32 | UInt64(places.count > 1 ? places[1] + 1 : 0)
      var random = RandomStream(seed: start, stream: stream)
      entries.append(
        Entry(
          item: item, a: a, b: b, order: random.next(), isTurned: two.map { $0 < one } ?? false,
          numbers: places))
    }
    for (index, arm) in there.enumerated() {
      if kind == "preference" {
        for other in there[(index + 1)...] { add(arm, other) }
      } else {
        add(arm, nil)
      }
    }
    return entries
  }

  /// Returns true when the first arm stands on the left for a rater.
  package static func isFirstLeft(_ entry: Entry, seed: Int, rater: String) -> Bool {
    let isLowerLeft =
      word(["side", String(seed), rater, entry.item] + entry.numbers.map { String($0) }) >> 63 == 0
    return isLowerLeft != entry.isTurned
  }

  /// The first bits of a digest over texts, each with its length before it.
  private static func word(_ texts: [String]) -> UInt64 {
    var bytes = Array("assay.ratings/2".utf8)
    for text in texts { bytes += Array("\(text.utf8.count):".utf8) + Array(text.utf8) }
    return Digest(hashing: bytes).word0
  }

  /// The first task that is not among `done`, how many there are of those, and how many are left.
  /// - Parameter after: Only tasks that come after the one of this name.
  /// - Throws: ``StoreError`` of kind `usage` when nothing can be compared, or for another
  ///   `after` than a task.
  package func next(
    kind: String, seed: Int, done: Set<RatingUnit>, after: String?
  ) throws(StoreError) -> (entry: Entry?, done: Int, remaining: Int) {
    var floor: UInt64?
    if let after {
      guard after.utf8.count == 16, let word = UInt64(after, radix: 16) else {
        throw StoreError(
          .usage, "'\(after.prefix(40))' is not a task: a task has 16 hexadecimal digits")
      }
      floor = word
    }
    let entries = entries(kind: kind, seed: seed)
    guard !entries.isEmpty else {
      throw StoreError(
        .usage,
        kind == "preference"
          ? "no item has outputs of two arms; name the column of the arms with --by and that of the "
            + "items with --item, or two versions" : "there are no outputs to rate")
    }
    var best: Entry?
    var (doneCount, remaining) = (0, 0)
    for entry in entries {
      if done.contains(RatingUnit(item: entry.item, entry.a, entry.b)) {
        doneCount += 1
        continue
      }
      if let floor, entry.order <= floor { continue }
      remaining += 1
      if entry.order < best?.order ?? .max { best = entry }
    }
    return (best, doneCount, remaining)
  }

  /// An event as it is stored: arms and sides in the place of a blinded task's name.
  /// - Throws: ``StoreError``: `missing` for an unknown item or arm, `invalid` for a task that does
  ///   not belong to the item.
  package func resolved(_ event: RatingEvent, source: String) throws(StoreError) -> RatingEvent {
    var event = event
    if event.task != nil, !has(event.item), let seed = event.seed,
      let named = items.first(where: { Self.madeUpName($0, seed: seed) == event.item })
    {
      event.item = named
    }
    guard has(event.item) else {
      throw StoreError(
        .missing,
        "\(source) has no item '\(event.item.prefix(80))'; " + Spelling.advice(event.item, items))
    }
    event.source = event.source ?? source
    guard let task = event.task else {
      for case let arm? in [event.a, event.b] where place(of: event.item, arm) == nil {
        let known = (places[event.item] ?? [:]).keys.sorted().map(\.string)
        throw StoreError(
          .missing,
          "the item '\(event.item.prefix(80))' of \(source) has no arm '\(arm)'; "
            + Spelling.advice(arm, known))
      }
      return event
    }
    guard event.a == nil, event.b == nil, event.shownLeft == nil, let seed = event.seed else {
      throw StoreError(
        .invalid,
        "an answer to a task names the task and its seed, and no arms: which they were is known here"
      )
    }
    let entries = entries(of: event.item, kind: event.kind, seed: seed)
    guard let entry = entries.first(where: { $0.task == task }) else {
      throw StoreError(
        .invalid,
        "'\(task.prefix(40))' is not a \(event.kind.prefix(40)) task of the item with the seed \(seed)"
      )
    }
    event.task = nil
    (event.a, event.b) = (entry.a, entry.b)
    guard entry.b != nil else { return event }
    let isFirstLeft = Self.isFirstLeft(entry, seed: seed, rater: event.rater)
    event.shownLeft = isFirstLeft ? "a" : "b"
    switch event.winner {
    case "left": event.winner = isFirstLeft ? "a" : "b"
    case "right": event.winner = isFirstLeft ? "b" : "a"
    case "tie": break
    default:
      throw StoreError(.invalid, "the winner of a blinded task is left, right or tie")
    }
    return event
  }
}
