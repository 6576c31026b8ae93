import Routing
import Testing

@Suite struct BucketTests {
  /// From the specification's vectors.
  @Test(arguments: [
    ("exp-1", "user-1", 4426), ("exp-1", "user-2", 7094), ("exp-2", "user-1", 6925),
  ])
  func `a unit falls where the specification says`(salt: String, unit: String, bucket: Int) {
    #expect(Bucket.of(unit, salt: salt, for: .split) == bucket)
  }
}
