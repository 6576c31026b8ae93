import Model
import Routing
import Store
import Synchronization

/// A cache of compiled rule sets, by the snapshots that hold them.
final class RuleBook: Sendable {
  private static let limit = 256
  private let known = Mutex<[Digest: CompiledRules]>([:])

  func rules(_ snapshot: Digest) -> CompiledRules? { known.withLock { $0[snapshot] } }

  func keep(_ rules: CompiledRules, of snapshot: Digest) {
    known.withLock { known in
      if known.count >= Self.limit { known = [:] }
      known[snapshot] = rules
    }
  }
}

extension LocalStoreService {
  /// Returns a version's rules, ready to decide.
  /// - Throws: ``StoreError``: `missing` for a version that does not exist, `usage` for one that is
  ///   not a rule set.
  func rules(_ reference: Reference) throws(StoreError) -> (version: Version, rules: CompiledRules)
  {
    let version = try store.resolve(reference)
    let book = store.companion { RuleBook() }
    if let known = book.rules(version.snapshot) { return (version, known) }
    guard version.record.kind == .rules else {
      throw StoreError(
        .usage, "\(version.reference) holds \(version.record.kind.rawValue), not routing rules")
    }
    let document = try document(
      Reference(dataset: version.dataset, selector: .number(version.number)))
    do throws(RuleFaults) {
      let rules = CompiledRules(try RuleSet(parsing: document.json))
      book.keep(rules, of: version.snapshot)
      return (version, rules)
    } catch {
      throw StoreError(.usage, "\(version.reference) is no sound rule set: \(error)")
    }
  }

  /// The version that a number names.
  func rules(
    _ name: DatasetName, _ number: Int
  ) throws(StoreError) -> (version: Version, rules: CompiledRules) {
    try rules(Reference(dataset: name, selector: .number(number)))
  }

  /// The latest version; nil when there is no such dataset.
  func latest(_ name: DatasetName) throws(StoreError) -> Version? {
    do throws(StoreError) {
      return try store.versions(of: name, limit: 1).first
    } catch  where error.kind == .missing {
      return nil
    }
  }
}
