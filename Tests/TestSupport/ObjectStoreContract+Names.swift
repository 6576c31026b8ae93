import Model
import Objects
import Testing

extension ObjectStoreContract {
  static let listingCases = [
    Case(description: "names are listed in the order of their bytes") { contract throws in
      // A hyphen sorts before the slash that ends a folder, a digit after it.
      let names = [
        "log/a-b/1", "log/a.b/1", "log/a/1", "log/a/2", "log/a0/1", "log/b/1", "packs/x",
      ]
      for name in names.reversed() { _ = try contract.store.putIfAbsent(name, [[1]]) }
      for store in [contract.store, contract.other] {
        #expect(try store.list("log/") == Array(names.prefix(6)))
        #expect(try store.list("log/a/") == ["log/a/1", "log/a/2"])
        #expect(try store.list("log/a") == Array(names.prefix(5)))
        #expect(try store.list("log/a/1") == ["log/a/1"])
        #expect(try store.list("none/") == [])
      }
    },
    Case(description: "a list begins after a name, be it there or not, and ends at its limit") {
      contract throws in
      let store = contract.store
      for name in ["log/a/1", "log/a/2", "log/b/1"] { _ = try store.putIfAbsent(name, [[1]]) }
      #expect(try store.list("log/a/", after: "log/a/1", limit: 9) == ["log/a/2"])
      #expect(try store.list("log/", after: "log/a/1", limit: 1) == ["log/a/2"])
      #expect(try store.list("log/", after: "log/a/10", limit: 9) == ["log/a/2", "log/b/1"])
      #expect(try store.list("log/", after: "log/b/1", limit: 9) == [])
      #expect(try store.list("log/", after: "", limit: 2) == ["log/a/1", "log/a/2"])
      #expect(try store.list("log/", after: "", limit: 0) == [])
    },
    Case(description: "folders are those right below a prefix, in order") { contract throws in
      let store = contract.store
      for name in ["live/lock", "live/b/c/1", "live/a-b/1", "live/a/1", "live/a/2"] {
        _ = try store.putIfAbsent(name, [[1]])
      }
      #expect(try store.folders("live/") == ["live/a-b/", "live/a/", "live/b/"])
      #expect(try store.folders("live/b/") == ["live/b/c/"])
      #expect(try store.folders("live/a/") == [])
      #expect(try store.folders("none/") == [])
    },
  ]

  /// A pack whose one object has these bytes.
  private static func pack(_ bytes: [UInt8]) throws -> PackWriter.Finished {
    var writer = try PackWriter()
    try writer.append(
      Digest(hashing: bytes), .chunk, frames: [Frame(bytes: bytes, rawCount: bytes.count)])
    return try writer.finish()
  }

  static let packCases = [
    Case(description: "a pack is read by the checksum in its trailer") { contract throws in
      let store = contract.store
      let pack = try pack([1, 2, 3])
      let bytes = Array(pack.pieces.joined())
      _ = try store.putIfAbsent(name, pack.pieces)
      #expect(try store.trailerChecksum(of: name) == pack.trailerChecksum)
      #expect(try store.get(name, matching: pack.trailerChecksum, at: 8, count: 3) == [1, 2, 3])
      #expect(
        try store.tail(name, matching: pack.trailerChecksum, count: 90) == Array(bytes.suffix(90)))
      #expect(kind { _ = try store.get(name, matching: 1, at: 8, count: 3) } == .missing)
      #expect(kind { _ = try store.tail(name, matching: 1, count: 3) } == .missing)
      #expect(
        kind { _ = try store.get(name, matching: pack.trailerChecksum, at: 8, count: 9_000) }
          == .corrupt)
    },
    Case(description: "a file that is no pack has no checksum") { contract throws in
      let store = contract.store
      _ = try store.putIfAbsent("packs/short", [[1, 2]])
      _ = try store.putIfAbsent("packs/long", [[UInt8](repeating: 7, count: 100)])
      for name in ["packs/short", "packs/long", "packs/none"] {
        #expect(try store.trailerChecksum(of: name) == nil)
        #expect(kind { _ = try store.get(name, matching: 0, at: 0, count: 1) } == .missing)
      }
    },
    Case(description: "a pack that took the name of another is not read for it") {
      contract throws in
      let (store, other) = (contract.store, contract.other)
      let (old, new) = (try pack([1, 2, 3]), try pack([4, 5]))
      _ = try store.putIfAbsent(name, old.pieces)
      #expect(try other.get(name, matching: old.trailerChecksum, at: 8, count: 3) == [1, 2, 3])
      _ = try store.delete(name)
      _ = try store.putIfAbsent(name, new.pieces)
      #expect(try other.get(name, matching: new.trailerChecksum, at: 8, count: 2) == [4, 5])
      #expect(try other.trailerChecksum(of: name) == new.trailerChecksum)
      #expect(
        kind { _ = try other.get(name, matching: old.trailerChecksum, at: 8, count: 3) } == .missing
      )
      #expect(
        kind { _ = try other.tail(name, matching: old.trailerChecksum, count: 3) } == .missing)
      #expect(try other.tail(name, matching: new.trailerChecksum, count: 2) == Array("ND".utf8))
    },
  ]
}
