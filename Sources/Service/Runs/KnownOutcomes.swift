import Model
import Providers
import Running

/// The outcomes that calls of a run already have.
struct KnownOutcomes {
  /// The outcomes that stand for calls, by their keys.
  private(set) var outcomes: [Digest: JSON.Object] = [:]
  /// The target of each call.
  private let targets: [Digest: Int]
  /// The fingerprints of targets that are programs, as their files are now; nil for others.
  private let programs: [String?]
  /// Calls that another program than that of now has answered, with its fingerprint.
  private var earlier: [Digest: String] = [:]

  /// No outcome of a plan's calls.
  init(_ plan: RunPlan) {
    targets = Dictionary(uniqueKeysWithValues: plan.calls.map { ($0.key, $0.target) })
    var known: [DataText: String] = [:]
    programs = plan.targets.map { target in
      guard target.provider.isProgram else { return nil }
      let name = DataText(target.provider.name)
      let print = known[name] ?? target.provider.programFingerprint ?? ""
      known[name] = print
      return print
    }
  }

  /// True when every call has an outcome.
  var isWhole: Bool { outcomes.count == targets.count }

  /// Returns true when the plan has a call of that key without an outcome.
  func lacks(_ key: Digest) -> Bool { targets[key] != nil && outcomes[key] == nil }

  /// Takes the outcome of a call that has none, if it may stand for it.
  mutating func add(_ columns: JSON.Object) {
    guard let key = (columns["call_key"]?.string).flatMap({ Digest(parsing: $0) }), lacks(key),
      RunColumns.isReusable(columns)
    else { return }
    if let other = other(key, columns) {
      if earlier[key] == nil { earlier[key] = other }
    } else {
      outcomes[key] = columns
    }
  }

  /// Lets an outcome stand for a call, whatever made it.
  mutating func set(_ key: Digest, _ columns: JSON.Object?) { outcomes[key] = columns }

  /// The calls of a journal that another program than that of now has answered.
  mutating func others(in results: [Digest: JSON.Object]) -> Set<Digest> {
    var keys: Set<Digest> = []
    for (key, columns) in results {
      guard let other = other(key, columns) else { continue }
      keys.insert(key)
      if outcomes[key] == nil { earlier[key] = other }
    }
    return keys
  }

  /// The fingerprint of an outcome that another program gave; nil for one that stands.
  private func other(_ key: Digest, _ columns: JSON.Object) -> String? {
    guard let now = targets[key].flatMap({ programs[$0] }) else { return nil }
    let then = columns["fingerprint"]?.string ?? ""
    return then.hasBytes(of: now) ? nil : then
  }

  /// A line for each target whose answers of an earlier program are not taken.
  func notes(_ plan: RunPlan) -> [String] {
    plan.targets.indices.compactMap { place in
      let calls = earlier.filter { targets[$0.key] == place && outcomes[$0.key] == nil }
      guard let then = calls.values.min(), let now = programs[place] else { return nil }
      let answers = calls.count == 1 ? "1 answer" : "\(calls.count) answers"
      return "\(answers) of \(plan.targets[place].name) are of another program "
        + "(\(Self.short(then, now)) then, \(Self.short(now, then)) now), so those calls "
        + "are made again"
    }
  }

  /// The first digits of the digests in one fingerprint that another has not.
  private static func short(_ text: String, _ other: String) -> String {
    let parts = text.split(separator: " ").map(String.init)
    let others = other.split(separator: " ").map(String.init)
    let own = parts.filter { !others.hasText($0) }
    let told = own.isEmpty ? parts : own
    return told.isEmpty ? "no file" : told.map { String($0.prefix(19)) }.joined(separator: " ")
  }
}
