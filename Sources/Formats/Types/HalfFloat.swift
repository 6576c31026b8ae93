/// A binary float of 16 bits (IEEE 754 binary16), which not every processor has.
struct HalfFloat {
  let bits: UInt16
}

extension Double {
  /// The value of a float of 16 bits, which is always exact.
  init(_ half: HalfFloat) {
    let fraction = Double(half.bits & 0x3FF) / 1024
    let exponent = Int(half.bits >> 10 & 0x1F)
    let magnitude: Double =
      switch exponent {
      case 0: fraction / 16384
      case 31: fraction == 0 ? .infinity : .nan
      default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      }
    self = half.bits >> 15 == 0 ? magnitude : -magnitude
  }
}
