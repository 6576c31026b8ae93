import Columns
import TestSupport
import Testing

@Suite struct BitmapTests {
  @Test(arguments: 0...130)
  func `set bits are found at their places, of all rows and of some`(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    for share in [0, 1, 5, 9, 10] {
      let bits = (0..<count).map { _ in Int.random(in: 0..<10, using: &random) < share }
      var bitmap = Bitmap(count: 0)
      for bit in bits { bitmap.append(bit) }
      #expect(bitmap.setPlaces == (0..<UInt32(count)).filter { bits[Int($0)] })
      #expect(bitmap.numbers == bits.map { $0 ? 1 : 0 })
      let some = (0..<UInt32(count)).filter { _ in Bool.random(using: &random) }
      #expect(
        bitmap.setPlaces(among: some)
          == (0..<UInt32(some.count)).filter { bits[Int(some[Int($0)])] })
    }
  }
}
