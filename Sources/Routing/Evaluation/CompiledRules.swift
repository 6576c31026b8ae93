import Model

/// A rule set made ready to decide.
///
/// The only evaluator there is: live requests, OFREP, backtests and diffs all call it. Any thread
/// may, any number at once.
package final class CompiledRules: Sendable {
  package let set: RuleSet

  /// A rule that is enabled.
  struct Entry: Sendable {
    /// The index of the rule in the document.
    let index: Int
    let serve: Serve
    let fallbacks: [Int]
    let shadows: [Shadow]
    /// The beginning of the rule's entry in a decision's list of checked rules: `["name","`.
    let opening: [UInt8]
  }

  enum Serve: Sendable {
    case target(Int)
    case split(Split)
  }

  struct Split: Sendable {
    let salt: [UInt8]
    let fields: [Int]
    let variants: [Variant]
    /// The upper end and the variant of each range, in order.
    let ends: [(upper: Int, variant: Int)]
  }

  struct Variant: Sendable {
    let target: Int
    /// The share of the target, in basis points: that of all variants which have it.
    let weight: Int
  }

  struct Shadow: Sendable {
    let target: Int
    let sample: Int
    let salt: [UInt8]
  }

  let entries: [Entry]
  /// The start of each entry's condition; apart from the entries, so that a rule that is not true
  /// costs no more than its condition.
  let starts: [Int]
  let program: Program
  let fields: FieldIndex
  /// The fields that decisions depend on.
  package let paths: [FieldPath]
  /// The fields that name a request.
  let names: [Int]
  let fallback: Int
  let fallbackChain: [Int]

  /// Compiles a sound rule set.
  package init(_ set: RuleSet) {
    self.set = set
    var compiler = Compiler(set)
    entries = set.rules.enumerated().compactMap { index, rule in
      rule.isEnabled ? compiler.entry(rule, index) : nil
    }
    starts = compiler.starts
    names = FieldPath.names.map { compiler.slot($0) }
    fallback = compiler.target(set.fallback)
    fallbackChain = set.fallbackChain.map { compiler.target($0.target) }
    program = compiler.program
    paths = compiler.paths
    fields = FieldIndex(paths)
  }

  private struct Compiler {
    var program = Program()
    private(set) var starts: [Int] = []
    private(set) var paths: [FieldPath] = []
    private var slots: [FieldPath: Int] = [:]
    private var targets: [ExactText: Int] = [:]

    init(_ set: RuleSet) {
      for (index, target) in set.targets.enumerated() { targets[ExactText(target.name)] = index }
    }

    mutating func slot(_ path: FieldPath) -> Int {
      if let slot = slots[path] { return slot }
      slots[path] = paths.count
      paths.append(path)
      return paths.count - 1
    }

    func target(_ name: String) -> Int {
      guard let index = targets[ExactText(name)] else {
        preconditionFailure("a sound rule set has all targets that it names")
      }
      return index
    }

    mutating func entry(_ rule: RuleSet.Rule, _ index: Int) -> Entry {
      var program = self.program
      starts.append(program.add(rule.condition) { slot($0) })
      self.program = program
      let serve: Serve =
        switch rule.serve {
        case .target(let name): .target(target(name))
        case .split(let split): .split(self.split(split))
        }
      var opening: [UInt8] = [UInt8(ascii: "[")]
      JSON.append(rule.name, to: &opening)
      opening.append(contentsOf: #",""#.utf8)
      return Entry(
        index: index, serve: serve,
        fallbacks: rule.fallbacks.map { target($0.target) },
        shadows: rule.shadows.map {
          Shadow(target: target($0.target), sample: $0.sample, salt: Array($0.salt.utf8))
        }, opening: opening)
    }

    private mutating func split(_ split: RuleSet.Split) -> Split {
      let ranges = split.variants.enumerated().flatMap { index, variant in
        variant.ranges.map { (upper: $0.upper, variant: index) }
      }
      var shares: [Int: Int] = [:]
      for variant in split.variants { shares[target(variant.target), default: 0] += variant.weight }
      return Split(
        salt: Array(split.salt.utf8), fields: split.fields.map { slot($0) },
        variants: split.variants.map {
          let target = target($0.target)
          return Variant(target: target, weight: shares[target] ?? 0)
        },
        ends: ranges.sorted { $0.upper < $1.upper })
    }
  }
}
