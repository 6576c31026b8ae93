extension Program {
  /// The truth of the condition that begins at `index`.
  func truth(at index: Int, _ values: borrowing FieldValues) -> Truth {
    let instruction = code[index]
    switch instruction.operation {
    case .all:
      var truth = Truth.true
      var part = index + 1
      while part < instruction.end {
        truth = min(truth, self.truth(at: part, values))
        if truth == .false { return .false }
        part = Int(code[part].end)
      }
      return truth
    case .any:
      var truth = Truth.false
      var part = index + 1
      while part < instruction.end {
        truth = max(truth, self.truth(at: part, values))
        if truth == .true { return .true }
        part = Int(code[part].end)
      }
      return truth
    case .not: return !truth(at: index + 1, values)
    default: return test(instruction, values.slots[Int(instruction.slot)], values)
    }
  }

  private func test(
    _ instruction: Instruction, _ slot: FieldValues.Slot, _ values: borrowing FieldValues
  ) -> Truth {
    let operand = instruction.operand
    switch instruction.operation {
    case .all, .any, .not: return .unknown
    case .exists: return slot.kind == .unrecorded ? .unknown : Truth(slot.kind != .absent)
    case .isMissing: return slot.kind == .unrecorded ? .unknown : Truth(slot.kind == .absent)
    case .equal: return order(slot, operand, values).map { Truth($0 == 0) } ?? .unknown
    case .notEqual: return order(slot, operand, values).map { Truth($0 != 0) } ?? .unknown
    case .greater: return order(slot, operand, values).map { Truth($0 > 0) } ?? .unknown
    case .greaterOrEqual: return order(slot, operand, values).map { Truth($0 >= 0) } ?? .unknown
    case .less: return order(slot, operand, values).map { Truth($0 < 0) } ?? .unknown
    case .lessOrEqual: return order(slot, operand, values).map { Truth($0 <= 0) } ?? .unknown
    case .among: return isAmong(slot, operand, values)
    case .notAmong: return !isAmong(slot, operand, values)
    case .prefix:
      guard slot.kind == .text else { return .unknown }
      return Truth(matches(operand, slot, at: 0, values))
    case .suffix:
      guard slot.kind == .text else { return .unknown }
      return Truth(matches(operand, slot, at: slot.count - operand.count, values))
    case .contains:
      guard slot.kind == .text else { return .unknown }
      var place: Int32 = 0
      while place + operand.count <= slot.count {
        if matches(operand, slot, at: place, values) { return .true }
        place += 1
      }
      return .false
    }
  }

  /// Returns true when the text of `slot` has the operand's text from `offset` on.
  private func matches(
    _ operand: Operand, _ slot: FieldValues.Slot, at offset: Int32,
    _ values: borrowing FieldValues
  ) -> Bool {
    guard offset >= 0, offset + operand.count <= slot.count else { return false }
    let left = Int(slot.start + offset)
    let right = Int(operand.start)
    for index in 0..<Int(operand.count) where values.text[left + index] != constants[right + index]
    {
      return false
    }
    return true
  }

  /// True when one of the list is equal; unknown when none is even of the field's type.
  private func isAmong(
    _ slot: FieldValues.Slot, _ list: Operand, _ values: borrowing FieldValues
  ) -> Truth {
    var truth = Truth.unknown
    let first = Int(list.bits)
    for index in first..<first + Int(list.count) {
      let operand = operands[index]
      if operand.kind == .text, slot.kind == .text, operand.count != slot.count {
        truth = .false
        continue
      }
      guard let order = order(slot, operand, values) else { continue }
      if order == 0 { return .true }
      truth = .false
    }
    return truth
  }

  /// Below zero when the field comes first, zero when they are equal; nil when their types differ.
  ///
  /// Texts are ordered by their UTF-8 bytes; an integer and a fraction are both numbers.
  private func order(
    _ slot: FieldValues.Slot, _ operand: Operand, _ values: borrowing FieldValues
  ) -> Int? {
    switch (slot.kind, operand.kind) {
    case (.text, .text):
      let (left, right) = (Int(slot.start), Int(operand.start))
      for index in 0..<Int(min(slot.count, operand.count)) {
        let (byte, other) = (values.text[left + index], constants[right + index])
        if byte != other { return byte < other ? -1 : 1 }
      }
      return Int(slot.count) - Int(operand.count)
    case (.integer, .integer), (.bool, .bool):
      return slot.bits == operand.bits ? 0 : slot.bits < operand.bits ? -1 : 1
    case (.fraction, .integer):
      // Both are exact: an operand has at most 53 bits.
      let value = Double(bitPattern: UInt64(bitPattern: slot.bits))
      let other = Double(operand.bits)
      return value == other ? 0 : value < other ? -1 : 1
    default: return nil
    }
  }
}
