import Formats
import TestSupport
import Testing

@Suite struct JSONNumberTextTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a double's text is its description`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let pattern = UInt64.random(in: .min ... .max, using: &random)
      let most = Int64(1) << Int64.random(in: 1...60, using: &random)
      let digits = Double(Int64.random(in: 0...most, using: &random))
      let scale = [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e10, 1e12, 1e-3][Int(pattern % 11)]
      for value in [Double(bitPattern: pattern), digits / scale, -digits / scale]
      where value.isFinite {
        #expect(text(value) == value.description)
      }
    }
  }

  @Test func `doubles at the edges are written as their description`() {
    let values: [Double] = [
      0, -0.0, 1, 0.1, 1e-4, 9.9999e-5, 1e-5, 1e15, 1e16, 0x1p53, 0x1p54, 0x1p54.nextUp, 1e17, 1e21,
      1e22, 1e100, 123456.789, 0.3, 2.0 / 3, 999_999_999_999_999, 99_999_999_999_999.9, 1e14,
      .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .pi, .ulpOfOne,
    ]
    for value in values { #expect(text(value) == value.description) }
  }

  @Test(arguments: [0, -1, 7, 10, .max, .min] as [Int64])
  func `an integer's text is its description`(value: Int64) {
    var out: [UInt8] = []
    NumberText.append(value, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == value.description)
  }

  private func text(_ value: Double) -> String {
    var out: [UInt8] = []
    NumberText.append(value, to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}
