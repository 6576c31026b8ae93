package import Model
import Wire

/// The requests of a month, and what models cost a month whatever is requested.
package struct ReportVolume: Sendable {
  /// A cost that does not depend on requests: a machine, a reservation.
  package struct Fixed: Sendable {
    package let model: DataText
    package let monthly: Double
  }

  /// Requests per month.
  package let requests: Double
  /// The volume as it was written.
  package let text: String
  package let fixed: [Fixed]

  /// The time of a month: a twelfth of 365 days.
  private static let hours = 730.0

  /// Reads `2M/month`, `500k/day`, `3/s`, and costs such as `small=1200`.
  /// - Throws: ``StoreError`` of kind `usage` for other texts.
  package init(parsing text: String, fixed: [String]) throws(StoreError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units = [
      "month": 1, "day": Self.hours / 24, "hour": Self.hours, "h": Self.hours,
      "s": Self.hours * 3_600,
    ]
    guard parts.count <= 2, let count = Self.number(parts[0]),
      let unit = parts.count == 1 ? 1 : units[String(parts[1])], count > 0
    else {
      throw StoreError(
        .usage, "'\(text)' is no volume: write 2M/month, 500k/day, 40k/hour or 3/s")
    }
    requests = count * unit
    self.text = text
    self.fixed = try fixed.map { (text) throws(StoreError) in
      guard let mark = text.lastIndex(of: "="), mark > text.startIndex,
        let monthly = Self.number(text[text.index(after: mark)...])
      else {
        throw StoreError(.usage, "'\(text)' is no monthly cost of a model: write small=1200")
      }
      return Fixed(model: DataText(String(text[..<mark])), monthly: monthly)
    }
  }

  /// A number of zero or more, also with `k`, `M` or `G` behind it.
  private static func number(_ text: Substring) -> Double? {
    let factors = ["k": 1e3, "M": 1e6, "G": 1e9]
    let factor = text.last.flatMap { factors[String($0)] }
    guard let value = Double(factor == nil ? text : text.dropLast()), value >= 0, value.isFinite
    else { return nil }
    return value * (factor ?? 1)
  }
}

/// The monthly costs of models at a volume, and the volumes from which on each is the cheapest.
struct VolumeBill {
  /// A model's costs.
  struct Entry {
    let model: String
    let perRow: EstimateDocument
    let fixed: Double

    func monthly(_ requests: Double) -> Double { fixed + perRow.value * requests }
  }

  let volume: ReportVolume
  let entries: [Entry]
  /// Fixed costs of models that the report does not have a cost of.
  let unused: [String]

  init(_ volume: ReportVolume, _ document: ReportDocument) {
    self.volume = volume
    entries = document.models.compactMap { entry in
      entry.summary.cost.map { cost in
        let fixed = volume.fixed.last { $0.model.string.hasBytes(of: entry.model) }
        return Entry(model: entry.model, perRow: cost.perRow, fixed: fixed?.monthly ?? 0)
      }
    }
    let known = entries.map(\.model)
    unused = volume.fixed.map(\.model.string).filter { !known.hasText($0) }
  }

  /// The models that are the cheapest, each with the volume from which on it is.
  var cheapest: [(model: String, from: Double)] {
    guard
      var current = entries.min(by: {
        ($0.fixed, $0.perRow.value) < ($1.fixed, $1.perRow.value)
      })
    else { return [] }
    var found = [(current.model, 0.0)]
    var from = 0.0
    while true {
      // Only a model with a smaller cost per request overtakes, at the volume of equal bills.
      let next =
        entries.filter { $0.perRow.value < current.perRow.value }
        .map {
          (entry: $0, at: ($0.fixed - current.fixed) / (current.perRow.value - $0.perRow.value))
        }
        .filter { $0.at >= from }
        .min { ($0.at, $0.entry.perRow.value) < ($1.at, $1.entry.perRow.value) }
      guard let next else { return found }
      (current, from) = (next.entry, next.at)
      found.append((current.model, from))
    }
  }

  /// The bill as a section of a report.
  func section(unit: String) -> ReportPage.Section {
    var section = ReportPage.Section("\(unit) a month at \(volume.text)")
    let hasFixed = entries.contains { $0.fixed > 0 }
    section.columns = ["model", "for requests"] + (hasFixed ? ["fixed", "together"] : [])
    section.rows = entries.map { entry in
      let bill = Figures.number(entry.perRow.value * volume.requests)
      let interval = Figures.interval(entry.perRow) { Figures.number($0 * volume.requests) }
      return [entry.model, bill + " " + interval]
        + (hasFixed
          ? [Figures.number(entry.fixed), Figures.number(entry.monthly(volume.requests))] : [])
    }
    section.lines = lines
    return section
  }

  private var lines: [String] {
    var lines = unused.map { "\($0) has no cost in this report, so its fixed cost is left out." }
    let cheapest = cheapest
    guard let first = cheapest.first else { return lines }
    if cheapest.count == 1 {
      lines.append("\(first.model) is the cheapest at every volume.")
    } else {
      lines.append(
        "The cheapest: \(first.model) below \(Figures.number(cheapest[1].from)) requests a month"
          + cheapest.dropFirst().map { "; from \(Figures.number($0.from)) on \($0.model)" }.joined()
          + ".")
    }
    return lines
  }
}
