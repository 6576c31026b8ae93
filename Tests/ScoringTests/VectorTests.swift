import Model
import Scoring
import TestSupport
import Testing

@Suite struct VectorTests {
  private func value(_ scorer: String, _ cells: [DataText: String?]) throws -> Double {
    try score(scorer, cells).value.number
  }

  @Test func `the cosine is that of the angle, whatever the lengths`() throws {
    #expect(
      try near(value("cosine:a,b", ["a:json": "[1,0]", "b:json": "[1,1]"]), 0.5.squareRoot()))
    #expect(try value("cosine:a,b", ["a:json": "[3]", "b:json": "[-0.1]"]) == -1)
    #expect(
      try value("cosine:a,b", ["a:json": "[1e200,1e200]", "b:json": "[1e-200,1e-200]"]) >= 1 - 1e-15
    )
    #expect(
      fault { _ = try value("cosine:a,b", ["a:json": "[1]", "b:json": "[1,2]"]) }.contains(
        "1 and 2"))
    #expect(
      fault { _ = try value("cosine:a,b", ["a:json": "[0]", "b:json": "[1]"]) }.contains("zeros"))
    #expect(
      fault { _ = try value("cosine:a,b", ["a:json": #"["nan"]"#, "b:json": "[1]"]) }.contains(
        "not a number"))
  }

  @Test func `smoothness is 1 for equal steps, and less the more a path turns`() throws {
    func smoothness(_ list: String) throws -> Double {
      try value("smoothness:path", ["path:json": list])
    }
    #expect(try smoothness("[0,1,2,3]") == 1)
    #expect(try smoothness("[5,5,5]") == 1)
    // Steps 1, −1, 1: changes of 4 over a length of 3.
    #expect(try near(smoothness("[0,1,0,1]"), 1 / (1 + 4.0 / 3)))
    #expect(try near(smoothness("[[0,0],[1,0],[1,1]]"), 1 / (1 + 2.0.squareRoot() / 2)))
    #expect(try near(smoothness("[0,10,0,10]"), smoothness("[0,1,0,1]")))
    #expect(fault { _ = try smoothness("[1,2]") }.contains("3"))
    #expect(fault { _ = try smoothness("[[1],[1,2],[3]]") }.contains("dimensions"))
  }

  private func frechet(_ one: [[Double]], _ two: [[Double]]) throws -> SetScore {
    let columns = ScoredColumns(
      count: one.count,
      [
        "a": .init(one.map { "\($0)" }, isText: false),
        "b": .init(two.map { "\($0)" }, isText: false),
      ])
    let made = try ScorerDocument(.array([.string("frechet:a,b")])).measures[0]
    return try #require(made as? any SetScorer).score(one.indices.map { [columns.item($0)] })
  }

  @Test func `the Fréchet distance is that of numpy's covariances and scipy's root`() throws {
    let a = [[1.0, 2], [3, 1], [0, 4], [2, 2]]
    let b = [[2.0, 1], [1, 1], [4, 0], [0, 3]]
    let score = try frechet(a, b)
    #expect(try abs(#require(score.value) - 1.2414671300663374) < 1e-9)
    #expect(score.lower == nil && score.note?.hasPrefix("no interval") == true)
    #expect(try abs(#require(frechet(a, a).value)) < 1e-9)
    // Of one dimension it is (μ₁ − μ₂)² + (σ₁ − σ₂)².
    let line = try frechet([[0], [2], [4]], [[1], [2], [3]])
    #expect(try near(#require(line.value), 1))
  }

  @Test func `the Fréchet distance is the same the other way round, and in any order`() throws {
    var random = SeededGenerator(seed: 9)
    for (count, width) in [(3, 8), (8, 3), (5, 5), (20, 4)] {
      func sample(_ scale: Double) -> [[Double]] {
        (0..<count).map { _ in
          (0..<width).map { _ in scale * Double.random(in: -1...1, using: &random) }
        }
      }
      let (one, two) = (sample(1), sample(2))
      let value = try #require(frechet(one, two).value)
      #expect(try abs(#require(frechet(two, one).value) - value) < 1e-9)
      let order = Array(0..<count).shuffled(using: &random)
      let shuffled = try frechet(order.map { one[$0] }, order.map { two[$0] })
      #expect(try abs(#require(shuffled.value) - value) < 1e-9)
    }
  }

  @Test func `too few vectors, and those of other lengths, give no distance`() throws {
    #expect(try frechet([[1]], [[2]]).value == nil)
    let mixed = try frechet([[1, 2], [3, 4], [5]], [[1, 2], [3, 4], [5, 6]])
    #expect(mixed.errors == 1 && mixed.scored == 2 && mixed.value != nil)
  }
}
