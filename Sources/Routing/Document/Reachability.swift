/// Finds rules that never get a request because an earlier one is true whenever they are.
enum Reachability {
  /// For each rule that cannot be reached, the one that is in its way.
  ///
  /// A rule implies another when it tests all that the other tests, and maybe more: then the other,
  /// when it comes first, takes every request. That finds the usual mistakes, not all there can be.
  static func blocked(_ rules: [RuleSet.Rule]) -> [(rule: Int, by: Int)] {
    var numbers: [Condition: Int] = [:]
    let tests = rules.map { rule in
      Set(
        rule.condition.conjuncts.map { test in
          let number = numbers[test] ?? numbers.count
          numbers[test] = number
          return number
        })
    }
    var blocked: [(Int, Int)] = []
    for later in rules.indices where rules[later].isEnabled {
      let earlier = rules.indices[..<later].first {
        rules[$0].isEnabled && tests[$0].count <= tests[later].count
          && tests[$0].isSubset(of: tests[later])
      }
      if let earlier { blocked.append((later, earlier)) }
    }
    return blocked
  }
}

extension Condition {
  /// The conditions that all have to be true for this one to be.
  var conjuncts: [Condition] {
    if case .all(let conditions) = self { conditions.flatMap(\.conjuncts) } else { [self] }
  }
}
