import Catalog
import Foundation
import GRDB
import Model
import TestSupport
import Testing

@Suite struct AggregateIndexTests {
  private let directory: TemporaryDirectory
  private let path: String
  private let plan = Digest(hashing: [1])

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/index.sqlite"
  }

  @Test func `what was kept for a plan is found by whoever opens the index next`() throws {
    let index = try Catalog.Index(path: path)
    #expect(try index.aggregate(plan) == nil)
    try index.keepAggregate([1, 2], for: plan)
    try index.keepAggregate([3], for: plan)
    #expect(try Catalog.Index(path: path).aggregate(plan) == [3])
    try index.checkAggregates()
  }

  @Test func `what is not as it was written is damage`() throws {
    let index = try Catalog.Index(path: path)
    try index.keepAggregate([1, 2], for: plan)
    try DatabaseQueue(path: path).write { database in
      try database.execute(sql: "UPDATE aggregate SET content = x'0103'")
    }
    #expect(throws: StoreError.self) { try index.checkAggregates() }
    #expect(throws: StoreError.self) { try index.aggregate(plan) }
    #expect(index.isDamaged)
  }

  @Test func `the oldest make room`() throws {
    let index = try Catalog.Index(path: path)
    let content = [UInt8](repeating: 7, count: 15 << 20)
    let plans = (0..<6).map { Digest(hashing: [$0]) }
    for plan in plans { try index.keepAggregate(content, for: plan) }
    let isKept = try plans.map { try index.aggregate($0) != nil }
    #expect(isKept == [false, false, true, true, true, true])
  }
}
