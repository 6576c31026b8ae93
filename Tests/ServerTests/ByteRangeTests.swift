import Server
import Testing

@Suite struct ByteRangeTests {
  static let cases: [(header: String?, size: Int, range: ByteRange)] = [
    (nil, 10, .whole),
    ("bytes=0-4", 10, .part(0..<5)),
    ("bytes=4-4", 10, .part(4..<5)),
    ("bytes=5-", 10, .part(5..<10)),
    ("bytes=5-100", 10, .part(5..<10)),
    ("bytes=0-99999999999999999999999", 10, .part(0..<10)),
    ("bytes=-3", 10, .part(7..<10)),
    ("bytes=-1000", 10, .part(0..<10)),
    ("bytes=-99999999999999999999999", 10, .part(0..<10)),
    ("bytes=-0", 10, .unsatisfiable),
    ("bytes=10-", 10, .unsatisfiable),
    ("bytes=99999999999999999999999-", 10, .unsatisfiable),
    ("bytes=0-", 0, .unsatisfiable),
    ("bytes=-5", 0, .unsatisfiable),
    ("bytes=5-2", 10, .whole),
    ("bytes=0-1,3-4", 10, .whole),
    ("bytes=a-b", 10, .whole),
    ("bytes=+1-2", 10, .whole),
    ("bytes=-", 10, .whole),
    ("bytes=", 10, .whole),
    ("rows=0-1", 10, .whole),
    ("bytes=1-2-3", 10, .whole),
  ]

  @Test(arguments: cases)
  func `a range is cut out, refused or passed over as the standard has it`(
    header: String?, size: Int, range: ByteRange
  ) {
    #expect(ByteRange(header, size: size) == range)
  }
}
