import Foundation
import TestSupport
import Testing

/// Several processes over one store.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct ConcurrencyTests {
  @Test func `eight processes that push at once lose nothing`() throws {
    let place = try Workplace()
    for writer in 1...8 {
      let rows = (1...50).map { #"{"id":\#($0),"writer":\#(writer)}"# }
      try place.write(rows.joined(separator: "\n") + "\n", as: "\(writer).jsonl")
    }
    let waits = try (1...8).map { writer in
      try place.start("push", "shared", "\(writer).jsonl", "--key", "id", "--json")
    }
    let outcomes = try waits.map { wait in try wait() }
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.error)") }

    let listed = try Workplace.rows(try place.run("ls", "shared", "--json").output)
    #expect(listed.map { $0["number"] } == (1...8).reversed().map { .integer($0) })
    let writers = try (1...8).map { number in
      try Workplace.rows(try place.run("pull", "shared@\(number)").output).first?["writer"]?.number
    }
    #expect(Set(writers) == Set((1...8).map(Double.init)))
    #expect(try place.run("verify").status == 0)
  }

  @Test func `eight processes that append at once lose no row`() throws {
    let place = try Workplace()
    for writer in 1...8 { try place.write(#"{"writer":\#(writer)}"# + "\n", as: "\(writer).jsonl") }
    let waits = try (1...8).map { writer in
      try place.start("push", "shared", "\(writer).jsonl", "--mode", "append", "--quiet")
    }
    for wait in waits { #expect(try wait().status == 0) }
    let rows = try Workplace.rows(try place.run("pull", "shared").output)
    #expect(rows.compactMap { $0["writer"]?.number }.sorted() == (1...8).map(Double.init))
  }

  @Test func `what was expected and is no longer so is a conflict`() throws {
    let place = try Workplace()
    try place.write("{\"a\":1}\n", as: "a.jsonl")
    try place.write("{\"a\":2}\n", as: "b.jsonl")
    #expect(try place.run("push", "x", "a.jsonl", "--expect", "0").status == 0)
    let late = try place.run("push", "x", "b.jsonl", "--expect", "0")
    #expect(late.status == 75)
    #expect(late.error.hasPrefix("assay: x is at version 1, not at 0"))
    #expect(late.error.contains("('assay diff x@1 x')"))
    // Of a version that is not there nothing can be shown.
    let early = try place.run("push", "x", "b.jsonl", "--expect", "5")
    #expect(early.status == 75 && early.error.contains("('assay log x')"), "\(early.error)")
    let none = try place.run("push", "y", "b.jsonl", "--expect", "5")
    #expect(none.status == 75 && none.error.contains("expect 0 to make the first"))
    #expect(try place.run("push", "x", "b.jsonl", "--expect", "1").status == 0)
  }
}
