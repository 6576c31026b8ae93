package import Model
package import Providers

/// The prices of a run's targets, by their providers.
package struct RunPrices: Sendable {
  private let tables: [DataText: (reference: String, table: PriceTable)]
  private let time: Timestamp

  /// Prices by the names of providers, as they are at `time`.
  package init(
    _ tables: [DataText: (reference: String, table: PriceTable)], at time: Timestamp
  ) {
    self.tables = tables
    self.time = time
  }

  /// The version of the prices of a target; nil without prices.
  package func reference(of target: Target) -> String? {
    tables[target.provider.name]?.reference
  }

  /// The cost of an answer in nanodollars; nil when it is not known.
  package func cost(_ usage: Usage, _ target: Target, reported: String?) -> Int64? {
    guard let table = tables[target.provider.name]?.table else { return nil }
    for model in [target.model, reported].compactMap({ $0 }) {
      let cost = table.cost(
        of: usage, provider: target.provider.pricedAs, model: model, at: time)
      if let nano = cost.nanodollars { return nano }
    }
    return nil
  }

  /// The most that a call can cost in nanodollars: what the provider's document states, else its
  /// bytes as input tokens and its most output tokens at their prices; nil when there is no bound.
  func bound(of request: ChatRequest, _ target: Target) -> Int64? {
    if let stated = target.provider.pace.maxCostPerCall {
      return Int64(stated).multiplied(by: 1_000)
    }
    guard let table = tables[target.provider.name]?.table,
      let input = CostBound.inputTokens(of: request, target),
      let output = CostBound.outputTokens(of: request, target)
    else { return nil }
    // Input may be taken into a cache, which some charge more for than for reading it.
    let inputs: [WritableKeyPath<Usage, Int?>] = [\.input, \.cacheWrite5m, \.cacheWrite1h]
    let costs = inputs.compactMap { path -> Int64? in
      var usage = Usage()
      usage.output = output
      usage[keyPath: path] = input
      return table.cost(
        of: usage, provider: target.provider.pricedAs, model: target.model, at: time
      ).nanodollars
    }
    var plain = Usage()
    plain.input = input
    plain.output = output
    guard
      table.cost(
        of: plain, provider: target.provider.pricedAs, model: target.model, at: time
      ).nanodollars != nil
    else { return nil }
    return costs.max()
  }
}

/// The bounds of a call's tokens, before it is sent.
enum CostBound {
  /// The tokens that templates of chats put around a message, at most.
  private static let messageTokens = 32

  /// A bound of the input's tokens, of which no tokenizer makes more than one of a byte; nil with
  /// images.
  static func inputTokens(of request: ChatRequest, _ target: Target) -> Int? {
    guard let bytes = request.textBytes else { return nil }
    let params = JSON.object(target.parameters(of: request)).compactBytes.count
    return bytes + params + messageTokens * ((request.json.array?.count ?? 0) + 1)
  }

  /// A bound of the output's tokens, as the parameters state it; nil when they do not.
  static func outputTokens(of request: ChatRequest, _ target: Target) -> Int? {
    let params = target.parameters(of: request)
    let stated = ["max_tokens", "max_completion_tokens", "max_output_tokens"].compactMap {
      params[$0]?.integer.flatMap { Int(exactly: $0) }
    }
    let count = params["n"]?.integer.flatMap { Int(exactly: $0) } ?? 1
    return stated.max().map { $0.multiplied(by: max(1, count)) }
  }

  /// An estimate of a call's tokens: four bytes to one, and the output.
  static func tokens(of request: ChatRequest, _ target: Target) -> TokenEstimate {
    let input = (inputTokens(of: request, target) ?? 4_000) / 4
    let output = outputTokens(of: request, target) ?? 512
    return TokenEstimate(likely: max(1, input + output / 2), most: max(1, input + output))
  }
}

/// The tokens of a call before it is sent.
struct TokenEstimate: Sendable {
  /// With half of the output that it may have.
  let likely: Int
  /// With all of it, as providers count a call when it arrives.
  let most: Int
}
