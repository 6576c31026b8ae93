import Model

/// The merge of an import into prices that are known.
///
/// A price that did not change stays as it is. One that did ends at the new one's first moment, so
/// that what was bought before keeps its price.
package enum PriceImport {
  /// The known prices with the new ones, in the order of their names and times.
  package static func merged(_ known: [Price], with new: [Price]) -> [Price] {
    var rows = known
    var current: [Key: Int] = [:]
    var places: [Row: Int] = [:]
    for (index, price) in rows.enumerated() {
      if price.until == nil { current[Key(price)] = index }
      places[Row(price)] = index
    }
    for price in new {
      if let index = places[Row(price)] {
        rows[index] = price
        continue
      }
      if price.until == nil, let index = current[Key(price)] {
        let old = rows[index]
        if old.picodollars == price.picodollars || old.from >= price.from { continue }
        rows[index] = Price(
          provider: old.provider, model: old.model, unit: old.unit, picodollars: old.picodollars,
          from: old.from, until: price.from, tier: old.tier, source: old.source)
      }
      if price.until == nil { current[Key(price)] = rows.count }
      places[Row(price)] = rows.count
      rows.append(price)
    }
    return rows.sorted { Row($0) < Row($1) }
  }

  /// A thing that has one price at a time.
  private struct Key: Hashable {
    let provider: DataText
    let model: DataText
    let unit: Price.Unit
    let tier: DataText

    init(_ price: Price) {
      provider = DataText(price.provider)
      model = DataText(price.model)
      unit = price.unit
      tier = DataText(price.tier)
    }
  }

  /// The key of a row.
  private struct Row: Hashable, Comparable {
    let key: Key
    let from: Timestamp

    init(_ price: Price) {
      key = Key(price)
      from = price.from
    }

    static func < (left: Row, right: Row) -> Bool {
      (left.key.provider, left.key.model, left.key.unit.rawValue, left.key.tier, left.from)
        < (right.key.provider, right.key.model, right.key.unit.rawValue, right.key.tier, right.from)
    }
  }
}
