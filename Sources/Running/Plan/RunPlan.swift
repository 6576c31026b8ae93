package import Model
package import Providers

/// All calls of a run, in the order in which they are sent.
package struct RunPlan: Sendable {
  /// One row of the outputs.
  package struct Cell: Sendable {
    package let item: Int
    package let target: Int
    package let attempt: Int
    /// The place of its call in ``RunPlan/calls``; several rows may share one.
    package let call: Int
    /// False for a row whose call an earlier row asks for.
    package let isFirst: Bool
  }

  /// A call that one or several rows need.
  package struct Call: Sendable {
    /// The SHA-256 of everything that its answer may depend on, and of its attempt.
    package let key: Digest
    package let item: Int
    package let target: Int
    package let seed: Int?
    /// The load under which it is made; nil in an ordinary run.
    package let load: Int?
    /// The tokens that it is taken for where tokens are limited.
    let tokens: TokenEstimate
    /// The most that it can cost, in nanodollars; nil when that is not known.
    package let bound: Int64?
  }

  package let targets: [Target]
  package let items: [RunItem]
  package let cells: [Cell]
  package let calls: [Call]

  /// The plan of a run: attempt by attempt, item by item, over all targets; of one that measures
  /// loads, target by target, load by load.
  package init(
    _ definition: RunDefinition, _ targets: [Target], _ items: [RunItem], _ prices: RunPrices
  ) {
    self.targets = targets
    self.items = items
    var cells: [Cell] = []
    var calls: [Call] = []
    var places: [Digest: Int] = [:]
    func add(_ item: Int, _ place: Int, _ attempt: Int, load: Int? = nil, as shown: Int? = nil) {
      let target = targets[place]
      let seed = definition.seed?.value(item: items[item].id, attempt: attempt)
      let request = Self.request(items[item], definition.params, seed)
      let key = Self.key(target.identity(of: request), attempt, load)
      let known = places[key]
      if known == nil {
        places[key] = calls.count
        calls.append(
          Call(
            key: key, item: item, target: place, seed: seed, load: load,
            tokens: CostBound.tokens(of: request, target),
            bound: prices.bound(of: request, target)))
      }
      cells.append(
        Cell(
          item: item, target: place, attempt: shown ?? attempt, call: known ?? calls.count - 1,
          isFirst: known == nil))
    }
    let attempts = 1...definition.repetitions
    if definition.loads.isEmpty {
      for attempt in attempts {
        for item in items.indices { for place in targets.indices { add(item, place, attempt) } }
      }
    }
    for place in targets.indices {
      for (level, load) in definition.loads.enumerated() {
        for attempt in attempts {
          let shown = level * definition.repetitions + attempt
          for item in items.indices { add(item, place, attempt, load: load, as: shown) }
        }
      }
    }
    self.cells = cells
    self.calls = calls
    isPadded = !definition.padding.isEmpty
    params = definition.params
  }

  /// True when items are also sent behind filler.
  let isPadded: Bool

  /// Calls by target and load; none of a run that measures no loads.
  func phases(_ places: [Int]) -> [Lane.Phase] {
    var phases: [Lane.Phase] = []
    var target: Int?
    for index in places {
      let call = calls[index]
      guard let load = call.load else { continue }
      if target == call.target, phases.last?.load == load {
        phases[phases.count - 1].calls.append(index)
      } else {
        phases.append(.init(load: load, isFirst: target != call.target, calls: [index]))
      }
      target = call.target
    }
    return phases
  }

  private let params: JSON.Object

  /// The request of a call.
  func request(_ call: Call) -> ChatRequest {
    Self.request(items[call.item], params, call.seed)
  }

  private static func request(
    _ item: RunItem, _ params: JSON.Object, _ seed: Int?
  ) -> ChatRequest {
    var params = params
    if let seed { params["seed"] = .integer(Int64(seed)) }
    return params.isEmpty ? item.request : item.request.adding(params)
  }

  /// The call key: the SHA-256 of canonical JSON.
  private static func key(_ identity: JSON, _ attempt: Int, _ load: Int?) -> Digest {
    var members: JSON.Object = [
      "schema": "assay.call/1", "call": identity, "attempt": .integer(Int64(attempt)),
    ]
    members["load"] = load.map { .integer(Int64($0)) }
    return Digest(hashing: JSON.object(members).canonicalBytes)
  }
}

extension RunDefinition.Seed {
  /// The seed of an attempt at an item, from 0 to 2^31 - 1.
  package func value(item: String, attempt: Int) -> Int {
    var parts: [JSON] = [.integer(Int64(base))]
    switch scope {
    case .run: return base
    case .repetition: parts.append(.integer(Int64(attempt)))
    case .both: parts += [.integer(Int64(attempt)), .string(item)]
    }
    return Int(Digest(hashing: JSON.array(parts).canonicalBytes).word0 & 0x7FFF_FFFF)
  }
}
