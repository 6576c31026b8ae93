import Foundation
import Glibc
import Model
import Objects
import Store
import TestSupport
import Testing

/// A store and what it must say, kept beside it.
struct History {
  let directory: TemporaryDirectory
  private var random: SeededGenerator
  private(set) var tables: [String: [SampleTable]] = [:]
  private(set) var tags: [String: [String: Int]] = [:]

  var path: String { directory.path }

  init(seed: UInt64) throws {
    directory = try TemporaryDirectory()
    random = SeededGenerator(seed: seed)
    try Store.create(path: directory.path)
  }

  /// The same history in a copy of the store, to go on by itself.
  func forked() throws -> History {
    var fork = self
    fork.forkedDirectory = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      try FileManager.default.copyItem(
        atPath: path + "/" + name, toPath: fork.place + "/" + name)
    }
    return fork
  }

  private var forkedDirectory: TemporaryDirectory?

  /// The folder of the store.
  var place: String { (forkedDirectory ?? directory).path }

  /// Pushes a new table, or the one that another dataset has as its newest.
  mutating func push(
    to name: String, sharedWith other: String? = nil, in store: Store
  ) throws {
    let table =
      other.flatMap { tables[$0]?.last } ?? SampleTable(count: 12, using: &random)
    let version = try store.push(table, to: name).version
    if version.number > tables[name, default: []].count {
      tables[name, default: []].append(table)
    }
  }

  mutating func tag(_ name: String, _ tag: String, _ number: Int, in store: Store) throws {
    let dataset = try DatasetName(name)
    let target = try store.resolve(Reference(parsing: "\(name)@\(number)"))
    try store.tag(dataset, tag, to: target, author: "ann")
    tags[name, default: [:]][tag] = number
  }

  /// Asks a store a little of everything.
  func look(_ store: Store, _ comment: Comment) throws {
    #expect(try store.datasets().map(\.text) == tables.keys.sorted(), comment)
    for (name, tables) in tables.sorted(by: { $0.key < $1.key }) {
      let dataset = try DatasetName(name)
      #expect(try store.resolve(Reference(parsing: name)).number == tables.count, comment)
      #expect(try store.table("\(name)@1").vectors == tables[0].vectors, comment)
      #expect(try store.table(name).vectors == tables.last?.vectors, comment)
      let known = try store.tags(of: dataset).map { "\($0.name)@\($0.number)" }
      #expect(known == (tags[name] ?? [:]).map { "\($0.key)@\($0.value)" }.sorted(), comment)
    }
  }

  /// Asks a store everything there is to ask.
  func check(_ store: Store, _ comment: Comment, withVerify: Bool = true) throws {
    #expect(try store.datasets().map(\.text) == tables.keys.sorted(), comment)
    for (name, tables) in tables.sorted(by: { $0.key < $1.key }) {
      let dataset = try DatasetName(name)
      let versions = try store.versions(of: dataset)
      try #require(versions.map(\.number) == (1...tables.count).reversed(), comment)
      #expect(try store.resolve(Reference(parsing: name)).number == tables.count, comment)
      for (index, table) in tables.enumerated() {
        #expect(try store.table("\(name)@\(index + 1)").vectors == table.vectors, comment)
        let digest = versions[tables.count - 1 - index].snapshot
        let found = try store.resolve(Reference(parsing: "\(name)@sha256:\(digest.hex)"))
        #expect(found.snapshot == digest && found.number > index, comment)
      }
      let tags = tags[name] ?? [:]
      let known = try store.tags(of: dataset).map { "\($0.name)@\($0.number)" }
      #expect(known == tags.map { "\($0.key)@\($0.value)" }.sorted(), comment)
      for (tag, number) in tags {
        #expect(try store.resolve(Reference(parsing: "\(name)@\(tag)")).number == number, comment)
      }
      for text in ["\(name)@none", "\(name)@\(tables.count + 1)", "none"] {
        let error = #expect(throws: StoreError.self, comment) {
          try store.resolve(Reference(parsing: text))
        }
        #expect(error?.kind == .missing, comment)
      }
      #expect(try store.log(of: dataset).count >= tables.count + tags.count, comment)
    }
    guard withVerify else { return }
    let report = try store.verify()
    #expect(report.damage == [] && report.isIndexRight, comment)
    #expect(try store.collectGarbage(apply: true).files == [], comment)
  }
}

/// The index of a store in a folder, with what SQLite keeps beside it.
struct IndexFiles {
  private static let names = ["", "-wal", "-shm"].map { StoreLayout.indexFile + $0 }
  private var contents: [String: Data] = [:]

  /// What is there now; the store must not be open.
  init(of path: String) {
    for name in Self.names {
      contents[name] = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
    }
  }

  /// No index at all.
  init() {}

  /// The bytes of the database.
  var bytes: [UInt8] {
    get { contents[StoreLayout.indexFile].map { [UInt8]($0) } ?? [] }
    set { contents[StoreLayout.indexFile] = Data(newValue) }
  }

  /// Puts it in the place of what is there.
  func put(into path: String) throws {
    for name in Self.names {
      try? FileManager.default.removeItem(atPath: path + "/" + name)
      try contents[name]?.write(to: URL(fileURLWithPath: path + "/" + name))
    }
  }

  /// Writes it into the files that are there, for those too who have them open.
  func write(over path: String) throws {
    for name in Self.names {
      guard let bytes = contents[name] else {
        try? FileManager.default.removeItem(atPath: path + "/" + name)
        continue
      }
      let file = unsafe fopen(path + "/" + name, "r+") ?? fopen(path + "/" + name, "w")
      guard let file = unsafe file else { continue }
      defer { unsafe fclose(file) }
      _ = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
      unsafe ftruncate(fileno(file), off_t(bytes.count))
    }
  }
}
