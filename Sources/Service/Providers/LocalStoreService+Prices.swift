import Analysis
import Formats
package import Model
import Providers
import Store
package import Wire

extension LocalStoreService {
  /// The columns of prices, and their types.
  private static let priceTypes: [DataText: ColumnType] = [
    "provider": .string, "model": .string, "unit": .string, "pusd_per_unit": .int64,
    "from": .timestamp, "until": .timestamp, "tier": .string, "source": .string,
  ]

  /// Merges a public table of prices into a dataset, and saves the result as its next version.
  ///
  /// A price that changed ends where the new one begins; one that the table does not have stays.
  /// - Parameters:
  ///   - format: The name of the table's shape; nil to recognize it.
  ///   - from: The first moment of the prices of a table without dates; nil for now.
  /// - Throws: ``StoreError`` of kind `invalid` for another file.
  package func importPrices(
    into name: DatasetName, _ bytes: [UInt8], format: String?, from: Timestamp?, message: String,
    author: String
  ) throws(StoreError) -> PricesImportDocument {
    let names = PriceFile.Format.allCases.map(\.rawValue)
    if let format, PriceFile.Format(rawValue: format) == nil {
      throw StoreError(
        .usage, "there is no shape of prices '\(format)'; \(Spelling.advice(format, names))")
    }
    let file = try PriceFile(
      parsing: bytes, as: format.flatMap(PriceFile.Format.init), from: from ?? store.clock())
    let latest = try latest(name)
    let known = try latest.map { (version) throws(StoreError) in try prices(of: version) } ?? []
    var push = PushRequest()
    push.kind = .prices
    push.key = ["provider", "model", "unit", "tier", "from"]
    push.types = Self.priceTypes
    push.message = message
    push.author = author
    push.precondition = .number(latest?.number ?? 0)
    var lines: [UInt8] = []
    for price in PriceImport.merged(known, with: file.prices) {
      lines += Self.row(price).compactBytes + [UInt8(ascii: "\n")]
    }
    let reader = try JSONReader(
      MemorySource(name: "the prices", bytes: lines), layout: .lines,
      options: ReadOptions(types: Self.priceTypes))
    var options = options(push)
    options.checkedKind = .prices
    let saved = try store.push(name, reader, options) { _ in }
    saved.warnings.forEach(store.warn)
    return PricesImportDocument(
      version: document(for: saved.version), isNew: saved.isNew, format: file.format.rawValue,
      prices: file.prices.count, ignored: file.ignored)
  }

  private static func row(_ price: Price) -> JSON {
    [
      "provider": .string(price.provider), "model": .string(price.model),
      "unit": .string(price.unit.rawValue), "pusd_per_unit": .integer(price.picodollars),
      "from": .string(price.from.description), "until": JSON(price.until?.description),
      "tier": .string(price.tier), "source": .string(price.source),
    ]
  }

  /// The prices of a version, and remarks on them.
  func priceTable(
    _ reference: String
  ) throws(StoreError) -> (version: Version, table: PriceTable, notes: [String]) {
    let version = try seen(reference)
    let days = (store.clock().microseconds - version.record.createdAt.microseconds) / 86_400_000_000
    let notes =
      days > 60
      ? ["the prices of \(version.reference) are \(days) days old: import them again"] : []
    return (version, PriceTable(try prices(of: version)), notes)
  }

  private func prices(of version: Version) throws(StoreError) -> [Price] {
    guard version.record.kind == .prices else {
      throw StoreError(
        .usage, "\(version.reference) holds \(version.record.kind.rawValue), not prices")
    }
    return try Self.prices(in: try table(version.pinned).table, orThrow: .usage)
  }

  /// The prices of a table's rows.
  /// - Parameter lack: The kind of the error for a table that lacks a column of prices.
  static func prices(
    in table: ColumnTable, orThrow lack: StoreError.Kind
  ) throws(StoreError) -> [Price] {
    let required = ["provider", "model", "unit", "pusd_per_unit", "from"]
    let lacking = required.filter { !table.has($0) }
    guard lacking.isEmpty else {
      throw StoreError(
        lack,
        "\(table.name) lacks the column \(lacking.joined(separator: ", ")): prices have "
          + "provider, model, unit (input, output, …), pusd_per_unit (picodollars for one unit, an "
          + "integer) and from (a time), and may have until, tier and source; or 'assay prices "
          + "import' makes them of a public table")
    }
    func column(_ name: String) throws(StoreError) -> [String?] {
      guard table.has(name) else { return Array(repeating: nil, count: table.count) }
      // Times are JSON there.
      return try table.texts(name).map { text in
        text.map { $0.hasPrefix("\"") ? String($0.dropFirst().dropLast()) : $0 }
      }
    }
    let (providers, models, units) = (
      try column("provider"), try column("model"), try column("unit")
    )
    let (amounts, froms, untils) = (
      try column("pusd_per_unit"), try column("from"), try column("until")
    )
    let (tiers, sources) = (try column("tier"), try column("source"))
    var prices: [Price] = []
    for row in 0..<table.count {
      guard let provider = providers[row], let model = models[row],
        let unit = units[row].flatMap(Price.Unit.init),
        let amount = amounts[row].flatMap(Int64.init), amount >= 0,
        let from = froms[row].flatMap({ Timestamp(parsing: $0) })
      else {
        let known = Price.Unit.allCases.map(\.rawValue).joined(separator: ", ")
        throw StoreError(
          .invalid,
          "row \(row + 1) of \(table.name) is not a price: it has to have provider, model, "
            + "a unit (\(known)), pusd_per_unit of at least 0, and from")
      }
      prices.append(
        Price(
          provider: provider, model: model, unit: unit, picodollars: amount, from: from,
          until: untils[row].flatMap { Timestamp(parsing: $0) }, tier: tiers[row] ?? "",
          source: sources[row] ?? ""))
    }
    return prices
  }
}
