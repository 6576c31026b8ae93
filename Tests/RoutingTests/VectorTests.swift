import Foundation
import Model
import Routing
import Testing

/// The vectors of the specification.
@Suite struct VectorTests {
  struct BucketVector: Decodable {
    let purpose: String
    let salt: String
    let unit: String
    let bucket: Int
  }

  struct CarveVector: Decodable {
    let old: [String: [[Int]]]
    let new: [String: Int]
    let ranges: [String: [[Int]]]
  }

  private func decisions() throws -> [String: Any] {
    let data = Data(try Fixture.bytes("route-decisions.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func `buckets are the specification's`() throws {
    let vectors = try JSONDecoder().decode(
      [BucketVector].self, from: Data(try Fixture.bytes("bucket-vectors.json")))
    #expect(vectors.count == 11)
    for vector in vectors {
      let purpose = try #require(Bucket.Purpose(rawValue: vector.purpose))
      #expect(Bucket.of(vector.unit, salt: vector.salt, for: purpose) == vector.bucket)
    }
  }

  @Test func `the example's digest is the specification's`() throws {
    let hash = try #require(try decisions()["content_hash"] as? String)
    #expect(try Fixture.example().digest.description == hash)
  }

  @Test func `the example decides as the specification says`() throws {
    let rules = CompiledRules(try Fixture.example())
    let vectors = try #require(try decisions()["decisions"] as? [[String: Any]])
    #expect(vectors.count == 13)
    for vector in vectors {
      let context = Array(
        try JSONSerialization.data(withJSONObject: try #require(vector["context"])))
      let expected = try #require(vector["decision"] as? [String: Any])
      let made = try #require(
        try JSONSerialization.jsonObject(with: Data(try rules.decide(context).json))
          as? NSDictionary)
      for (name, value) in expected {
        #expect(made[name] as? NSObject == value as? NSObject, "\(name)")
      }
      for name in ["bucket", "unit_source"] {
        #expect((made[name] == nil) == (expected[name] == nil))
      }
    }
  }

  @Test func `ranges are carved as the specification says`() throws {
    let json = try JSONSerialization.data(withJSONObject: try #require(try decisions()["carve"]))
    let vectors = try JSONDecoder().decode([CarveVector].self, from: json)
    #expect(vectors.count == 3)
    for vector in vectors {
      let old = vector.old.sorted { $0.key < $1.key }.map { name, ranges in
        Carving.Share(name: name, ranges: ranges.map { BucketRange($0[0], $0[1]) })
      }
      let new = vector.new.sorted { $0.key < $1.key }.map { (name: $0.key, weight: $0.value) }
      let made = Carving.ranges(from: old, to: new)
      for (share, ranges) in zip(new, made) {
        #expect(ranges.map { [$0.lower, $0.upper] } == vector.ranges[share.name])
      }
    }
  }
}
