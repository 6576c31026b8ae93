import Analysis
import Model
import Testing

@Suite struct SampleDrawTests {
  private func rows(_ texts: [String], strata: (Int) -> String = { _ in "" }) -> [SampleDraw.Row] {
    texts.enumerated().map { place, text in
      .init(stratum: DataText(strata(place)), text: text, bytes: Array("\(place) \(text)".utf8))
    }
  }

  private func distinct(_ count: Int) -> [String] {
    (0..<count).map { "text \($0) of \($0 * 7) words \($0 * 31) that differ \($0 * 131)" }
  }

  @Test func `the same rows and seed give the same sample, in whatever order the rows come`() {
    let rows = rows(distinct(200))
    let one = SampleDraw(rows, count: 20, seed: 7).places
    #expect(one.count == 20)
    #expect(SampleDraw(rows, count: 20, seed: 7).places == one)
    #expect(SampleDraw(rows, count: 20, seed: 8).places != one)
    let reversed = SampleDraw(rows.reversed(), count: 20, seed: 7).places.map { 199 - $0 }
    #expect(reversed.sorted() == one)
    // A larger sample has the smaller one.
    #expect(Set(one).isSubset(of: SampleDraw(rows, count: 40, seed: 7).places))
    #expect(SampleDraw(rows, count: 500, seed: 7).places == Array(0..<200))
    #expect(SampleDraw([], count: 5, seed: 7).places.isEmpty)
  }

  @Test func `strata get places in proportion to their rows, and each at least one`() {
    let rows = rows(distinct(100)) { $0 < 80 ? "a" : $0 < 99 ? "b" : "c" }
    let draw = SampleDraw(rows, count: 10, seed: 1)
    #expect(draw.strata.map(\.drawn) == [8, 1, 1])
    #expect(draw.strata.map(\.rows) == [80, 19, 1])
    #expect(draw.strata.map(\.label.string) == ["a", "b", "c"])
    let few = SampleDraw(rows, count: 2, seed: 1)
    #expect(few.places.count == 2)
    #expect(few.strata.map(\.drawn).reduce(0, +) == 2)
  }

  @Test func `a row that is nearly like one that was drawn is left out`() {
    let text = "please help me because my invoice of the third of may is wrong and nobody answers"
    let near = [text, text.uppercased(), text + "!", text.replacing("nobody", with: "no one")]
    let draw = SampleDraw(rows(near + distinct(6)), count: 10, seed: 3)
    #expect(draw.places.count { $0 < 4 } == 1 || draw.places.count { $0 < 4 } == 2)
    #expect(draw.nearDuplicates >= 2)
    #expect(draw.places.count { $0 >= 4 } == 6)
    // Rows without texts are all different.
    let numbers = (0..<5).map {
      SampleDraw.Row(stratum: DataText(""), text: "", bytes: [UInt8($0)])
    }
    #expect(SampleDraw(numbers, count: 5, seed: 1).nearDuplicates == 0)
  }
}
