/// Conditions as a flat list of instructions, each before its parts, which a loop runs without
/// allocating anything.
struct Program: Sendable {
  /// The effect of an instruction.
  enum Operation: UInt8, Sendable {
    case all, any, not
    case exists, isMissing
    case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual
    case among, notAmong
    case prefix, suffix, contains
  }

  struct Instruction: Sendable {
    let operation: Operation
    /// The field it tests.
    var slot: Int32 = 0
    /// The operand that the field is compared with; a list of operands for `among`: from `bits` on,
    /// `count` many.
    var operand = Operand()
    /// The instruction after this one and its parts.
    var end: Int32 = 0
  }

  /// A constant; texts are a part of ``constants``.
  struct Operand: Sendable {
    var kind = FieldValues.Kind.absent
    var bits: Int64 = 0
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private(set) var code: [Instruction] = []
  private(set) var operands: [Operand] = []
  private(set) var constants: [UInt8] = []

  /// Adds a condition.
  /// - Returns: where it begins.
  mutating func add(_ condition: Condition, slot: (FieldPath) -> Int) -> Int {
    let start = code.count
    switch condition {
    case .all(let parts):
      code.append(Instruction(operation: .all))
      for part in parts { _ = add(part, slot: slot) }
    case .any(let parts):
      code.append(Instruction(operation: .any))
      for part in parts { _ = add(part, slot: slot) }
    case .not(let part):
      code.append(Instruction(operation: .not))
      _ = add(part, slot: slot)
    case .test(let path, let test):
      code.append(instruction(test, slot: slot(path)))
    }
    code[start].end = Int32(code.count)
    return start
  }

  private mutating func instruction(_ test: FieldTest, slot: Int) -> Instruction {
    let (operation, operand): (Operation, Operand) =
      switch test {
      case .exists(let wanted): (wanted ? .exists : .isMissing, Operand())
      case .equal(let scalar): (.equal, self.operand(scalar))
      case .notEqual(let scalar): (.notEqual, self.operand(scalar))
      case .greater(let scalar): (.greater, self.operand(scalar))
      case .greaterOrEqual(let scalar): (.greaterOrEqual, self.operand(scalar))
      case .less(let scalar): (.less, self.operand(scalar))
      case .lessOrEqual(let scalar): (.lessOrEqual, self.operand(scalar))
      case .among(let scalars): (.among, list(scalars))
      case .notAmong(let scalars): (.notAmong, list(scalars))
      case .prefix(let text): (.prefix, self.operand(.text(text)))
      case .suffix(let text): (.suffix, self.operand(.text(text)))
      case .contains(let text): (.contains, self.operand(.text(text)))
      }
    return Instruction(operation: operation, slot: Int32(slot), operand: operand)
  }

  private mutating func operand(_ scalar: RuleScalar) -> Operand {
    switch scalar {
    case .bool(let value): return Operand(kind: .bool, bits: value ? 1 : 0)
    case .integer(let value): return Operand(kind: .integer, bits: value)
    case .text(let text):
      let start = constants.count
      constants.append(contentsOf: text.utf8)
      return Operand(kind: .text, start: Int32(start), count: Int32(constants.count - start))
    }
  }

  private mutating func list(_ scalars: [RuleScalar]) -> Operand {
    let items = scalars.map { operand($0) }
    let first = operands.count
    operands += items
    return Operand(bits: Int64(first), count: Int32(items.count))
  }
}
