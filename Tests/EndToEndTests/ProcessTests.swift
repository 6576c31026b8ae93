import Foundation
import TestSupport
import Testing

/// What a process is started with, and what others do to the index beside it.
@Suite(.serialized, .tags(.slow), .unlessFast) struct ProcessTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write("{\"a\":1}\n", as: "a.jsonl")
    #expect(try place.run("push", "x", "a.jsonl").status == 0)
  }

  @Test func `without standard input no file of the store is read in its place`() throws {
    let refused = try place.shell("assay push y - --format jsonl <&-")
    #expect(refused.status == 74 && refused.error.contains("<stdin>"), "\(refused.error)")
    #expect(try place.run("ls").output.contains("y") == false)
  }

  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
  func `what is printed goes into no file of the store`(_ closed: String) throws {
    #expect(
      try place.shell("echo '{\"a\":2}' > b.jsonl; assay push x b.jsonl \(closed)").status == 0)
    _ = try place.shell("assay pull absent \(closed); assay log x \(closed)")
    let verified = try place.run("verify")
    #expect(verified.status == 0, "\(verified.output)")
    #expect(try place.run("pull", "x").output == "{\"a\":2}\n")
  }

  @Test(arguments: ["2>/dev/full", "2>&-"])
  func `an error that cannot be told changes no exit status`(_ lost: String) throws {
    #expect(try place.shell("assay pull absent \(lost)").status == 66)
    let pushed = try place.shell(
      "echo '{\"a\":3}' | assay push x - --format jsonl >/dev/full \(lost)")
    #expect(pushed.status == 0)
    #expect(try place.run("pull", "x").output == "{\"a\":3}\n")
  }

  @Test(arguments: [5, 8, 11, 19])
  func `too low a limit of open files is told, and nothing is done`(_ limit: Int) throws {
    let refused = try place.shell(
      "echo '{\"a\":2}' > b.jsonl; ulimit -n \(limit); exec assay push x b.jsonl")
    #expect(refused.status == 74, "\(refused.error)")
    #expect(refused.error.contains("only \(limit) files may be open"), "\(refused.error)")
    #expect(try place.run("pull", "x").output == "{\"a\":1}\n")
    #expect(try place.shell("ulimit -n 20; exec assay push x b.jsonl").status == 0)
  }

  @Test func `a limit of file sizes is told, and nothing is saved`() throws {
    let refused = try place.shell(
      """
      for n in $(seq 20000); do echo "{\\"n\\":$n,\\"s\\":\\"$RANDOM$RANDOM$RANDOM\\"}"; done > big.jsonl
      ulimit -f 8; assay push x big.jsonl
      """)
    #expect(refused.status == 74 && refused.error.hasPrefix("assay: "), "\(refused.error)")
    #expect(try place.run("pull", "x").output == "{\"a\":1}\n")
    #expect(try place.run("verify").status == 0)
  }

  @Test(arguments: [8, 40, 64, 100])
  func `an index that the disk has no room for holds up no read, no verify and no gc`(
    _ blocks: Int
  ) throws {
    for number in 1...40 {
      try place.write("{\"n\":\(number)}\n", as: "n.jsonl")
      #expect(try place.run("push", "d\(number)", "n.jsonl").status == 0)
    }
    for (command, output) in [
      ("pull d7", "{\"n\":7}\n"), ("query 'SELECT n FROM d9'", "{\"n\":9}\n"),
      ("gc", "would remove 0 files, 0 bytes\n"), ("log d3", nil), ("ls", nil), ("verify", nil),
    ] {
      let found = try place.shell(
        "rm -f .assay/index.sqlite*; ulimit -f \(blocks); exec assay \(command)")
      #expect(found.status == 0, "\(command): \(found.error)")
      if let output { #expect(found.output == output) }
    }
  }

  @Test(arguments: [
    "rm I", "rm I-wal", "rm I-shm", "rm I I-wal", "rm I I-shm", "rm I-wal I-shm",
    "rm I I-wal I-shm", "truncate -s 0 I", "truncate -s 0 I-wal", "truncate -s 0 I I-wal",
    "truncate -s 100 I-wal", "truncate -s 5000 I",
  ])
  func `an index that somebody removes or cuts beside a server is made anew by all`(
    _ line: String
  ) throws {
    let server = try ServerProcess(place.folder)
    let ask = "curl -sf \(server.url)/v1/datasets/x/versions/latest/data.jsonl"
    #expect(try place.shell(ask).output == "{\"a\":1}\n")
    #expect(try place.shell(line.replacing("I", with: ".assay/index.sqlite")).status == 0)
    for number in 2...4 {
      try place.write("{\"a\":\(number)}\n", as: "a.jsonl")
      #expect(try place.run("push", "x", "a.jsonl").status == 0)
      for _ in 0..<2 {
        #expect(try place.shell(ask).output == "{\"a\":\(number)}\n")
        #expect(try place.run("pull", "x").output == "{\"a\":\(number)}\n")
      }
      let sent = try place.shell(
        "echo '{\"a\":0}' | curl -sf --data-binary @- -H 'content-type: application/jsonl' "
          + "\(server.url)/v1/datasets/x/versions")
      #expect(sent.status == 0, "\(sent.output)")
    }
    let verified = try place.run("verify")
    #expect(verified.status == 0, "\(verified.output)")
  }
}
