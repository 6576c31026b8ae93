/// The integers and the doubles that compare with a number in one way, each as a closed range.
///
/// Integers and doubles are compared exactly, as SQLite does: 2^53 + 1 is not 2^53 as a double.
struct NumberRange {
  private(set) var leastInteger = Int64.min
  private(set) var greatestInteger = Int64.max
  private(set) var leastReal = -Double.infinity
  private(set) var greatestReal = Double.infinity

  /// The numbers that stand to `operand` as `comparison` says.
  init(_ comparison: RowTest.Comparison, integer operand: Int64) {
    let real = Double(operand)
    // Where the operand has no double of its own, both neighbours pass and SQLite decides.
    let isExact = Int64(exactly: real) == operand
    switch comparison {
    case .equal:
      (leastInteger, greatestInteger) = (operand, operand)
      (leastReal, greatestReal) = isExact ? (real, real) : (real.nextDown, real.nextUp)
    case .less:
      if operand == .min { setNoInteger() } else { greatestInteger = operand - 1 }
      greatestReal = isExact ? real.nextDown : real.nextUp
    case .lessOrEqual:
      greatestInteger = operand
      greatestReal = isExact ? real : real.nextUp
    case .greater:
      if operand == .max { setNoInteger() } else { leastInteger = operand + 1 }
      leastReal = isExact ? real.nextUp : real.nextDown
    case .greaterOrEqual:
      leastInteger = operand
      leastReal = isExact ? real : real.nextDown
    }
  }

  /// The numbers that stand to `operand` as `comparison` says.
  init(_ comparison: RowTest.Comparison, real operand: Double) {
    switch comparison {
    case .equal: (leastReal, greatestReal) = (operand, operand)
    case .less: greatestReal = operand.nextDown
    case .lessOrEqual: greatestReal = operand
    case .greater: leastReal = operand.nextUp
    case .greaterOrEqual: leastReal = operand
    }
    // Infinity has no neighbour beyond it.
    if comparison == .less, operand == -.infinity { setNoReal() }
    if comparison == .greater, operand == .infinity { setNoReal() }
    setIntegers(comparison, operand)
  }

  private mutating func setIntegers(_ comparison: RowTest.Comparison, _ operand: Double) {
    // Doubles from 2^63 on lie above all integers, those below -2^63 below all.
    let isAbove = operand >= 0x1p63
    let isBelow = operand < -0x1p63
    switch comparison {
    case .equal:
      if let integer = Int64(exactly: operand) {
        (leastInteger, greatestInteger) = (integer, integer)
      } else {
        setNoInteger()
      }
    case .less, .lessOrEqual:
      if isBelow { return setNoInteger() }
      if isAbove { return }
      let floor = Int64(operand.rounded(.down))
      let isTaken = comparison == .lessOrEqual || Double(floor) != operand
      if isTaken {
        greatestInteger = floor
      } else if floor == .min {
        setNoInteger()
      } else {
        greatestInteger = floor - 1
      }
    case .greater, .greaterOrEqual:
      if isAbove { return setNoInteger() }
      if isBelow { return }
      let floor = Int64(operand.rounded(.down))
      let isTaken = comparison == .greaterOrEqual && Double(floor) == operand
      // Below 2^63 the floor is at most 2^63 - 1024, so one more does not overflow.
      leastInteger = isTaken ? floor : floor + 1
    }
  }

  private mutating func setNoInteger() { (leastInteger, greatestInteger) = (.max, .min) }

  private mutating func setNoReal() { (leastReal, greatestReal) = (.infinity, -.infinity) }
}
