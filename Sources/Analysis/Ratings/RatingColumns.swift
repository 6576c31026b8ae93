import Columns
package import Model
package import Wire

/// Events of ratings as the rows of a table, and back.
package enum RatingColumns {
  /// The columns of an event, in the order in which a new dataset gets them (docs/ratings.md).
  package static let all: [(name: String, type: ColumnType)] = [
    ("rating", .string), ("at", .timestamp), ("kind", .string), ("item", .string),
    ("rater", .string), ("value", .float64), ("label", .string), ("winner", .string),
    ("a", .string), ("b", .string), ("shown_left", .string), ("rubric", .string),
    ("scorer", .string), ("scorer_version", .string), ("source", .string), ("seed", .int64),
    ("corrects", .string), ("reason", .string),
  ]

  /// The column that identifies an event.
  package static let key = "rating"

  /// The columns that name an event's subject, metric and rater.
  package static let ofUnits = [
    "kind", "item", "rater", "a", "b", "rubric", "scorer", "scorer_version",
  ]

  /// Throws unless the columns of events have their types; others may have any.
  /// - Throws: ``StoreError`` of kind `invalid` that names the column.
  package static func checkTypes(_ table: ColumnTable) throws(StoreError) {
    for (name, type) in all {
      guard let column = table.columns.first(where: { $0.name == name }), column.type != type,
        (column.type, type) != (.int64, .float64), try !table.vector(name).isAllNull
      else { continue }
      throw StoreError(
        .invalid,
        "the column '\(name)' of ratings holds \(type.rawValue) values, not \(column.type.rawValue)"
      )
    }
  }

  /// The events of a table; a missing column is a column without values.
  /// - Throws: ``StoreError`` of kind `invalid` when a column holds values of a wrong type.
  package static func events(_ table: ColumnTable) throws(StoreError) -> [RatingEvent] {
    func texts(_ name: String) throws(StoreError) -> [String?] {
      guard table.has(name) else { return Array(repeating: nil, count: table.count) }
      return try table.texts(name)
    }
    func numbers(_ name: String) throws(StoreError) -> [Double?] {
      guard table.has(name) else { return Array(repeating: nil, count: table.count) }
      do throws(StoreError) {
        return try table.numbers(name)
      } catch {
        throw StoreError(.invalid, error.message)
      }
    }
    let kinds = try texts("kind")
    let items = try texts("item")
    let raters = try texts("rater")
    var events = (0..<table.count).map { row in
      RatingEvent(kind: kinds[row] ?? "", item: items[row] ?? "", rater: raters[row] ?? "")
    }
    func set<Value>(_ path: WritableKeyPath<RatingEvent, Value?>, _ values: [Value?]) {
      for row in events.indices { events[row][keyPath: path] = values[row] }
    }
    set(\.rating, try texts("rating"))
    set(\.value, try numbers("value"))
    set(\.label, try texts("label"))
    set(\.winner, try texts("winner"))
    set(\.a, try texts("a"))
    set(\.b, try texts("b"))
    set(\.shownLeft, try texts("shown_left"))
    set(\.rubric, try texts("rubric"))
    set(\.scorer, try texts("scorer"))
    set(\.scorerVersion, try texts("scorer_version"))
    set(\.source, try texts("source"))
    set(\.at, try texts("at").map { $0.flatMap(time) })
    set(\.seed, try numbers("seed").map { $0.flatMap { Int(exactly: $0) } })
    set(\.corrects, try texts("corrects"))
    set(\.reason, try texts("reason"))
    return events
  }

  /// A timestamp column gives its JSON, a text column what was written.
  private static func time(_ text: String) -> Timestamp? {
    Timestamp(parsing: text.filter { $0 != "\"" })
  }

  /// Events as JSON lines, members in the order of the columns.
  package static func lines(_ events: [RatingEvent]) -> [UInt8] {
    var out: [UInt8] = []
    for event in events {
      let members = cells(event).compactMap { name, value in value.map { (name, $0) } }
      out += JSON.object(JSON.Object(members)).compactBytes + [UInt8(ascii: "\n")]
    }
    return out
  }

  private static func cells(_ event: RatingEvent) -> [(String, JSON?)] {
    func text(_ value: String?) -> JSON? { value.map(JSON.string) }
    return [
      ("rating", text(event.rating)), ("at", text(event.at?.description)),
      ("kind", text(event.kind)), ("item", text(event.item)), ("rater", text(event.rater)),
      ("value", event.value.map { .number("\($0)") }), ("label", text(event.label)),
      ("winner", text(event.winner)), ("a", text(event.a)), ("b", text(event.b)),
      ("shown_left", text(event.shownLeft)), ("rubric", text(event.rubric)),
      ("scorer", text(event.scorer)), ("scorer_version", text(event.scorerVersion)),
      ("source", text(event.source)), ("seed", event.seed.map { .integer(Int64($0)) }),
      ("corrects", text(event.corrects)), ("reason", text(event.reason)),
    ]
  }
}
