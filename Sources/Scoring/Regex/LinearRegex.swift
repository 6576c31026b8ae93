/// A regular expression whose search takes time linear in the length of the text.
///
/// The syntax is a subset of RE2's (https://github.com/google/re2/wiki/Syntax): what needs
/// backtracking is refused by name. The matcher is Thompson's simulation of an automaton over
/// Unicode scalars (Communications of the ACM 11:6, 1968): it keeps the set of states that the text
/// so far can lead to, so a scalar costs at most one step per instruction, whatever the pattern.
package struct LinearRegex: Sendable {
  /// The meaning of escapes and of `.` where RE2 and ECMAScript differ.
  package enum Dialect: Sendable {
    case re2
    /// The patterns of JSON Schema (ECMA-262).
    case ecma
  }

  private let program: RegexProgram

  /// Compiles a pattern.
  /// - Throws: ``RegexFault`` for a pattern that is malformed, too large, or not linear.
  package init(_ pattern: String, dialect: Dialect = .re2) throws(RegexFault) {
    var parser = RegexParser(pattern, dialect)
    program = try RegexProgram(try parser.parse())
  }

  /// Returns true when the pattern matches somewhere in the text.
  package func matches(_ text: String) -> Bool { search(text).isFound }

  /// Searches for a match, and counts the steps that it took.
  package func search(_ text: String) -> (isFound: Bool, steps: Int) {
    var search = RegexSearch(program, text)
    var work = ScoringWork(limit: Int.max)
    // Nothing limits the work, so that the search has a result.
    let isFound = try? search.run(&work)
    return (isFound ?? false, search.steps)
  }

  /// Returns true when the pattern matches somewhere in the text.
  /// - Throws: ``ScoringFailure`` when that takes more than the work that is left.
  func matches(_ text: String, _ work: inout ScoringWork) throws(ScoringFailure) -> Bool {
    var search = RegexSearch(program, text)
    return try search.run(&work)
  }

  /// The number of instructions of the automaton.
  package var size: Int { program.instructions.count }
}

/// The reason for which a pattern cannot be used, and its place.
package struct RegexFault: Error, Sendable, Hashable {
  /// The number of scalars before the fault.
  package let offset: Int
  package let message: String
}

/// One search: the states that are live before the next scalar.
private struct RegexSearch {
  private let program: RegexProgram
  private let scalars: [Unicode.Scalar]
  private(set) var steps = 0
  /// The steps of looking scalars up in sets, since the last scalar.
  private var tests = 0
  /// The live states, each once.
  private var live: [Int] = []
  private var next: [Int] = []
  /// The position at which each state was last added, by its number.
  private var added: [Int]
  private var pending: [Int] = []

  init(_ program: RegexProgram, _ text: String) {
    self.program = program
    scalars = Array(text.unicodeScalars)
    added = Array(repeating: -1, count: program.instructions.count)
  }

  mutating func run(_ work: inout ScoringWork) throws(ScoringFailure) -> Bool {
    try work.spend(scalars.count + added.count)
    for position in 0...scalars.count {
      let before = steps
      // A match may begin anywhere.
      if add(0, at: position) { return true }
      guard position < scalars.count else { break }
      let scalar = scalars[position]
      swap(&live, &next)
      next.removeAll(keepingCapacity: true)
      for state in live {
        steps += 1
        guard case .scalar(let set) = program.instructions[state] else { continue }
        tests += program.costs[set]
        if program.sets[set].contains(scalar), add(state + 1, at: position + 1) { return true }
      }
      try work.spend(steps - before + tests)
      tests = 0
    }
    return false
  }

  /// Adds a state and all that follow it without a scalar to those that are live at a position;
  /// true when the match is among them.
  private mutating func add(_ state: Int, at position: Int) -> Bool {
    pending.append(state)
    while let state = pending.popLast() {
      if added[state] == position { continue }
      added[state] = position
      steps += 1
      switch program.instructions[state] {
      case .match:
        pending.removeAll()
        return true
      case .scalar: next.append(state)
      case .jump(let target): pending.append(target)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .assert(let assertion):
        let before = position > 0 ? scalars[position - 1] : nil
        let after = position < scalars.count ? scalars[position] : nil
        if assertion.holds(before, after) { pending.append(state + 1) }
      }
    }
    return false
  }
}
