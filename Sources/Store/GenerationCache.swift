import Synchronization

/// Immutable values by key, bounded by what they cost.
///
/// Two generations: entries are added to the young one; when it is full it becomes the old one and
/// the old one goes. An entry asked for moves to the young one, so what is in use stays.
package final class GenerationCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var young: [Key: (value: Value, cost: Int)] = [:]
    var old: [Key: (value: Value, cost: Int)] = [:]
    var youngCost = 0
  }

  private let generationCost: Int
  private let state = Mutex(State())

  /// A cache whose entries cost at most `cost` together.
  package init(cost: Int) { generationCost = cost / 2 }

  package func value(_ key: Key) -> Value? {
    state.withLock { state in
      if let entry = state.young[key] { return entry.value }
      guard let entry = state.old.removeValue(forKey: key) else { return nil }
      insert(key, entry.value, entry.cost, &state)
      return entry.value
    }
  }

  package func insert(_ key: Key, _ value: Value, cost: Int) {
    guard cost <= generationCost else { return }
    state.withLock { insert(key, value, cost, &$0) }
  }

  private func insert(_ key: Key, _ value: Value, _ cost: Int, _ state: inout State) {
    if state.youngCost + cost > generationCost {
      state.old = state.young
      state.young = [:]
      state.youngCost = 0
    }
    guard state.young.updateValue((value, cost), forKey: key) == nil else { return }
    state.youngCost += cost
  }
}
