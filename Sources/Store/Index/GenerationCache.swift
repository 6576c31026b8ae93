import Synchronization

/// Immutable values by key, bounded by their cost and by the time since they were last used.
///
/// Two generations: entries are added to the young one; when it is full, or has lived for the
/// lifetime, it becomes the old one and the old one goes. An entry asked for moves to the young
/// one, so what is in use stays, and a server that saves version after version holds those of the
/// last minutes and not as many as fit. Any thread may call.
package final class GenerationCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var young: [Key: (value: Value, cost: Int)] = [:]
    var old: [Key: (value: Value, cost: Int)] = [:]
    var youngCost = 0
    var youngStart: ContinuousClock.Instant
  }

  private let generationCost: Int
  private let lifetime: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Mutex<State>

  /// A cache whose entries cost at most `cost` together.
  /// - Parameters:
  ///   - lifetime: A generation's longest life while entries come.
  ///   - now: The clock; another than the system's in tests.
  package init(
    cost: Int, lifetime: Duration = .seconds(60),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    generationCost = cost / 2
    self.lifetime = lifetime
    self.now = now
    state = Mutex(State(youngStart: now()))
  }

  /// Returns the value of a key, which counts as used.
  package func value(_ key: Key) -> Value? {
    state.withLock { state in
      if let entry = state.young[key] { return entry.value }
      guard let entry = state.old.removeValue(forKey: key) else { return nil }
      insert(key, entry.value, entry.cost, &state)
      return entry.value
    }
  }

  /// Adds a value, unless its cost exceeds half of the cache's limit.
  package func insert(_ key: Key, _ value: Value, cost: Int) {
    guard cost <= generationCost else { return }
    state.withLock { insert(key, value, cost, &$0) }
  }

  /// Drops values that are not likely to be asked for again.
  package func remove(_ keys: some Sequence<Key>) {
    state.withLock { state in
      for key in keys {
        state.old[key] = nil
        if let entry = state.young.removeValue(forKey: key) { state.youngCost -= entry.cost }
      }
    }
  }

  private func insert(_ key: Key, _ value: Value, _ cost: Int, _ state: inout State) {
    let time = now()
    if state.youngCost + cost > generationCost || time - state.youngStart >= lifetime {
      state.old = state.young
      state.young = [:]
      state.youngCost = 0
      state.youngStart = time
    }
    guard state.young.updateValue((value, cost), forKey: key) == nil else { return }
    state.youngCost += cost
  }
}
