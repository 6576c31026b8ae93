/// The automaton of a regular expression: instructions, of which the first is the start.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    /// Takes a scalar of the set at this place, and goes on behind.
    case scalar(Int)
    case assert(RegexAssertion)
    case jump(Int)
    case split(Int, Int)
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  /// The steps that a look into each set takes.
  private(set) var costs: [Int] = []

  /// As much as a pattern may need; a scalar of the text costs at most so many steps.
  private static let limit = 20_000

  /// Compiles an expression.
  /// - Throws: ``RegexFault`` when counted repetitions make it too large.
  init(_ node: RegexNode) throws(RegexFault) {
    try append(node)
    instructions.append(.match)
    costs = sets.map(\.cost)
  }

  private mutating func append(_ node: RegexNode) throws(RegexFault) {
    guard instructions.count <= Self.limit else {
      throw RegexFault(
        offset: 0,
        message: "its repetitions make it larger than \(Self.limit) states; count to less")
    }
    switch node {
    case .empty: break
    case .scalar(let set):
      instructions.append(.scalar(sets.count))
      sets.append(set)
    case .assertion(let assertion): instructions.append(.assert(assertion))
    case .sequence(let nodes): for node in nodes { try append(node) }
    case .alternatives(let nodes): try append(alternatives: nodes)
    case .repetition(let node, let least, let most): try append(node, least, most)
    }
  }

  private mutating func append(alternatives nodes: [RegexNode]) throws(RegexFault) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index + 1 < nodes.count else {
        try append(node)
        break
      }
      let split = reserve()
      try append(node)
      jumps.append(reserve())
      instructions[split] = .split(split + 1, instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func append(
    _ node: RegexNode, _ least: Int, _ most: Int?
  ) throws(RegexFault) {
    for _ in 0..<least { try append(node) }
    guard let most else {
      let split = reserve()
      try append(node)
      instructions.append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(reserve())
      try append(node)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  /// A place for an instruction that is known later.
  private mutating func reserve() -> Int {
    instructions.append(.match)
    return instructions.count - 1
  }
}
