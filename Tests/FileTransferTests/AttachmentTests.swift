import FileTransfer
import Foundation
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// Tables whose cells name files, in and out of a store.
@Suite struct AttachmentTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  init() throws {
    folder = try TemporaryDirectory()
    try Store.create(path: folder.path + "/store")
    service = LocalStoreService(try Store(path: folder.path + "/store"), author: "ann")
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func write(_ bytes: [UInt8], as name: String) throws {
    let parent = URL(filePath: path(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  private func push(
    _ text: String, as name: String = "work/rows.jsonl", columns: [String] = ["image"],
    root: String? = nil, _ edit: (inout PushRequest) -> Void = { _ in }
  ) throws -> PushDocument {
    try write(Array(text.utf8), as: name)
    let format = try #require(FileFormat(path: name))
    let table = TableFile(path: path(name), format: format, compression: nil, name: "rows")
    var request = PushRequest()
    edit(&request)
    return try service.push(
      DatasetName("pictures"), table, request,
      files: FilePaths(columns: columns, table: path(name), root: root)
    ) { _ in }
  }

  private func pull(
    into files: String, table: String, _ format: FileFormat = .jsonl,
    _ edit: (inout DataRequest) -> Void = { _ in }
  ) throws -> String {
    var request = DataRequest(format: format)
    edit(&request)
    var text: [UInt8] = []
    _ = try service.data(
      Reference(parsing: "pictures"), request, files: FileFolder(path(files), table: path(table))
    ) { _ in
    } write: { piece throws(StoreError) in
      text += piece
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func error(_ body: () throws -> Void) throws -> StoreError {
    try #require(#expect(throws: StoreError.self) { try body() })
  }

  /// What the folder of files has, but for what is hidden.
  private func names(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  @Test func `paths become attachments, and attachments files and paths again`() throws {
    try write(Self.png, as: "work/a.png")
    try write(Self.png, as: "work/sub/copy.png")
    try write([7], as: "work/größe 1.bin")
    let rows = """
      {"id":1,"image":"a.png","score":0.5,"n":41,"mixed":[1]}
      {"id":2,"image":"sub/copy.png","score":1,"mixed":"x"}
      {"id":3,"other":"größe 1.bin","n":7}
      {"id":4}

      """
    let pushed = try push(rows, columns: ["image", "other"]) { $0.key = ["id"] }
    #expect(pushed.version.rows == 4)
    let columns = try service.version(Reference(parsing: "pictures")).columns
    #expect(columns.filter { $0.type == .file }.map(\.name) == ["image", "other"])
    #expect(try service.statistics(of: nil) { _ in }.attachments == 2)
    let text = try pull(into: "out/files", table: "out/rows.jsonl")
    #expect(
      text == """
        {"id":1,"image":"files/a.png","score":0.5,"n":41,"mixed":[1]}
        {"id":2,"image":"files/copy.png","score":1,"mixed":"x"}
        {"id":3,"n":7,"other":"files/größe 1.bin"}
        {"id":4}

        """)
    #expect(try names("out/files") == ["a.png", "copy.png", "größe 1.bin"])
    #expect(try bytes("out/files/copy.png") == Self.png)
    let again = try push(text, as: "out/rows.jsonl", columns: ["image", "other"])
    #expect(!again.isNew)
  }

  @Test(arguments: [FileFormat.json, .csv, .parquet, .arrow])
  func `a table of any format names files`(format: FileFormat) throws {
    try write(Self.png, as: "work/a.png")
    _ = try push("{\"id\":1,\"image\":\"a.png\"}\n{\"id\":2}\n")
    var table: [UInt8] = []
    try FileManager.default.createDirectory(
      atPath: path("out"), withIntermediateDirectories: true)
    let folder = FileFolder(path("out"), table: path("out/rows"))
    _ = try service.data(Reference(parsing: "pictures"), DataRequest(format: format), files: folder)
    { _ in
    } write: { piece throws(StoreError) in
      table += piece
    }
    try write(table, as: "out/rows.\(format.rawValue)")
    let file = TableFile(
      path: path("out/rows.\(format.rawValue)"), format: format, compression: nil)
    let again = try service.push(
      DatasetName("pictures"), file, PushRequest(),
      files: FilePaths(columns: ["image"], table: file.path, root: nil)
    ) { _ in }
    #expect(!again.isNew, "\(again.version.snapshot)")
  }

  @Test(arguments: [
    (#"{"image":"none.png"}"#, StoreError.Kind.invalid, "none.png"),
    (#"{"image":""}"#, .invalid, "not a path"),
    (#"{"image":"sub"}"#, .invalid, "not a readable file"),
    (#"{"image":17}"#, .invalid, "not a text"),
    (#"{"image":"a.png\u0000.jpg"}"#, .invalid, "not a path"),
    (#"{"image":"../outside.png"}"#, .invalid, "--files-root"),
    (#"{"image":"/etc/passwd"}"#, .invalid, "--files-root"),
    (#"{"image":"link.png"}"#, .invalid, "--files-root"),
    (#"{"image":{"digest":"x"}}"#, .invalid, "not a text"),
  ])
  func `a path that leads to no file is refused with its line, before anything is put`(
    row: String, kind: StoreError.Kind, word: String
  ) throws {
    try write(Self.png, as: "work/a.png")
    try write([1], as: "work/sub/b.png")
    try write([2], as: "outside.png")
    try FileManager.default.createSymbolicLink(
      atPath: path("work/link.png"), withDestinationPath: path("outside.png"))
    let error = try error { _ = try push("{\"image\":\"a.png\"}\n\n\(row)\n") }
    #expect(error.kind == kind && error.message.contains(word), "\(error)")
    #expect(error.location == StoreError.Location(file: "rows", line: 3))
    #expect(try service.datasets(limit: nil).isEmpty)
    #expect(try service.statistics(of: nil) { _ in }.attachments == 0)
  }

  @Test func `paths may lead anywhere once their folder is named`() throws {
    try write(Self.png, as: "work/a.png")
    try write([2], as: "outside.png")
    let rows = "{\"image\":\"../outside.png\"}\n{\"image\":\"\(path("work/a.png"))\"}\n"
    #expect(try push(rows, root: path("work")).version.rows == 2)
    #expect(try push("{\"image\":\"a.png\"}\n", as: "rows.jsonl", root: path("work")).isNew)
  }

  @Test func `an error about a row has the line of the table`() throws {
    try write(Self.png, as: "work/a.png")
    let rows = "{\"id\":1,\"image\":\"a.png\"}\n\n\n{\"id\":2}\n\n{\"id\":1}\n"
    let error = try error { _ = try push(rows) { $0.key = ["id"] } }
    #expect(error.kind == .invalid)
    #expect(error.location?.file == "rows" && error.location?.line == 6, "\(error)")
  }

  @Test func `notes have the lines of the table, also those of rows that name attachments`() throws
  {
    try write(Self.png, as: "work/a.png")
    func csv(_ meta: [String], n: [String]) -> String {
      "image,meta,n\n"
        + zip(meta, n).map { "a.png,\"\($0.replacing("\"", with: "\"\""))\",\($1)\n" }.joined()
    }
    _ = try push("{\"image\":\"a.png\",\"meta\":{\"a\":1},\"n\":1}\n")
    // A cell over two lines, so that rows and lines differ.
    let pushed = try push(
      csv(["{\"a\":1}", "[1,\n2]", "row 2 has", "{}"], n: ["1", "2", "3", "x"]), as: "work/rows.csv"
    )
    #expect(
      pushed.notes.contains { $0.contains("as texts in meta, the first on line 5") },
      "\(pushed.notes)")
    #expect(
      pushed.notes.contains { $0.hasPrefix("column 'n' was int64 and is string now: line 6 has") })
    #expect(pushed.notes.allSatisfy { !$0.contains("in row") && !$0.contains(": row ") })
    let form = try #require(VectorForm(count: 2, element: .f32))
    let widened = try push("{\"image\":\"a.png\",\"v\":[1,2]}\n") {
      $0.types = ["v": .vector(form)]
    }
    #expect(widened.isNew)
    let lists = try push("{\"image\":\"a.png\"}\n\n\n{\"image\":\"a.png\",\"v\":[1,2,3]}\n")
    #expect(lists.notes.contains { $0.contains("line 4 has [1,2,3]") }, "\(lists.notes)")
  }

  @Test func `the folder of the table is made with that of the files`() throws {
    try write(Self.png, as: "work/a.png")
    _ = try push("{\"image\":\"a.png\"}\n")
    let text = try pull(into: "new/deep/files", table: "new/rows.jsonl")
    #expect(text == "{\"image\":\"deep/files/a.png\"}\n")
    #expect(FileManager.default.fileExists(atPath: path("new")))
    // What is refused leaves no folder.
    _ = try error {
      _ = try pull(into: "other/files", table: "other/rows.jsonl") { $0.columns = ["nosuch"] }
    }
    #expect(!FileManager.default.fileExists(atPath: path("other")))
  }

  @Test func `a column that is not there is an error of usage`() throws {
    let error = try error { _ = try push("{\"imag\":\"a.png\"}\n") }
    #expect(error.kind == .usage && error.message.contains("imag"))
    for columns in [[], ["a", "a"], [""]] {
      #expect(throws: StoreError.self) {
        try FilePaths(columns: columns, table: "t.csv", root: nil)
      }
    }
    try write(Self.png, as: "work/a.png")
    _ = try push("{\"image\":\"a.png\",\"id\":1}\n")
    let none = try self.error {
      _ = try pull(into: "out", table: "out/rows.jsonl") { $0.columns = ["id"] }
    }
    #expect(none.kind == .usage)
  }

  @Test func `names that clash, or could do harm, are made distinct and harmless`() throws {
    for (name, bytes) in [("1", [1]), ("2", [2]), ("3", [3]), ("4", [4])] as [(String, [UInt8])] {
      try write(bytes, as: "work/\(name)")
    }
    _ = try push((1...4).map { "{\"image\":\"\($0)\"}\n" }.joined())
    func cell(_ bytes: [UInt8], _ name: String) -> String {
      "{\"image\":{\"digest\":\"\(Digest(hashing: bytes))\",\"name\":\"\(name)\"}}\n"
    }
    let rows =
      cell([1], "../../x.png") + cell([2], "x.png") + cell([3], "X.PNG") + cell([1], "/x.png")
      + cell([4], "nul.txt")
    try write(Array(rows.utf8), as: "rows.jsonl")
    _ = try service.push(
      DatasetName("pictures"),
      TableFile(path: path("rows.jsonl"), format: .jsonl, compression: nil), PushRequest()
    ) { _ in }
    let text = try pull(into: "out", table: "out/rows.csv", .csv)
    let (two, three) = (Digest(hashing: [2]), Digest(hashing: [3]))
    let (second, third) = ("\(two.hex.prefix(12))-x.png", "\(three.hex.prefix(12))-X.PNG")
    #expect(text == "image\nx.png\n\(second)\n\(third)\nx.png\n_nul.txt\n")
    #expect(try bytes("out/x.png") == [1] && bytes("out/\(second)") == [2])
    #expect(try names("out") == ["x.png", second, third, "_nul.txt"].sorted())
  }

  @Test(arguments: [("u/Cat.PNG", "l/cat.png"), ("u/caf\u{E9}.png", "l/cafe\u{301}.png")])
  func `names that some file systems take for one name one file where the bytes are the same`(
    one: String, other: String
  ) throws {
    for name in [one, other] { try write(Self.png, as: "work/" + name) }
    _ = try push("{\"image\":\"\(one)\"}\n{\"image\":\"\(other)\"}\n")
    let text = try pull(into: "out/files", table: "out/rows.jsonl")
    for line in text.split(separator: "\n") {
      let cell = line.split(separator: "\"")[3]
      #expect(try bytes("out/\(cell)") == Self.png)
    }
    #expect(try names("out/files").count == 1)
    // What was pulled can be pushed.
    _ = try push(text, as: "out/rows.jsonl")
  }

  @Test func `files that are there are kept, and those with the bytes are taken as they are`()
    throws
  {
    try write([1], as: "work/a.png")
    try write([2], as: "work/b.png")
    _ = try push("{\"image\":\"a.png\"}\n{\"image\":\"b.png\"}\n")
    try write([9], as: "out/a.png")
    try write([2], as: "out/b.png")
    let before = try FileManager.default.attributesOfItem(atPath: path("out/b.png"))
    let text = try pull(into: "out", table: "out/rows.csv", .csv)
    let name = "\(Digest(hashing: [1]).hex.prefix(12))-a.png"
    #expect(text == "image\n\(name)\nb.png\n")
    #expect(try bytes("out/a.png") == [9] && bytes("out/\(name)") == [1])
    let after = try FileManager.default.attributesOfItem(atPath: path("out/b.png"))
    #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
  }

  @Test func `a download goes on where an earlier one ended, and is checked as a whole`() throws {
    var random = SeededGenerator(seed: 1)
    let large = (0..<(9 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
    try write(large, as: "work/a.bin")
    _ = try push("{\"image\":\"a.bin\"}\n")
    let digest = Digest(hashing: large)
    try FileManager.default.createDirectory(
      atPath: path("out"), withIntermediateDirectories: true)
    // As FileFolder calls it: the links of the temporary folder are resolved.
    let real = try #require(
      URL(filePath: path("out")).resolvingSymlinksInPath().path as String?)
    let mark = Digest(hashing: Array("\(real)/a.bin".utf8)).hex.prefix(16)
    let part = "out/.assay-\(digest.hex)-\(mark).part"
    // What comes before the part's end is not asked for again: in the store it is damaged.
    try write(Array(large[..<5_000_000]), as: part)
    let stored = "store/files/\(digest.hex.prefix(2))/\(digest.hex)"
    var damaged = large
    damaged[10] ^= 1
    try write(damaged, as: stored)
    _ = try pull(into: "out", table: "out/rows.jsonl")
    #expect(try bytes("out/a.bin") == large)
    #expect(try names("out") == ["a.bin"])
    // A part that is wrong is begun anew; bytes of the store that are wrong are an error.
    try FileManager.default.removeItem(atPath: path("out/a.bin"))
    try write([1, 2, 3], as: part)
    let error = try error { _ = try pull(into: "out", table: "out/rows.jsonl") }
    #expect(error.kind == .corrupt)
    #expect(try names("out").filter { !$0.hasPrefix(".") } == [])
    try write(large, as: stored)
    try write([1, 2, 3], as: part)
    _ = try pull(into: "out", table: "out/rows.jsonl")
    #expect(try bytes("out/a.bin") == large)
  }

  @Test func `many files are put and fetched a few at a time`() throws {
    var rows = ""
    for number in 0..<200 {
      try write(Array("\(number % 150)".utf8), as: "work/files/\(number).txt")
      rows += "{\"id\":\(number),\"image\":\"files/\(number).txt\"}\n"
    }
    _ = try push(rows)
    #expect(try service.statistics(of: nil) { _ in }.attachments == 150)
    #expect(try pull(into: "out/files", table: "out/rows.jsonl") == rows)
    for number in 0..<200 {
      #expect(try bytes("out/files/\(number).txt") == Array("\(number % 150)".utf8))
    }
  }

  @Test func `a version without rows has its columns, and no files`() throws {
    try write(Self.png, as: "work/a.png")
    _ = try push("{\"id\":1,\"image\":\"a.png\"}\n")
    let text = try pull(into: "out", table: "out/rows.csv", .csv) { $0.limit = 0 }
    #expect(text == "id,image\n")
    #expect(try names("out") == [])
  }
}
