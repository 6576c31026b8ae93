import Foundation
import TestSupport
import Testing

/// A store that may be read but not written, as somebody who is not root finds it.
@Suite(.tags(.slow), .unlessFast) struct ReadOnlyTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write("{\"id\":1}\n", as: "one.jsonl")
    try place.write("{\"id\":2}\n", as: "two.jsonl")
    try #require(try place.run("push", "runs", "one.jsonl", "--key", "id").status == 0)
    // Under a name of the folder's own, since nobody may look into the folder of the build.
    try FileManager.default.copyItem(
      atPath: Workplace.binary, toPath: place.folder.appending(path: "assay-copy").path)
  }

  /// Runs `assay` without root's right to write anything anywhere.
  private func run(_ arguments: String) throws -> Workplace.Outcome {
    let command = "./assay-copy \(arguments)"
    let isRoot = getuid() == 0
    return try place.shell(
      isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups \(command)" : command)
  }

  @Test func `a folder that may not be written to refuses a push and stays as it is`() throws {
    let before = try place.shell("find .assay -type f | sort | xargs sha256sum").output
    try place.shell("chmod -R a+rX,a-w .assay")
    let pushed = try run("push runs two.jsonl")
    #expect(pushed.status == 77, "\(pushed.error)")
    #expect(pushed.error.contains("Permission denied"), "\(pushed.error)")
    #expect(pushed.output.isEmpty)
    #expect(try place.shell("find .assay -type f | sort | xargs sha256sum").output == before)
    try place.shell("chmod -R u+w .assay")
    #expect(try place.run("verify").status == 0)
    #expect(try place.run("push", "runs", "two.jsonl").status == 0)
  }

  @Test func `a folder that may only be read is read`() throws {
    try place.shell("chmod -R a+rX,a-w .assay")
    let pulled = try run("pull runs")
    #expect(pulled.status == 0, "\(pulled.error)")
    #expect(pulled.output == "{\"id\":1}\n")
    try place.shell("chmod -R u+w .assay")
  }
}
