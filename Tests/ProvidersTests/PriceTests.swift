import Model
import Providers
import Testing

/// Prices and what calls cost by them.
@Suite struct PriceTests {
  private static let day = Timestamp(microseconds: 1790812800000000)
  private static let later = Timestamp(microseconds: 1793491200000000)

  private func read(_ text: String, as format: PriceFile.Format? = nil) throws -> PriceFile {
    try PriceFile(parsing: Array(text.utf8), as: format, from: Self.day)
  }

  private func texts(_ file: PriceFile) -> [String] {
    file.prices.map { price in
      "\(price.provider) \(price.model) \(price.unit.rawValue) \(price.picodollars)"
        + (price.tier.isEmpty ? "" : " \(price.tier)")
    }
  }

  static let litellm = """
    {"sample_spec":{"litellm_provider":"x","input_cost_per_token":1},
     "gpt-4o-mini":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1.5e-07,
       "output_cost_per_token":6e-07,"cache_read_input_token_cost":7.5e-08,
       "input_cost_per_token_batches":7.5e-08,"search_context_cost_per_query":{"low":0.03}},
     "gemini/gemini-2.5-pro":{"litellm_provider":"gemini","input_cost_per_token":1.25e-06,
       "input_cost_per_token_above_200k_tokens":2.5e-06,"output_cost_per_token":0.00001},
     "claude-x":{"litellm_provider":"anthropic","cache_creation_input_token_cost":3.75e-06,
       "cache_creation_input_token_cost_above_1hr":6e-06,"output_cost_per_token":null}}
    """

  @Test func `LiteLLM's table is read in picodollars for a token, without floats`() throws {
    let file = try read(Self.litellm)
    #expect(file.format == .litellm)
    #expect(
      texts(file) == [
        "openai gpt-4o-mini input 150000", "openai gpt-4o-mini output 600000",
        "openai gpt-4o-mini cache_read 75000", "openai gpt-4o-mini input 75000 batch",
        "gemini gemini-2.5-pro input 1250000", "gemini gemini-2.5-pro input 2500000 above:200000",
        "gemini gemini-2.5-pro output 10000000", "anthropic claude-x cache_write_5m 3750000",
        "anthropic claude-x cache_write_1h 6000000",
      ])
    #expect(file.ignored == ["search_context_cost_per_query"])
  }

  @Test func `models.dev's table is in dollars for a million tokens`() throws {
    let file = try read(
      #"{"openai":{"id":"openai","models":{"gpt-4o":{"id":"gpt-4o","cost":{"input":2.5,"output":10,"cache_read":1.25,"output_audio":80}}}}}"#
    )
    #expect(file.format == .modelsDev)
    #expect(
      texts(file) == [
        "openai gpt-4o input 2500000", "openai gpt-4o output 10000000",
        "openai gpt-4o cache_read 1250000",
      ])
    #expect(file.ignored == ["cost.output_audio"])
  }

  @Test func `genai-prices has dates and tiers`() throws {
    let file = try read(
      """
      [{"id":"openai","models":[
        {"id":"a","prices":[{"prices":{"input_mtok":10}},
          {"constraint":{"start_date":"2026-06-01"},"prices":{"input_mtok":8}},
          {"constraint":{"start_time":"01:00"},"prices":{"input_mtok":1}}]},
        {"id":"b","prices":{"input_mtok":{"base":1.25,"tiers":[{"start":200000,"price":2.5}]},"requests_kcount":5}}]}]
      """)
    #expect(file.format == .genaiPrices)
    #expect(
      texts(file) == [
        "openai a input 10000000", "openai a input 8000000", "openai b input 1250000",
        "openai b input 2500000 above:200000", "openai b request 5000000000",
      ])
    #expect(file.prices[0].until == Timestamp(parsing: "2026-06-01"))
    #expect(file.prices[1].from == Timestamp(parsing: "2026-06-01"))
    #expect(file.ignored == ["prices at times of day"])
  }

  @Test(arguments: ["{}", "[]", "3", "{", #"{"a":{"x":1}}"#])
  func `another file is refused`(text: String) {
    #expect(throws: StoreError.self) { try read(text) }
  }

  private static func price(
    _ unit: Price.Unit, _ amount: Int64, from: Timestamp = day, until: Timestamp? = nil,
    tier: String = ""
  ) -> Price {
    Price(
      provider: "p", model: "m", unit: unit, picodollars: amount, from: from, until: until,
      tier: tier, source: "test")
  }

  private func usage(_ input: Int?, _ output: Int?, cached: Int? = nil) -> Usage {
    var usage = Usage()
    usage.input = input
    usage.output = output
    usage.cacheRead = cached
    return usage
  }

  @Test func `a cost is the sum over units, rounded once`() {
    let table = PriceTable([
      Self.price(.input, 150_000), Self.price(.output, 600_001), Self.price(.cacheRead, 75_000),
    ])
    let cost = table.cost(
      of: usage(1_000, 1, cached: 10), provider: "p", model: "m", at: Self.later)
    // 150,000,000 + 750,000 + 600,001 picodollars.
    #expect(cost.nanodollars == 151_350)
  }

  @Test func `large counts do not overflow`() {
    let table = PriceTable([Self.price(.input, 9_000_000_000_000)])
    let cost = table.cost(of: usage(1_000_000, nil), provider: "p", model: "m", at: Self.later)
    #expect(cost.nanodollars == 9_000_000_000_000_000)
    let none = table.cost(of: usage(.max, nil), provider: "p", model: "m", at: Self.later)
    #expect(none.nanodollars == nil)
  }

  @Test func `an unknown price or usage is null and never zero`() {
    let table = PriceTable([Self.price(.input, 1_000)])
    let partial = table.cost(of: usage(1, 1), provider: "p", model: "m", at: Self.later)
    #expect(partial == Cost(nanodollars: nil, unpriced: [.output]))
    #expect(
      table.cost(of: usage(1, nil), provider: "p", model: "other", at: Self.later).unpriced
        == [.input])
    #expect(
      table.cost(of: Usage(), provider: "p", model: "m", at: Self.later).nanodollars == nil)
    #expect(table.cost(of: usage(0, 0), provider: "p", model: "m", at: Self.later).nanodollars == 0)
  }

  @Test func `a price holds from a moment until another`() {
    let table = PriceTable([
      Self.price(.input, 1_000, until: Self.later), Self.price(.input, 2_000, from: Self.later),
    ])
    func cost(_ time: Timestamp) -> Int64? {
      table.cost(of: usage(1, nil), provider: "p", model: "m", at: time).nanodollars
    }
    #expect(cost(Timestamp(microseconds: Self.day.microseconds - 1)) == nil)
    #expect(cost(Timestamp(microseconds: Self.later.microseconds - 1)) == 1)
    #expect(cost(Self.later) == 2)
  }

  @Test func `a tier counts for calls that are larger than it`() {
    let table = PriceTable([
      Self.price(.input, 1_000), Self.price(.input, 2_000, tier: "above:200"),
      Self.price(.input, 1, tier: "batch"),
    ])
    func cost(_ input: Int, _ cached: Int = 0) -> Int64? {
      table.cost(
        of: usage(input, nil, cached: cached), provider: "p", model: "m", at: Self.later
      ).nanodollars
    }
    #expect(cost(200) == 200)
    #expect(cost(201) == 402)
  }

  @Test func `an import ends what changed, and leaves what is the same or its own`() {
    let known = [
      Self.price(.input, 1_000), Self.price(.output, 5_000), Self.price(.image, 7),
    ]
    let new = [
      Self.price(.input, 2_000, from: Self.later), Self.price(.output, 5_000, from: Self.later),
    ]
    let merged = PriceImport.merged(known, with: new)
    #expect(
      merged.map { "\($0.unit.rawValue) \($0.picodollars) \($0.until != nil)" } == [
        "image 7 false", "input 1000 true", "input 2000 false", "output 5000 false",
      ])
    #expect(PriceImport.merged(merged, with: new) == merged)
  }

  @Test(arguments: [
    (0, "0.000000000", "$0.00"), (104_000, "0.000104000", "$0.000104"),
    (1, "0.000000001", "$0.000000001"),
    (1_500_000_000, "1.500000000", "$1.50"), (-10_000_000, "-0.010000000", "$-0.01"),
    (Int64.min, "-9223372036.854775808", "$-9223372036.854775808"),
  ])
  func `nanodollars are written without floats`(nano: Int64, decimal: String, text: String) {
    #expect(Nanodollars.decimal(nano) == decimal)
    #expect(Nanodollars.text(nano) == text)
  }
}
