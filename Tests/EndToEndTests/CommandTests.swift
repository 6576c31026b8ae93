import Foundation
import TestSupport
import Testing

/// The commands one by one: what they print for people and for machines.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct CommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(
      """
      {"id":1,"model":"a","score":0.5}
      {"id":2,"model":"b","score":0.25}

      """, as: "first.jsonl")
    try place.write(
      """
      {"id":1,"model":"a","score":0.75,"note":"again"}
      {"id":3,"model":"c","score":1.0}

      """, as: "second.jsonl")
  }

  private func pushBoth() throws {
    try place.run("push", "runs", "first.jsonl", "--key", "id", "--created-at", "2026-01-01")
    try place.run(
      "push", "runs", "second.jsonl", "--message", "more", "--created-at", "2026-01-02")
  }

  @Test(.folderOnly) func `init makes a store once`() throws {
    let place = try Workplace(hasStore: false)
    let made = try place.run("init", "elsewhere")
    #expect(made.status == 0 && made.output == "made the store elsewhere\n")
    #expect(try place.run("init", "elsewhere").status == 75)
    #expect(try place.run("ls", "--store", "elsewhere").status == 0)
    #expect(try place.run("ls", environment: ["ASSAY_STORE": "elsewhere"]).status == 0)
    let lost = try place.run("ls")
    #expect(lost.status == 66 && lost.error.contains("assay init"))
  }

  @Test func `a store is found from a folder below it`() throws {
    try pushBoth()
    let listed = try place.shell("mkdir -p a/b && cd a/b && assay ls --json")
    #expect(try Workplace.object(listed.output)["name"] == "runs")
  }

  @Test func `push tells version, digest, rows and changes`() throws {
    let first = try place.run("push", "runs", "first.jsonl", "--key", "id")
    #expect(first.output.wholeMatch(of: #/runs@1  sha256:[0-9a-f]{12}  2 rows\n/#) != nil)
    let second = try place.run("push", "runs", "second.jsonl")
    #expect(
      second.output.wholeMatch(of: #/runs@2  sha256:[0-9a-f]{12}  2 rows  \+1 −1 ~1\n/#) != nil)
    #expect(try place.run("push", "runs", "second.jsonl").output == "unchanged: runs@2\n")
    #expect(try place.run("push", "runs", "first.jsonl", "--quiet").output.isEmpty)
  }

  @Test func `push keeps what it is told about a version`() throws {
    try pushBoth()
    let pushed = try place.run(
      "push", "scores", "first.jsonl", "--kind", "metrics", "--message", "why", "--author", "bob",
      "--from", "runs@1", "runs@2", "--attr", "judge=x", "run=7=8", "--created-at",
      "2026-03-04T05:06:07Z", "--json")
    let version = try Workplace.object(pushed.output)
    #expect(version["reference"] == "scores@1" && version["isNew"] == true)
    #expect(version["kind"] == "metrics" && version["author"] == "bob")
    #expect(version["message"] == "why" && version["createdAt"] == "2026-03-04T05:06:07Z")
    #expect(version["attributes"] == .object(["judge": "x", "run": "7=8"]))
    #expect(version["lineage"]?[0]?["reference"] == "runs@1")
    #expect(version["lineage"]?[1]?["reference"] == "runs@2")
  }

  @Test func `push reads standard input, and types that are named`() throws {
    #expect(try place.run("push", "x", "-", input: "a\n7\n").status == 64)
    let pushed = try place.run(
      "push", "x", "-", "--format", "csv", "--types", "a=string", input: "a\n007\n")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(try place.run("pull", "x").output == "{\"a\":\"007\"}\n")
  }

  @Test func `append and merge start from the latest rows`() throws {
    try pushBoth()
    try place.write("{\"id\":3,\"score\":0.5}\n{\"id\":4}\n", as: "third.jsonl")
    try place.run("push", "runs", "third.jsonl", "--mode", "merge")
    let merged = try Workplace.rows(try place.run("pull", "runs").output)
    #expect(merged.map { $0["id"] } == [1, 3, 4])
    #expect(merged[1]["model"] == "c" && merged[1]["score"] == 0.5)
    try place.run("push", "runs", "third.jsonl", "--mode", "merge", "--delete-missing")
    let kept = try Workplace.rows(try place.run("pull", "runs").output)
    #expect(kept.map { $0["id"] } == [3, 4])
    try place.write("{\"id\":5}\n", as: "fourth.jsonl")
    try place.run("push", "runs", "fourth.jsonl", "--mode", "append")
    let appended = try Workplace.rows(try place.run("pull", "runs").output)
    #expect(appended.map { $0["id"] } == [3, 4, 5])
  }

  @Test func `a repeated push with an idempotency key answers with the first version`() throws {
    let arguments = ["push", "runs", "first.jsonl", "--idempotency-key", "k", "--json"]
    let line = "assay " + arguments.joined(separator: " ")
    #expect(try Workplace.object(try place.shell(line).output)["isNew"] == true)
    try place.run("push", "runs", "second.jsonl")
    let again = try Workplace.object(try place.shell(line).output)
    #expect(again["isNew"] == false && again["number"] == 1)
  }

  @Test(arguments: [
    "push runs second.jsonl", "push runs second.jsonl --json", "tag runs t",
    "tag --delete runs old",
  ])
  func `a change that cannot be told of was made, so the command has not failed`(
    command: String
  ) throws {
    try pushBoth()
    try place.run("push", "runs", "first.jsonl")
    try place.run("tag", "runs", "old")
    let before = try place.run("log", "runs").lines.count
    let outcome = try place.shell("assay \(command) > /dev/full")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error.contains("warning"))
    #expect(try place.run("log", "runs").lines.count == before + 1)
  }

  @Test func `a key that was used for other rows is refused, whoever asks and when`() throws {
    try place.write("{\"id\":1}\n", as: "one.jsonl")
    try place.write("{\"id\":2}\n", as: "two.jsonl")
    try place.run("push", "d", "one.jsonl", "--idempotency-key", "k")
    let other = try place.run("push", "d", "two.jsonl", "--idempotency-key", "k")
    #expect(other.status == 75 && other.error.contains("'k'"))
    let again = try place.run("push", "d", "one.jsonl", "--idempotency-key", "k")
    #expect(again.status == 0 && again.output == "unchanged: d@1\n")
    let piped = try place.shell("assay push d - --format jsonl --idempotency-key k < two.jsonl")
    #expect(piped.status == 75)
    // A pipe is read once, so that its content is compared with what was saved.
    #expect(
      try place.shell("cat one.jsonl | assay push e - --format jsonl --idempotency-key k").status
        == 0)
    #expect(
      try place.shell("cat two.jsonl | assay push e - --format jsonl --idempotency-key k").status
        == 75)
    #expect(
      try place.shell("cat one.jsonl | assay push e - --format jsonl --idempotency-key k").status
        == 0)
  }

  @Test func `pull writes files whole, compressed by extension, nulls on request`() throws {
    try pushBoth()
    let pulled = try place.run("pull", "runs", "-o", "out.jsonl.gz", "--nulls", "--json")
    #expect(try Workplace.object(pulled.output)["rowsWritten"] == 2)
    let text = try place.shell("zcat out.jsonl.gz").output
    #expect(
      text == """
        {"id":1,"model":"a","score":0.75,"note":"again"}
        {"id":3,"model":"c","score":1.0,"note":null}

        """)
    let csv = try place.run("pull", "runs", "--format", "csv", "--columns", "note,id")
    #expect(csv.output.replacing("\r", with: "") == "note,id\nagain,1\n,3\n")
  }

  @Test func `ls, log and show describe what is there`() throws {
    try pushBoth()
    try place.run("tag", "runs@1", "baseline", "--message", "fixed")
    let listed = try Workplace.object(try place.run("ls", "--json").output)
    #expect(listed["versions"] == 2 && listed["tags"]?["baseline"] == 1)
    let log = try Workplace.rows(try place.run("log", "runs", "--stat", "--json").output)
    #expect(log.map { $0["change"] } == ["tag", "version", "version"])
    #expect(log[1]["changes"] == .object(["added": 1, "changed": 1, "removed": 1]))
    #expect(try place.run("log", "runs", "--limit", "1").lines.count == 3)
    let shown = try Workplace.object(
      try place.run("show", "runs@baseline", "--rows", "1", "--json").output)
    #expect(shown["number"] == 1 && shown["key"] == .list(["id"]))
    #expect(shown["columns"]?[2] == .object(["name": "score", "type": "float64"]))
    #expect(shown["firstRows"] == .list([.object(["id": 1, "model": "a", "score": 0.5])]))
    #expect(try place.run("show", "runs", "--rows", "2").output.contains("again"))
  }

  @Test func `show prints the values of every type`() throws {
    let row =
      #"{"b":true,"e":[1,2],"f":1.5,"i":7,"j":{"a":[1,null]},"s":"x","t":"2026-10-01","w":[3,"nan"]}"#
    try place.write(row + "\n{\"i\":8}\n", as: "types.jsonl")
    let types = "e=vector(2,f32),w=vector(2,f64),t=timestamp"
    let pushed = try place.run("push", "typed", "types.jsonl", "--types", types)
    #expect(pushed.status == 0, "\(pushed.error)")
    let shown = try place.run("show", "typed", "--rows", "2")
    #expect(shown.status == 0)
    let cells = try #require(shown.output.split(separator: "\n").dropLast().last)
    for cell in [
      "true", "[1.0,2.0]", "1.5", "7", #"{"a":[1,null]}"#, "x", "2026-10-01T00:00:00Z",
      #"[3.0,"nan"]"#,
    ] {
      #expect(cells.contains(cell), "\(cell) in \(cells)")
    }
  }

  @Test func `an attribute has one value`() throws {
    for names in [["a", "a"], ["\u{E9}", "e\u{301}"]] {
      let twice = try place.run(
        "push", "runs", "first.jsonl", "--attr", "\(names[0])=1", "--attr", "\(names[1])=2")
      #expect(twice.status == 64 && twice.error.contains("given twice"), "\(twice.error)")
    }
  }

  @Test func `diff has a form for people, machines and reports`() throws {
    try pushBoth()
    let text = try place.run("diff", "runs@1", "runs@2", "--exit-code")
    #expect(text.status == 1)
    #expect(
      text.output == """
        runs@1 → runs@2  +1 −1 ~1
        column + note  string
        - 2  model: "b"  score: 0.25
        + 3  model: "c"  score: 1.0
        ~ 1  score: 0.5 → 0.75
        ~ 1  note: null → "again"

        """)
    #expect(try place.run("diff", "runs", "runs", "--exit-code").status == 0)
    let object = try Workplace.object(try place.run("diff", "runs", "--json").output)
    #expect(object["added"] == 1 && object["rows"]?[2]?["cells"]?["score"]?["new"] == 0.75)
    let columns = try place.run("diff", "runs", "--columns", "--format", "csv").output
    #expect(columns == "column,changed_cells\nscore,1\nnote,1\n")
    let markdown = try place.run("diff", "runs", "--format", "markdown")
    #expect(markdown.lines.contains { $0.hasPrefix(#"| \~"#) && $0.contains("0.75") })
    #expect(try place.run("diff", "runs", "--stat").lines.count == 2)
  }

  @Test func `diff tells another order and another key`() throws {
    try place.write("{\"id\":1,\"a\":2}\n{\"id\":2,\"a\":1}\n", as: "a.jsonl")
    try place.write("{\"id\":2,\"a\":1}\n{\"id\":1,\"a\":2}\n", as: "rows.jsonl")
    try place.write("{\"a\":1,\"id\":2}\n{\"a\":2,\"id\":1}\n", as: "columns.jsonl")
    try place.run("push", "x", "a.jsonl", "--key", "id")
    try place.run("push", "x", "rows.jsonl")
    try place.run("push", "x", "columns.jsonl")
    try place.run("push", "x", "columns.jsonl", "--key", "id,a")
    let texts = try (2...4).map { try place.run("diff", "x@\($0)", "--exit-code") }
    #expect(texts.map(\.status) == [1, 1, 1])
    #expect(texts[0].output == "x@1 → x@2  +0 −0 ~0\nrows ~ in another order\n")
    #expect(
      texts[1].output
        == "x@2 → x@3  +0 −0 ~0\ncolumns ~ in another order: id, a → a, id\n")
    #expect(texts[2].output == "x@3 → x@4  +0 −0 ~0\nkey ~ id → id, a\n")
    let objects = try (2...4).map {
      try Workplace.object(try place.run("diff", "x@\($0)", "--json").output)
    }
    #expect(objects[0]["reordered"] == .list(["rows"]) && objects[0]["keyChange"] == nil)
    #expect(objects[1]["reordered"] == .list(["columns"]))
    #expect(objects[2]["reordered"] == .list([]))
    #expect(objects[2]["keyChange"]?["new"] == .list(["id", "a"]))
    let csv = try (2...4).map { try place.run("diff", "x@\($0)", "--format", "csv").lines[1] }
    #expect(csv[0].hasPrefix("~ row order,"))
    #expect(csv[1].hasPrefix("~ column order,") && csv[1].contains("\"id,a\",\"a,id\""))
    #expect(csv[2].hasPrefix("~ key,") && csv[2].contains("id,\"id,a\""))
    #expect(try place.run("diff", "x@4", "x@4", "--exit-code").status == 0)
    let markdown = try place.run("diff", "x@2", "--format", "markdown")
    #expect(markdown.output.contains("~ row order"))
  }

  @Test(arguments: ["gz", "zst"])
  func `compressed files are recognised whatever they are called`(ending: String) throws {
    try pushBoth()
    for format in ["parquet", "arrow"] {
      try place.run("pull", "runs@1", "-o", "out.\(format).\(ending)")
      let piped = try place.shell(
        "cat out.\(format).\(ending) | assay push \(format) - --format \(format)")
      #expect(piped.status == 0, "\(piped.error)")
      let named = try place.shell(
        "mv out.\(format).\(ending) x.\(format) && assay push \(format) x.\(format)")
      #expect(named.output == "unchanged: \(format)@1\n", "\(named.error)")
    }
    try place.run("pull", "runs@1", "-o", "out.jsonl.\(ending)")
    try place.run("pull", "runs@1", "-o", "out.csv.\(ending)")
    let piped = try place.shell("cat out.jsonl.\(ending) | assay push y - --format jsonl")
    #expect(piped.status == 0, "\(piped.error)")
    #expect(try place.run("pull", "y").output == place.text("first.jsonl"))
    let named = try place.shell("mv out.csv.\(ending) plain.csv && assay push z plain.csv")
    #expect(named.status == 0, "\(named.error)")
    #expect(try place.run("pull", "z").output == place.text("first.jsonl"))
  }

  @Test func `tags move, and every move is kept`() throws {
    try pushBoth()
    #expect(try place.run("tag", "runs@1", "prod").output == "tag prod → runs@1\n")
    try place.run("tag", "runs", "prod")
    #expect(try Workplace.object(try place.run("tag", "runs", "--json").output)["number"] == 2)
    #expect(try place.run("tag", "--delete", "runs", "prod").status == 0)
    #expect(try place.run("show", "runs@prod").status == 66)
    #expect(try Workplace.rows(try place.run("log", "runs", "--json").output).count == 5)
  }

  @Test func `query reads SQL from standard input and prints every format`() throws {
    try pushBoth()
    let sql = "SELECT id, score FROM \"runs\" ORDER BY id"
    #expect(
      try place.run("query", "-", input: sql).output
        == "{\"id\":1,\"score\":0.75}\n{\"id\":3,\"score\":1.0}\n")
    #expect(
      try place.run("query", sql, "--format", "csv").output == "id,score\n1,0.75\n3,1.0\n")
    #expect(try place.run("query", sql, "--format", "table").lines.count == 4)
    #expect(try place.run("query", sql, "--limit", "1").lines.count == 1)
    let own = try place.run("query", "SELECT dataset, number FROM assay_versions ORDER BY number")
    #expect(try Workplace.rows(own.output).count == 2)
    let slow = try place.run(
      "query", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n",
      "--timeout", "0.2")
    #expect(slow.status == 74)
  }

  @Test func `verify finds one changed byte, and a head that is another`() throws {
    try pushBoth()
    let head = try #require(
      try Workplace.rows(try place.run("log", "runs", "--json").output).first?["record"]?.string)
    #expect(try place.run("verify", "--expect-head", "runs=\(head)").status == 0)
    let other = "sha256:" + String(repeating: "0", count: 64)
    #expect(try place.run("verify", "--expect-head", "runs=\(other)").status == 1)

    let file = place.folder.appending(path: ".assay/log/runs/00000000000000000001.pack")
    var bytes = [UInt8](try Data(contentsOf: file))
    bytes[bytes.count / 2] ^= 1
    try place.shell("chmod u+w '\(file.path)'")
    try Data(bytes).write(to: file)
    let found = try place.run("verify", "--json")
    #expect(found.status == 1)
    let report = try Workplace.object(found.output)
    #expect(report["isSound"] == false)
    #expect(report["damage"]?[0]?["file"] == "log/runs/00000000000000000001.pack")
  }

  @Test(.folderOnly) func `the index can be thrown away and made anew`() throws {
    try pushBoth()
    let before = try place.run("pull", "runs@1").output
    try place.shell("rm .assay/index.sqlite*")
    #expect(try place.run("pull", "runs@1").output == before)
    #expect(try place.run("reindex").output == "indexed 2 records of 1 datasets\n")
    #expect(try place.run("verify").status == 0)
  }

  @Test(.folderOnly) func `a record that only the index knows is given up on request alone`() throws
  {
    try pushBoth()
    try place.shell("rm .assay/log/runs/00000000000000000002.pack")
    let found = try place.run("verify")
    #expect(found.status == 1 && !found.output.contains("reindex"))
    #expect(found.output.contains("00000000000000000002.pack: is missing"))
    #expect(found.output.contains("  touches runs@2\n"))
    #expect(try place.run("reindex").status == 74)
    #expect(try place.run("reindex", "--accept-loss").output == "indexed 1 records of 1 datasets\n")
    #expect(try place.run("verify").status == 0)
  }

  @Test(.folderOnly) func `a damaged format file is reported by verify`() throws {
    try pushBoth()
    try place.shell("chmod u+w .assay/assay.json; echo x >> .assay/assay.json")
    #expect(try place.run("ls").status == 74)
    let found = try place.run("verify")
    #expect(found.status == 1 && found.output.hasPrefix("assay.json: "))
  }

  @Test func `gc leaves what is referred to and removes what is not`() throws {
    try pushBoth()
    try place.shell("mkdir -p .assay/tmp && echo x > .assay/tmp/left-behind")
    let young = try Workplace.object(try place.run("gc", "--apply", "--json").output)
    #expect(young["files"] == .list([]) && young["isApplied"] == true)
    let found = try Workplace.object(
      try place.run("gc", "--grace", "0s", "--force", "--json").output)
    #expect(found["files"]?[0]?["name"] == "tmp/left-behind")
    #expect(try place.run("gc", "--apply", "--grace", "0s", "--force").status == 0)
    #expect(
      try Workplace.object(
        try place.run("gc", "--grace", "0s", "--force", "--json").output)["files"]
        == .list([]))
    #expect(try place.run("verify").status == 0)
  }

  @Test func `stats tell the bytes of datasets and versions`() throws {
    try pushBoth()
    let sizes = try Workplace.object(try place.run("stats", "--json").output)
    #expect(sizes["datasets"]?[0]?["name"] == "runs")
    #expect(sizes["datasets"]?[0]?["versions"]?[1]?["rows"] == 2)
    #expect(try place.run("stats", "runs").lines.count == 4)
  }

  @Test func `a reader that goes away ends a command without a word`() throws {
    let rows = (1...50_000).map { "{\"id\":\($0),\"text\":\"some words\"}" }
    try place.write(rows.joined(separator: "\n") + "\n", as: "many.jsonl")
    try place.run("push", "many", "many.jsonl", "--key", "id")
    for command in ["pull many", "query 'SELECT * FROM many'", "pull many --format csv"] {
      let piped = try place.shell("assay \(command) | head -n 1")
      #expect(piped.error.isEmpty && piped.lines.count == 1)
    }
  }
}
