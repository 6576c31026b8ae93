import Foundation
import TestSupport
import Testing

/// Attachments by the command line.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct AttachmentTests {
  private let place: Workplace
  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  init() throws {
    place = try Workplace()
    try place.shell("mkdir -p images/more")
    try place.write(Self.png, as: "images/a.png")
    try place.write(Self.png, as: "images/more/same.png")
    try place.write([UInt8](repeating: 9, count: 100_000), as: "images/größe 1.bin")
    try place.write(
      """
      {"id":1,"image":"images/a.png"}
      {"id":2,"image":"images/more/same.png","note":"the same bytes"}
      {"id":3,"image":"images/größe 1.bin"}
      {"id":4}

      """, as: "rows.jsonl")
  }

  @Test func `images are put once, and come back beside the table`() throws {
    let pushed = try place.run("push", "pictures", "rows.jsonl", "--key", "id", "--files", "image")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(pushed.output.hasPrefix("pictures@1  sha256:"))
    let sizes = try Workplace.object(try place.run("stats", "--json").output)
    #expect(sizes["attachments"] == 2 && sizes["attachmentBytes"] == 100_011)
    #expect(sizes["datasets"]?[0]?["attachments"] == 2)
    let shown = try Workplace.object(try place.run("show", "pictures", "--json").output)
    #expect(shown["columns"]?[1]?["type"] == "file")
    try place.shell("mkdir out")
    let pulled = try place.run(
      "pull", "pictures", "-o", "out/rows.csv", "--files", "out/files", "--json")
    #expect(pulled.status == 0, "\(pulled.error)")
    #expect(try Workplace.object(pulled.output)["rowsWritten"] == 4)
    #expect(
      try place.text("out/rows.csv") == """
        id,image,note
        1,files/a.png,
        2,files/same.png,the same bytes
        3,files/größe 1.bin,
        4,,

        """)
    let same = try place.shell(
      "cmp images/a.png out/files/a.png && cmp images/a.png out/files/same.png"
        + " && cmp 'images/größe 1.bin' 'out/files/größe 1.bin' && ls -A out/files | wc -l")
    #expect(same.status == 0 && same.output == "3\n", "\(same.output)\(same.error)")
    let again = try place.run("push", "pictures", "out/rows.csv", "--files", "image")
    #expect(again.output == "unchanged: pictures@1\n", "\(again.error)")
    #expect(try place.run("verify").status == 0)
  }

  @Test func `a pulled table is pushed to another dataset with its files, or told not to be`()
    throws
  {
    #expect(
      try place.run("push", "pictures", "rows.jsonl", "--key", "id", "--files", "image").status == 0
    )
    #expect(try place.run("pull", "pictures", "-o", "pulled.jsonl").status == 0)
    let plain = try place.run("push", "plain", "pulled.jsonl", "--key", "id")
    #expect(plain.status == 0 && plain.error.contains("'--types image=file' keeps the files"))
    let typed = try place.run(
      "push", "typed", "pulled.jsonl", "--key", "id", "--types", "image=file")
    #expect(typed.status == 0 && typed.error.isEmpty, "\(typed.error)")
    let shown = try Workplace.object(try place.run("show", "typed", "--json").output)
    #expect(shown["columns"]?[1]?["type"] == "file")
    let again = try place.run("push", "plain", "pulled.jsonl", "--types", "image=json")
    #expect(again.error.isEmpty, "\(again.error)")
  }

  @Test func `lists and structures beside files are as without them`() throws {
    let image = "\"image\":\"images/a.png\""
    try place.write(
      """
      {"id":1,\(image),"turns":[{"role":"user","text":"x"}],"scores":[1,2]}
      {"id":2,\(image),"turns":[{"role":"user"}],"scores":[3.5]}

      """, as: "spelled.jsonl")
    try place.write(
      """
      {"id":1,\(image),"turns":[{"role":"user","text":"x"}],"scores":[1.0,2.0]}
      {"id":2,\(image),"turns":[{"role":"user","text":null}],"scores":[3.5]}

      """, as: "whole.jsonl")
    try place.run("push", "runs", "spelled.jsonl", "--key", "id", "--files", "image")
    try place.run("push", "plain", "whole.jsonl", "--key", "id")
    for format in ["parquet", "arrow"] {
      // As other tools write it, which know nothing of what is left out.
      try place.run("pull", "plain", "-o", "rows.\(format)")
      let pushed = try place.run("push", "runs", "rows.\(format)", "--files", "image")
      #expect(pushed.output == "unchanged: runs@1\n", "\(format): \(pushed.error)")
      try place.run("pull", "runs", "-o", "out.\(format)", "--files", "files")
      // Lists, and no texts that are marked as JSON.
      #expect(try place.shell("grep -a -q arrow.json out.\(format)").status == 1, "\(format)")
      let again = try place.run("push", "runs", "out.\(format)", "--files", "image")
      #expect(again.output == "unchanged: runs@1\n", "\(format): \(again.error)")
    }
  }

  @Test func `a column that widens beside files is told once, by its line`() throws {
    try place.write("id,image,n\n1,images/a.png,5\n", as: "a.csv")
    try place.write("id,image,n\n1,images/a.png,5\n2,images/a.png,many\n", as: "b.csv")
    try place.run("push", "d", "a.csv", "--key", "id", "--files", "image")
    let widened = try place.run("push", "d", "b.csv", "--files", "image")
    #expect(
      widened.error == "assay: column 'n' was int64 and is string now: line 3 has 'many'\n")
  }

  @Test func `standard output and another folder take paths too`() throws {
    try place.run("push", "pictures", "rows.jsonl", "--files", "image")
    let pulled = try place.run(
      "pull", "pictures", "--files", "elsewhere/deep", "--columns", "image", "--limit", "1")
    #expect(pulled.output == "{\"image\":\"elsewhere/deep/a.png\"}\n", "\(pulled.error)")
    let piped = try place.run(
      "push", "again", "-", "--format", "jsonl", "--files", "image", input: pulled.output)
    #expect(piped.status == 0, "\(piped.error)")
    try place.shell("mkdir tables && cp rows.jsonl tables")
    #expect(try place.run("push", "x", "tables/rows.jsonl", "--files", "image").status == 65)
    let rooted = try place.run(
      "push", "x", "tables/rows.jsonl", "--files", "image", "--files-root", ".")
    #expect(rooted.status == 0, "\(rooted.error)")
  }

  @Test(arguments: [
    (
      "{\"id\":1,\"image\":\"images/a.png\"}\n{\"id\":2,\"image\":\"images/none.png\"}\n", 65,
      "rows.jsonl:2: "
    ),
    ("{\"id\":1,\"image\":\"images\"}\n", 65, "rows.jsonl:1: "),
    ("{\"id\":1,\"image\":\"../images/a.png\"}\n", 65, "rows.jsonl:1: "),
    ("{\"id\":1}\n", 64, "rows.jsonl: "),
    ("{\"id\":1,\"image\":\"images/a.png\"}\n\n{\"id\":1}\n", 65, "rows.jsonl:3: "),
  ])
  func `a table that cannot be saved leaves nothing`(rows: String, status: Int32, start: String)
    throws
  {
    try place.write(rows, as: "rows.jsonl")
    let refused = try place.run(
      "push", "pictures", "rows.jsonl", "--key", "id", "--files", "image")
    #expect(refused.status == status, "\(refused.error)")
    #expect(refused.error.hasPrefix("assay: " + start), "\(refused.error)")
    #expect(try place.run("ls", "--json").output.isEmpty)
  }

  @Test func `options that say nothing are errors of usage`() throws {
    try place.run("push", "pictures", "rows.jsonl", "--files", "image")
    for line in [
      "push x rows.jsonl --files-root .", "push x rows.jsonl --files image,image",
      "push x rows.jsonl --files ''", "pull pictures --columns id --files out",
    ] {
      #expect(try place.shell("assay " + line).status == 64, "\(line)")
    }
    #expect(try place.run("pull", "none", "--files", "out").status == 66)
    #expect(try place.shell("test -e out").status != 0)
  }
}
