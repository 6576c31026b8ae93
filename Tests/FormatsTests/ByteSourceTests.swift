import Formats
import Glibc
import Model
import TestSupport
import Testing

/// Reads everything that is left, `limit` bytes at a time.
func readAll(_ source: any ByteSource, limit: Int = 1000) throws(StoreError) -> [UInt8] {
  var bytes: [UInt8] = []
  while try source.read(limit, appendingTo: &bytes) > 0 {}
  return bytes
}

/// A folder that lasts as long as the value does.
final class ScratchFolder {
  let path: String

  init() {
    var template = Array("/tmp/assay-test-XXXXXX".utf8CString)
    path = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let path = buffer.baseAddress, let made = unsafe mkdtemp(path) else { return "" }
      return unsafe String(cString: made)
    }
  }

  deinit {
    for name in names { unsafe unlink(path + "/" + name) }
    unsafe rmdir(path)
  }

  var names: [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  func file(_ name: String, _ bytes: [UInt8]) throws(StoreError) -> String {
    let plain = path + "/plain.bin"
    let sink = try ByteSink.open(path: plain)
    try sink.write(bytes)
    try sink.finish()
    unsafe rename(plain, path + "/" + name)
    return path + "/" + name
  }
}

/// Bytes that compress somewhat.
func someBytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SeededGenerator(seed: seed)
  var bytes: [UInt8] = []
  while bytes.count < count {
    let word = random.next()
    for shift in 0..<8 { bytes.append(97 + UInt8(truncatingIfNeeded: word >> (8 * shift)) % 13) }
  }
  return Array(bytes.prefix(count))
}

@Suite struct `Byte sources and sinks` {
  let folder = ScratchFolder()

  @Test func `what a file is given while it is read is read as well`() throws {
    let folder = ScratchFolder()
    let bytes = someBytes(5000, seed: 3)
    let path = try folder.file("rows.bin", Array(bytes[..<2000]))
    let source = try FileSource.open(path: path)
    var read: [UInt8] = []
    while read.count < 2000 { _ = try source.read(700, appendingTo: &read) }
    let file = unsafe open(path, O_WRONLY | O_APPEND)
    let added = unsafe bytes[2000...].withUnsafeBytes {
      unsafe write(file, $0.baseAddress, $0.count)
    }
    #expect(added == 3000)
    close(file)
    #expect(read + (try readAll(source, limit: 10_000)) == bytes)
    try source.rewind()
    #expect(try readAll(source, limit: 10_000) == bytes)
  }

  @Test(arguments: ["t.csv", "t.csv.gz", "t.csv.zst", "T.CSV.GZ"], [0, 1, 5000, 700_000])
  func `what a sink wrote a source gives, twice`(name: String, count: Int) throws {
    let bytes = someBytes(count, seed: 7)
    let path = folder.path + "/" + name
    let sink = try ByteSink.open(path: path)
    for start in stride(from: 0, to: count, by: 300_007) {
      try sink.write(Array(bytes[start..<min(count, start + 300_007)]))
    }
    #expect(!folder.names.contains(name))
    try sink.finish()
    #expect(folder.names == [name])

    let source = try FileSource.open(path: path)
    #expect(source.name == path)
    #expect(try readAll(source, limit: 70_000) == bytes)
    try source.rewind()
    var head: [UInt8] = []
    _ = try source.read(10, appendingTo: &head)
    #expect(head == Array(bytes.prefix(10)))
    try source.rewind()
    #expect(try readAll(source, limit: 999_999) == bytes)
  }

  @Test(arguments: ["a.gz", "a.zst"])
  func `members and frames laid end to end are read as one`(name: String) throws {
    let parts = [someBytes(200_000, seed: 1), [], someBytes(10, seed: 2)]
    var joined: [UInt8] = []
    for part in parts {
      let sink = try ByteSink.open(path: folder.path + "/" + name)
      try sink.write(part)
      try sink.finish()
      let end = joined.count
      let raw = try folder.file("raw", readRaw(folder.path + "/" + name))
      joined += try readAll(FileSource.open(path: raw))
      #expect(joined.count > end)
    }
    let path = try folder.file("joined" + name.dropFirst(), joined)
    #expect(try readAll(FileSource.open(path: path)) == parts.flatMap { $0 })
  }

  @Test func `zeros after the last gzip member are padding`() throws {
    let sink = try ByteSink.open(path: folder.path + "/a.gz")
    try sink.write([1, 2, 3])
    try sink.finish()
    let padded = try readRaw(folder.path + "/a.gz") + [UInt8](repeating: 0, count: 300_000)
    #expect(try readAll(FileSource.open(path: folder.file("b.gz", padded))) == [1, 2, 3])
  }

  @Test(arguments: ["a.gz", "a.zst"])
  func `compressed input cut short anywhere is refused`(name: String) throws {
    let sink = try ByteSink.open(path: folder.path + "/" + name)
    try sink.write(someBytes(300, seed: 3))
    try sink.finish()
    let whole = try readRaw(folder.path + "/" + name)
    for count in 0..<whole.count {
      let path = try folder.file("cut" + name.dropFirst(), Array(whole[..<count]))
      let error = #expect(throws: StoreError.self) { try readAll(FileSource.open(path: path)) }
      #expect(error?.kind == .invalid)
      #expect(error?.message.contains("ends early") == true)
    }
  }

  @Test(arguments: ["a.gz", "a.zst"])
  func `damaged compressed input is refused`(name: String) throws {
    let bytes = someBytes(300, seed: 4)
    let sink = try ByteSink.open(path: folder.path + "/" + name)
    try sink.write(bytes)
    try sink.finish()
    let whole = try readRaw(folder.path + "/" + name)
    // The header of gzip holds a time and a system that no checksum covers.
    for index in (name == "a.gz" ? 10 : 0)..<whole.count {
      var damaged = whole
      damaged[index] ^= 0x10
      let path = try folder.file("bad" + name.dropFirst(), damaged)
      if let read = try? readAll(FileSource.open(path: path)) {
        #expect(read == bytes, "byte \(index)")
      }
    }
    let path = try folder.file("text" + name.dropFirst(), Array("a,b\n1,2\n".utf8))
    let error = #expect(throws: StoreError.self) { try readAll(FileSource.open(path: path)) }
    #expect(error?.kind == .invalid)
  }

  @Test func `a frame of zstd whose window is beyond the limit is not called damaged`() throws {
    // A head whose window is 2^27 or 2^28 bytes, and a last block of three bytes as they are.
    for (window, isRead) in [(17 << 3, true), (18 << 3, false), (31 << 3, false)] {
      let frame: [UInt8] =
        [0x28, 0xB5, 0x2F, 0xFD, 0, UInt8(window), 0x19, 0, 0] + Array("{}\n".utf8)
      let path = try folder.file("window.zst", frame)
      if isRead {
        #expect(try readAll(FileSource.open(path: path)) == Array("{}\n".utf8))
      } else {
        let error = #expect(throws: StoreError.self) { try readAll(FileSource.open(path: path)) }
        #expect(error?.kind == .invalid && error?.message.contains("128 MiB") == true)
        #expect(error?.message.contains("damaged") == false)
      }
    }
  }

  @Test func `files that are not there or cannot be read say why`() throws {
    let missing = #expect(throws: StoreError.self) {
      _ = try FileSource.open(path: folder.path + "/none.csv")
    }
    #expect(missing?.kind == .missing)
    let directory = #expect(throws: StoreError.self) { _ = try FileSource.open(path: folder.path) }
    #expect(directory?.kind == .unavailable)
    #expect(directory?.message.contains("directory") == true)
    let nowhere = #expect(throws: StoreError.self) {
      _ = try ByteSink.open(path: folder.path + "/none/out.csv")
    }
    #expect(nowhere?.kind == .missing)
  }

  @Test func `a pipe can be read again`() throws {
    let path = folder.path + "/pipe"
    unsafe mkfifo(path, 0o600)
    // With both ends held here, opening one end does not wait for the other.
    let ends = unsafe open(path, O_RDWR)
    // Fits a pipe's buffer, so that one thread can write and then read.
    let bytes = someBytes(50_000, seed: 5)
    let source = try FileSource.open(path: path)
    let sink = try ByteSink.open(path: path)
    try sink.write(bytes)
    try sink.finish()
    close(ends)
    var head: [UInt8] = []
    _ = try source.read(1000, appendingTo: &head)
    try source.rewind()
    #expect(try readAll(source) == bytes)
    try source.rewind()
    #expect(try readAll(source, limit: 77_777) == bytes)
  }

  @Test func `a sink let go leaves what was there`() throws {
    let path = try folder.file("kept.csv", [1, 2, 3])
    do {
      let sink = try ByteSink.open(path: path)
      try sink.write(someBytes(1_000_000, seed: 6))
    }
    #expect(folder.names == ["kept.csv"])
    #expect(try readRaw(path) == [1, 2, 3])
  }

  @Test func `writing to a device leaves the device`() throws {
    let sink = try ByteSink.open(path: "/dev/null")
    try sink.write([1])
    try sink.finish()
    let error = #expect(throws: StoreError.self) {
      let full = try ByteSink.open(path: "/dev/full")
      try full.write([1])
      try full.finish()
    }
    #expect(error?.kind == .exhausted)
  }

  @Test func `a link is followed`() throws {
    let path = try folder.file("target.csv", [1])
    unsafe symlink(path, folder.path + "/link.csv")
    let sink = try ByteSink.open(path: folder.path + "/link.csv")
    try sink.write([2])
    try sink.finish()
    #expect(try readRaw(path) == [2])
  }

  @Test func `a reader of a pipe that stops is an error`() throws {
    let path = folder.path + "/pipe"
    unsafe mkfifo(path, 0o600)
    let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
    let sink = try ByteSink.open(path: path)
    close(reader)
    let error = #expect(throws: StoreError.self) {
      try sink.write([1, 2, 3])
      try sink.finish()
    }
    #expect(error?.kind == .unavailable)
  }

  @Test(arguments: [
    ("a.jsonl", FileFormat.jsonl), ("a.ndjson", .jsonl), ("x/a.JSON", .json), ("a.b.csv", .csv),
    ("a.parquet", .parquet), ("a.arrow", .arrow), ("a.feather.zst", .arrow), ("a.ipc", .arrow),
    ("a.csv.gz", .csv), ("a.jsonl.zst", .jsonl), ("csv", nil), ("a.tsv", .csv), ("-", nil),
    ("a.gz", nil), ("x.csv/a", nil), ("", nil),
  ])
  func `a path's extension names its format`(path: String, format: FileFormat?) {
    #expect(FileFormat(path: path) == format)
  }

  /// The bytes of a file as they are, whatever its name says.
  private func readRaw(_ path: String) throws(StoreError) -> [UInt8] {
    unsafe symlink(path, folder.path + "/as-is")
    defer { unsafe unlink(folder.path + "/as-is") }
    return try readAll(FileSource.open(path: folder.path + "/as-is"))
  }
}
