import Foundation
import TestSupport
import Testing

/// Tables through the columnar formats, as files and as pipes.
@Suite(.tags(.slow), .unlessFast) struct `Columnar formats` {
  private let place: Workplace
  private let rows = """
    {"id":1,"model":"a","score":0.75,"tags":["x",null],"ok":true}
    {"id":2,"score":2,"tags":{"k":1},"ok":false}
    {"id":9007199254740993,"model":"é\\n","score":1.0}

    """

  init() throws {
    place = try Workplace()
    try place.write(rows, as: "rows.jsonl")
    try #require(try place.run("push", "runs", "rows.jsonl", "--key", "id").status == 0)
  }

  @Test(arguments: ["out.parquet", "out.arrow", "out.feather", "out.parquet.gz", "out.arrow.zst"])
  func `what is pulled is the same version when it is pushed`(file: String) throws {
    #expect(try place.run("pull", "runs", "-o", file).status == 0)
    let again = try place.run("push", "runs", file, "--key", "id", "--json")
    #expect(again.status == 0, "\(again.error)")
    #expect(try Workplace.object(again.output)["number"] == 1)
    let pushed = try place.run("push", "copy", file, "--key", "id")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(try place.run("pull", "copy").output == rows)
  }

  @Test func `JSON says that it has no NaN, and what has`() throws {
    try place.write("id,x\n1,nan\n2,-inf\n3,0.5\n", as: "nan.csv")
    #expect(try place.run("push", "nan", "nan.csv", "--key", "id").status == 0)
    let note =
      "column 'x' has 2 NaN or infinite values, null in JSON: csv, parquet and arrow keep them"
    for format in ["jsonl", "json"] {
      let pulled = try place.run("pull", "nan", "--format", format)
      #expect(pulled.status == 0 && pulled.error.contains(note), "\(pulled.error)")
    }
    for format in ["csv", "parquet", "arrow"] {
      #expect(try place.run("pull", "nan", "-o", "nan.\(format)").error == "")
      let again = try place.run("push", "nan", "nan.\(format)", "--json")
      #expect(try Workplace.object(again.output)["number"] == 1, "\(again.output)")
    }
  }

  @Test(arguments: ["parquet", "arrow"])
  func `formats go through pipes`(format: String) throws {
    let piped = try place.shell(
      "'\(Workplace.binary)' pull runs --format \(format) --columns id,score --limit 2 | "
        + "'\(Workplace.binary)' push piped - --format \(format) --key id")
    #expect(piped.status == 0, "\(piped.error)")
    #expect(
      try place.run("pull", "piped").output
        == "{\"id\":1,\"score\":0.75}\n{\"id\":2,\"score\":2}\n")
  }

  @Test(arguments: ["none.parquet", "none.arrow"])
  func `no rows make a file that has the columns`(file: String) throws {
    #expect(try place.run("pull", "runs", "-o", file, "--where", "id < 0").status == 0)
    let pushed = try place.run("push", "none", file, "--key", "id")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(try place.run("pull", "none", "--format", "csv").output == "id,model,score,tags,ok\n")
  }
}
