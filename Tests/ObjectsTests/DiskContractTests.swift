import Model
import Objects
import TestSupport
import Testing

/// What every ``Disk`` promises.
@Suite struct DiskContractTests {
  /// The disks there are.
  enum Kind: CaseIterable { case posix, memory, faulty }

  /// An empty disk, and what must stay alive while it is used.
  struct Fixture {
    let disk: any Disk
    private let directory: TemporaryDirectory?

    init(_ kind: Kind) throws {
      directory = kind == .posix ? try TemporaryDirectory() : nil
      disk =
        switch kind {
        case .posix: PosixDisk(root: directory?.path ?? "")
        case .memory: MemoryDisk()
        case .faulty: FaultyDisk(MemoryDisk())
        }
    }

    func write(_ bytes: [UInt8], to path: String) throws {
      let file = try disk.create(path)
      try disk.write(bytes, to: file)
      try disk.sync(file)
      disk.close(file)
    }

    func read(_ path: String) throws -> [UInt8] {
      let file = try disk.open(path)
      defer { disk.close(file) }
      return try disk.read(file, at: 0, count: 1000)
    }
  }

  @Test(arguments: Kind.allCases)
  func `what is written is read, in any range`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    let disk = fixture.disk
    let file = try disk.create("a")
    try disk.write([1, 2, 3], to: file)
    try disk.write([], to: file)
    try disk.write([4, 5], to: file)
    disk.close(file)
    let reading = try disk.open("a")
    defer { disk.close(reading) }
    #expect(try disk.read(reading, at: 0, count: 5) == [1, 2, 3, 4, 5])
    #expect(try disk.read(reading, at: 1, count: 2) == [2, 3])
    #expect(try disk.read(reading, at: 3, count: 9) == [4, 5])
    #expect(try disk.read(reading, at: 5, count: 1) == [])
    #expect(try disk.read(reading, at: 9, count: 1) == [])
    #expect(try disk.read(reading, at: 0, count: 0) == [])
    #expect(try disk.status(of: "a")?.byteCount == 5)
  }

  @Test(arguments: Kind.allCases)
  func `a file is created once`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    try fixture.write([1], to: "a")
    #expect { try fixture.disk.create("a") } throws: { ($0 as? StoreError)?.kind == .conflict }
    #expect(try fixture.read("a") == [1])
  }

  @Test(arguments: Kind.allCases)
  func `what is not there is missing`(_ kind: Kind) throws {
    let disk = try Fixture(kind).disk
    let attempts: [() throws -> Void] = [
      { _ = try disk.open("a") }, { _ = try disk.create("no/a") }, { try disk.unlink("a") },
      { _ = try disk.link("a", to: "b") }, { _ = try disk.list("no") },
      { try disk.syncDirectory("no") }, { _ = try disk.makeDirectory("no/a") },
    ]
    for attempt in attempts {
      #expect(throws: StoreError.self) { try attempt() }
      do { try attempt() } catch { #expect((error as? StoreError)?.kind == .missing) }
    }
    #expect(try disk.status(of: "a") == nil)
    #expect(try disk.status(of: "no/a") == nil)
  }

  @Test(arguments: Kind.allCases)
  func `a link never replaces a file`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    try fixture.write([1], to: "a")
    try fixture.write([2], to: "b")
    #expect(try !fixture.disk.link("a", to: "b"))
    #expect(try fixture.read("b") == [2])
    #expect(try fixture.disk.link("a", to: "c"))
    try fixture.disk.unlink("a")
    #expect(try fixture.read("c") == [1])
  }

  @Test(arguments: Kind.allCases)
  func `a folder lists its names in order, those of folders with a slash`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    let disk = fixture.disk
    for name in ["b", "a-b", "c"] { try fixture.write([], to: name) }
    #expect(try disk.makeDirectory("a"))
    #expect(try !disk.makeDirectory("a"))
    try fixture.write([], to: "a/x")
    try disk.syncDirectory("a")
    try disk.syncDirectory("")
    #expect(try disk.list("") == ["a-b", "a/", "b", "c"])
    #expect(try disk.list("a") == ["x"])
  }

  @Test(arguments: Kind.allCases)
  func `an open file is read after its name is gone`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    try fixture.write([7], to: "a")
    let file = try fixture.disk.open("a")
    try fixture.disk.unlink("a")
    #expect(try fixture.disk.read(file, at: 0, count: 1) == [7])
    fixture.disk.close(file)
  }

  @Test(arguments: Kind.allCases)
  func `a file that one has open for oneself alone is refused to others`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    let disk = fixture.disk
    let first = try disk.openExclusively("a")
    try disk.write([1], to: first)
    #expect { try disk.openExclusively("a") } throws: {
      ($0 as? StoreError)?.kind == .conflict
    }
    let other = try disk.openExclusively("b")
    disk.close(other)
    disk.close(first)
    let second = try disk.openExclusively("a")
    try disk.write([2], to: second)
    disk.close(second)
    #expect(try fixture.read("a") == [1, 2])
    #expect { try disk.openExclusively("no/a") } throws: {
      ($0 as? StoreError)?.kind == .missing
    }
  }

  @Test(arguments: Kind.allCases)
  func `touching makes a file younger and changes nothing else`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    try fixture.write([1], to: "a")
    let before = try fixture.disk.status(of: "a")
    try fixture.disk.touch("a")
    let after = try fixture.disk.status(of: "a")
    #expect(try #require(after?.modified) >= #require(before?.modified))
    #expect(try fixture.read("a") == [1])
    #expect { try fixture.disk.touch("b") } throws: { ($0 as? StoreError)?.kind == .missing }
  }

  @Test func `a folder without permission is denied, and the message names the path`() throws {
    let error = #expect(throws: StoreError.self) {
      _ = try PosixDisk(root: "/proc/self").create("never")
    }
    // The kernel answers ENOENT or EACCES for a file in /proc; either must name the path alone.
    #expect(error?.message.contains("never") == true)
    #expect(error?.message.contains("/proc") == false)
  }
}
