package import Model

/// A public table of prices, in one of three shapes.
package struct PriceFile: Sendable {
  /// The shape of a table.
  package enum Format: String, Sendable, CaseIterable {
    /// LiteLLM's `model_prices_and_context_window.json`: dollars for a token, by model.
    case litellm
    /// https://models.dev/api.json: dollars for a million tokens, by provider and model.
    case modelsDev = "models.dev"
    /// The data of PyPI's genai-prices: dollars for a million tokens, with dates and tiers.
    case genaiPrices = "genai-prices"
  }

  package let format: Format
  package private(set) var prices: [Price] = []
  /// The members that look like prices and were not taken, in order, each once.
  package private(set) var ignored: [String] = []
  private let from: Timestamp

  /// Reads a table; the prices of one without dates hold from `from` on.
  /// - Parameter format: Nil to recognize it.
  /// - Throws: ``StoreError`` of kind `invalid` for another file.
  package init(
    parsing bytes: [UInt8], as format: Format?, from: Timestamp
  ) throws(StoreError) {
    let json: JSON
    do throws(JSONFault) {
      json = try JSON(parsing: bytes, depth: 64, keepingDuplicates: true)
    } catch {
      throw StoreError(.invalid, "the prices are not JSON at " + error.description(in: bytes))
    }
    guard let found = format ?? Self.recognized(json) else {
      let names = Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw StoreError(
        .invalid, "the file has no shape of prices that is known; name it with --format: \(names)")
    }
    self.format = found
    self.from = from
    switch found {
    case .litellm: readLiteLLM(json)
    case .modelsDev: readModelsDev(json)
    case .genaiPrices: readGenaiPrices(json)
    }
    guard !prices.isEmpty else {
      throw StoreError(.invalid, "the file has no price in the shape of \(found.rawValue)")
    }
  }

  private static func recognized(_ json: JSON) -> Format? {
    if json.array != nil { return .genaiPrices }
    guard let members = json.object?.members else { return nil }
    if members.contains(where: { $0.value["models"]?.object != nil }) { return .modelsDev }
    return members.contains { $0.value["litellm_provider"] != nil } ? .litellm : nil
  }

  private mutating func ignore(_ name: String) {
    if !ignored.contains(where: { $0.hasBytes(of: name) }) { ignored.append(name) }
  }

  /// Adds a price of so many dollars for 10^`scale` units.
  private mutating func add(_ amount: JSON, scale: Int, _ unit: Price.Unit, _ entry: Entry) {
    let text: String? =
      switch amount {
      case .integer(let value): String(value)
      case .number(let text): text
      default: nil
      }
    guard let text, let value = DecimalAmount.scaled(text, by: 12 - scale) else {
      return ignore("\(entry.provider)/\(entry.model) \(unit.rawValue)")
    }
    prices.append(
      Price(
        provider: entry.provider, model: entry.model, unit: unit, picodollars: value,
        from: entry.from ?? from, until: entry.until, tier: entry.tier, source: format.rawValue))
  }

  /// The model, times and tier of prices.
  private struct Entry {
    let provider: String
    let model: String
    var tier = ""
    var from: Timestamp?
    var until: Timestamp?
  }
}

extension PriceFile {
  /// Members of LiteLLM's entries, longer names before their beginnings.
  private static let litellm: [(name: String, unit: Price.Unit)] = [
    ("input_cost_per_token", .input), ("output_cost_per_token", .output),
    ("cache_read_input_token_cost", .cacheRead),
    ("cache_creation_input_token_cost_above_1hr", .cacheWrite1h),
    ("cache_creation_input_token_cost", .cacheWrite5m),
    ("output_cost_per_image", .image), ("input_cost_per_request", .request),
    ("output_cost_per_second", .second),
  ]

  private mutating func readLiteLLM(_ json: JSON) {
    for member in json.object?.members ?? [] where member.name != "sample_spec" {
      guard let provider = member.value["litellm_provider"]?.string else { continue }
      let prefix = provider + "/"
      let model =
        member.name.hasPrefix(prefix) ? String(member.name.dropFirst(prefix.count)) : member.name
      for cost in member.value.object?.members ?? []
      where cost.name.contains("cost") && !cost.value.isNull {
        guard let (unit, tier) = Self.meaning(cost.name) else {
          ignore(cost.name)
          continue
        }
        add(cost.value, scale: 0, unit, Entry(provider: provider, model: model, tier: tier))
      }
    }
  }

  /// The unit and tier of a member's name; nil for one that is not known.
  private static func meaning(_ name: String) -> (unit: Price.Unit, tier: String)? {
    for (known, unit) in litellm where name.hasPrefix(known) {
      let rest = name.dropFirst(known.count)
      switch rest {
      case "": return (unit, "")
      case "_batches": return (unit, "batch")
      case "_flex": return (unit, "flex")
      case "_priority": return (unit, "priority")
      default:
        // _above_200k_tokens
        guard rest.hasPrefix("_above_"), rest.hasSuffix("k_tokens"),
          let thousands = Int(rest.dropFirst("_above_".count).dropLast("k_tokens".count))
        else { continue }
        return (unit, "above:\(thousands * 1_000)")
      }
    }
    return nil
  }

  private mutating func readModelsDev(_ json: JSON) {
    let names: [(name: String, unit: Price.Unit)] = [
      ("input", .input), ("output", .output), ("cache_read", .cacheRead),
      ("cache_write", .cacheWrite5m),
    ]
    for provider in json.object?.members ?? [] {
      for model in provider.value["models"]?.object?.members ?? [] {
        for member in model.value["cost"]?.object?.members ?? [] {
          guard let unit = names.first(where: { $0.name == member.name })?.unit else {
            ignore("cost.\(member.name)")
            continue
          }
          add(member.value, scale: 6, unit, Entry(provider: provider.name, model: model.name))
        }
      }
    }
  }

  private mutating func readGenaiPrices(_ json: JSON) {
    for provider in json.array ?? [] {
      guard let name = provider["id"]?.string else { continue }
      for model in provider["models"]?.array ?? [] {
        guard let id = model["id"]?.string else { continue }
        let entry = Entry(provider: name, model: id)
        if let list = model["prices"]?.array {
          readDated(list, entry)
        } else {
          readGenaiPrices(model["prices"], entry)
        }
      }
    }
  }

  /// Reads prices of which each holds from a date on, until the next; the one without a date held
  /// before all others.
  private mutating func readDated(_ list: [JSON], _ entry: Entry) {
    var dated: [(from: Timestamp, prices: JSON?)] = []
    for item in list {
      let constraint = item["constraint"]
      if let constraint, constraint["start_date"] == nil {
        ignore("prices at times of day")
        continue
      }
      let start = constraint?["start_date"]?.string.flatMap { Timestamp(parsing: $0) }
      dated.append((start ?? Timestamp(microseconds: 0), item["prices"]))
    }
    dated.sort { $0.from < $1.from }
    for (index, item) in dated.enumerated() {
      var entry = entry
      entry.from = item.from
      entry.until = dated[(index + 1)...].first?.from
      readGenaiPrices(item.prices, entry)
    }
  }

  private mutating func readGenaiPrices(_ json: JSON?, _ entry: Entry) {
    let units: [(name: String, unit: Price.Unit, scale: Int)] = [
      ("input_mtok", .input, 6), ("output_mtok", .output, 6), ("cache_read_mtok", .cacheRead, 6),
      ("cache_write_mtok", .cacheWrite5m, 6), ("requests_kcount", .request, 3),
    ]
    for member in json?.object?.members ?? [] {
      guard let known = units.first(where: { $0.name == member.name }) else {
        ignore(member.name)
        continue
      }
      add(member.value["base"] ?? member.value, scale: known.scale, known.unit, entry)
      for tier in member.value["tiers"]?.array ?? [] {
        guard let above = tier["start"]?.count, let price = tier["price"] else { continue }
        var entry = entry
        entry.tier = "above:\(above)"
        add(price, scale: known.scale, known.unit, entry)
      }
    }
  }
}
