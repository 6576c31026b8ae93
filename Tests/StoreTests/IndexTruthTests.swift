import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// A store says what its logs and packs say, whatever its index is.
@Suite(.tags(.slow), .unlessFast) struct IndexTruthTests {
  /// What may stand in the place of the index.
  enum Exchange: CaseIterable {
    case deleted, older, empty, ofAnotherStore, ofACopyThatWentOn, noDatabase
  }

  /// A history of datasets that share chunks, the index of its beginning, and one of a copy.
  private static func example(
    _ exchange: Exchange
  ) throws -> (history: History, index: IndexFiles) {
    var history = try History(seed: 3)
    var index = IndexFiles()
    do {
      let store = try Store(path: history.path)
      try history.push(to: "a", in: store)
      try history.push(to: "a", in: store)
    }
    if exchange == .older { index = IndexFiles(of: history.path) }
    var fork = try history.forked()
    do {
      let store = try Store(path: history.path)
      try history.push(to: "b", sharedWith: "a", in: store)
      try history.push(to: "a", in: store)
      try history.push(to: "c", sharedWith: "a", in: store)
      try history.tag("a", "best", 1, in: store)
      try history.tag("a", "best", 2, in: store)
      try history.tag("c", "only", 1, in: store)
    }
    switch exchange {
    case .deleted, .older: break
    case .empty: index.bytes = []
    case .noDatabase: index.bytes = [UInt8](repeating: 7, count: 5000)
    case .ofAnotherStore:
      var other = try History(seed: 4)
      do {
        let store = try Store(path: other.path)
        for name in ["a", "b", "d"] { try other.push(to: name, in: store) }
        try other.tag("a", "best", 1, in: store)
      }
      index = IndexFiles(of: other.path)
    case .ofACopyThatWentOn:
      do {
        let store = try Store(path: fork.place)
        try fork.push(to: "b", in: store)
        try fork.push(to: "c", in: store)
        try fork.push(to: "c", sharedWith: "a", in: store)
        try fork.push(to: "a", sharedWith: "b", in: store)
        try fork.tag("a", "best", 3, in: store)
        try fork.tag("a", "best", 1, in: store)
      }
      index = IndexFiles(of: fork.place)
    }
    return (history, index)
  }

  @Test(arguments: Exchange.allCases)
  func `an index that is deleted, aged or exchanged changes no answer`(
    _ exchange: Exchange
  ) throws {
    let (history, index) = try Self.example(exchange)
    try index.put(into: history.path)
    try history.check(try Store(path: history.path), "\(exchange)")
    try history.check(try Store(path: history.path), "\(exchange), again")
  }

  @Test(arguments: Exchange.allCases)
  func `one version is read from whatever dataset has its chunks`(_ exchange: Exchange) throws {
    let (history, index) = try Self.example(exchange)
    for name in ["b", "c"] {
      try index.put(into: history.path)
      let table = try Store(path: history.path).table("\(name)@1")
      #expect(table.vectors == history.tables[name]?[0].vectors)
    }
  }

  @Test(arguments: Exchange.allCases)
  func `an index that is exchanged while the store is open changes no answer`(
    _ exchange: Exchange
  ) throws {
    let (example, index) = try Self.example(exchange)
    var history = example
    let open = try Store(path: history.path)
    _ = try open.table("b@1")
    try index.put(into: history.path)
    try history.check(open, "\(exchange), open")
    try history.push(to: "d", sharedWith: "b", in: open)
    try history.check(try Store(path: history.path), "\(exchange), opened after")
    try history.check(open, "\(exchange), open again")
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `whatever happens to the index at any point of a history, answers are right`(
    _ seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: 1000 + seed)
    var history = try History(seed: seed)
    let names = ["a", "b", "c"]
    var kept = [IndexFiles()]
    do {
      let store = try Store(path: history.path)
      for name in names { try history.push(to: name, in: store) }
    }
    var open: Store?
    for step in 0..<14 {
      let comment: Comment = "seed \(seed), step \(step)"
      let name = names[Int.random(in: 0..<3, using: &random)]
      let store = try open ?? Store(path: history.path)
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: try history.push(to: name, in: store)
      case 2: try history.push(to: name, sharedWith: "a", in: store)
      case 3:
        let number = Int.random(in: 1...history.tables[name, default: []].count, using: &random)
        try history.tag(name, "t\(step % 2)", number, in: store)
      case 4: open = open == nil ? store : nil
      case 5: if open == nil { kept.append(IndexFiles(of: history.path)) }
      case 6: try kept[Int.random(in: kept.indices, using: &random)].put(into: history.path)
      default: _ = try store.collectGarbage(apply: true)
      }
      try history.check(
        try open ?? Store(path: history.path), comment, withVerify: step % 5 == 4)
    }
    try history.check(try Store(path: history.path), "seed \(seed), at the end")
  }

  /// A small index, and bits of it to flip: those of the file's head, and others anywhere.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `a flipped bit of the index changes no answer`(_ seed: UInt64) throws {
    var history = try History(seed: 5)
    do {
      let store = try Store(path: history.path)
      try history.push(to: "a", in: store)
      try history.push(to: "b", sharedWith: "a", in: store)
      try history.push(to: "a", in: store)
      try history.tag("a", "best", 1, in: store)
      try history.tag("a", "last", 2, in: store)
    }
    let sound = IndexFiles(of: history.path)
    var random = SeededGenerator(seed: seed)
    for trial in 0..<30 {
      let position =
        trial % 5 == 0
        ? Int.random(in: 0..<100, using: &random)
        : Int.random(in: sound.bytes.indices, using: &random)
      let bit = UInt8.random(in: 0..<8, using: &random)
      var damaged = sound
      damaged.bytes[position] ^= 1 << bit
      try damaged.put(into: history.path)
      try history.check(
        try Store(path: history.path), "bit \(bit) of byte \(position)", withVerify: trial % 6 == 0)
    }
  }

  @Test func `verify makes an index anew of which it finds one row wrong`() throws {
    var history = try History(seed: 7)
    do {
      let store = try Store(path: history.path)
      try history.push(to: "a", in: store)
      try history.push(to: "b", sharedWith: "a", in: store)
      try history.tag("a", "bestofall", 1, in: store)
    }
    let sound = IndexFiles(of: history.path)
    // The tag's name stands in its row, and in the record that tells of it.
    let name = Array("bestofall".utf8)
    let bytes = sound.bytes
    let places = bytes.indices.dropLast(name.count).filter {
      bytes[$0] == name[0] && bytes[$0..<$0 + name.count].elementsEqual(name)
    }
    #expect(places.count >= 2)
    for place in places {
      var damaged = sound
      damaged.bytes[place] ^= 1
      try damaged.put(into: history.path)
      let report = try Store(path: history.path).verify()
      #expect(report.damage == [] && report.isIndexRight, "byte \(place)")
      try history.check(try Store(path: history.path), "byte \(place)")
    }
  }

  @Test func `several lost log files after those that the index knows are no end`() throws {
    var history = try History(seed: 6)
    do {
      let store = try Store(path: history.path)
      try history.push(to: "d", in: store)
    }
    let index = IndexFiles(of: history.path)
    let open = try Store(path: history.path)
    _ = try open.resolve(Reference(parsing: "d"))
    do {
      let store = try Store(path: history.path)
      for _ in 0..<4 { try history.push(to: "d", in: store) }
      try history.push(to: "e", in: store)
    }
    let dataset = try DatasetName("d")
    for sequence in 2...4 {
      let name = StoreLayout.logName(dataset, sequence)
      try FileManager.default.removeItem(atPath: history.path + "/" + name)
    }
    try index.put(into: history.path)
    let fresh = try Store(path: history.path)
    let tries: [() throws -> Void] = [
      { _ = try fresh.resolve(Reference(parsing: "d")) }, { _ = try fresh.versions(of: dataset) },
      { _ = try fresh.tags(of: dataset) }, { _ = try fresh.log(of: dataset) },
      { _ = try fresh.datasets() }, { _ = try fresh.statistics() },
      { _ = try fresh.collectGarbage(apply: true) },
      { _ = try fresh.pushLines(#"{"n":1}"#) },
    ]
    for attempt in tries {
      let error = #expect(throws: StoreError.self) { try attempt() }
      #expect(error?.kind == .corrupt)
      #expect(error?.message.contains(StoreLayout.logName(dataset, 2)) == true)
    }
    // The others are as they were, and are listed beside it.
    #expect(try fresh.table("e").vectors == history.tables["e"]?[0].vectors)
    let survey = try fresh.survey()
    #expect(survey.map(\.dataset.text) == ["d", "e"])
    #expect(survey.map { $0.problem != nil } == [true, false])
    #expect(try fresh.latestKnown(of: dataset)?.number == 1)
  }
}
