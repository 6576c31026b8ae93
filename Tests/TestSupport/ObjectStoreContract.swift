import Dispatch
import Model
package import Objects
import Synchronization
import Testing

/// The promises of an ``ObjectStore``, be it a folder, a bucket or a decorator of either.
///
/// Each case wants an empty store and puts what it needs. `ObjectStoreContractTests` runs them on
/// every implementation; a new one joins its list.
package struct ObjectStoreContract: Sendable {
  let store: any ObjectStore
  /// The same files, as another process sees them.
  let other: any ObjectStore

  /// One promise.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    let check: @Sendable (ObjectStoreContract) throws -> Void

    /// Checks `store`, which is empty; `other` is a second view of the same files.
    package func check(_ store: any ObjectStore, other: any ObjectStore) throws {
      try check(ObjectStoreContract(store: store, other: other))
    }
  }

  /// All promises.
  package static let cases = writingCases + readingCases + listingCases + packCases

  static let name = "log/metrics/00000000000000000001.pack"

  /// The kind of the error that `body` throws; nil when it throws none.
  static func kind(_ body: () throws -> Void) -> StoreError.Kind? {
    do {
      try body()
      return nil
    } catch {
      let error = error as? StoreError
      #expect(error?.message.isEmpty == false)
      return error?.kind
    }
  }

  private static let writingCases = [
    Case(description: "a file is put once, and another of its name leaves it as it is") {
      contract throws in
      let (store, other) = (contract.store, contract.other)
      #expect(try store.putIfAbsent(name, [[1, 2], [], [3, 4]]))
      #expect(try !store.putIfAbsent(name, [[9]]))
      #expect(try !other.putIfAbsent(name, [[9], [9], [9, 9]]))
      #expect(try store.get(name) == [1, 2, 3, 4])
      #expect(try other.get(name) == [1, 2, 3, 4])
      #expect(try store.putIfAbsent("packs/empty", []))
      #expect(try store.get("packs/empty") == [])
    },
    Case(description: "the same bytes put again are the writer's own, whose answer was lost") {
      contract throws in
      #expect(try contract.store.putIfAbsent(name, [[1, 2], [3]]))
      #expect(try contract.store.putIfAbsent(name, [[1], [2, 3]]))
      #expect(try contract.other.putIfAbsent(name, [[1, 2, 3]]))
    },
    Case(description: "of many writers of a name one creates the file") { contract throws in
      let created = Mutex<[Int]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { writer in
        let store = writer % 2 == 0 ? contract.store : contract.other
        let isNew = try? store.putIfAbsent(name, [[UInt8(writer)], [1, 2, 3]])
        if isNew == true { created.withLock { $0.append(writer) } }
        if isNew == nil { Issue.record("writer \(writer) was not answered") }
      }
      let winners = created.withLock { $0 }
      #expect(winners.count == 1)
      #expect(try contract.store.get(name).first.map { Int($0) } == winners.first)
    },
    Case(description: "an upload is seen whole, under its name alone") { contract throws in
      let upload = try contract.store.begin()
      let large = [UInt8](repeating: 7, count: 300 << 10)
      for piece in [[1], large, [2], [3]] { try upload.append(piece) }
      #expect(try contract.other.list("packs/") == [])
      #expect(try contract.other.status(of: "packs/x") == nil)
      #expect(try upload.commit(as: "packs/x"))
      #expect(try contract.other.get("packs/x") == [1] + large + [2, 3])
      #expect(try contract.other.list("packs/") == ["packs/x"])
      let late = try contract.other.begin()
      try late.append([9])
      #expect(try !late.commit(as: "packs/x"))
      #expect(try contract.store.byteCount(of: "packs/x") == large.count + 3)
    },
    Case(description: "an upload that is abandoned or let go leaves no file") { contract throws in
      try contract.store.begin().append([1])
      let abandoned = try contract.store.begin()
      try abandoned.append([1])
      abandoned.abandon()
      abandoned.abandon()
      #expect(try contract.other.list("packs/") == [])
      #expect(try contract.other.list("tmp/") == [])
    },
    Case(description: "a deleted file is gone, and its name free") { contract throws in
      _ = try contract.store.putIfAbsent("packs/x", [[1]])
      #expect(try contract.store.get("packs/x") == [1])
      #expect(try contract.store.delete("packs/x"))
      #expect(try !contract.store.delete("packs/x"))
      #expect(try contract.other.status(of: "packs/x") == nil)
      #expect(try contract.other.list("packs/") == [])
      #expect(try contract.other.putIfAbsent("packs/x", [[2]]))
      #expect(try contract.store.get("packs/x") == [2])
    },
  ]

  private static let readingCases = [
    Case(description: "a file is read in any range") { contract throws in
      let store = contract.store
      _ = try store.putIfAbsent(name, [[1, 2, 3, 4, 5]])
      for start in 0...5 {
        for end in start...5 {
          let bytes = try store.get(name, at: start, count: end - start)
          #expect(bytes == Array([1, 2, 3, 4, 5][start..<end]))
        }
      }
      for count in 0...5 {
        #expect(try store.tail(name, count: count) == Array([1, 2, 3, 4, 5].suffix(count)))
      }
      #expect(try store.tail(name, count: 9) == [1, 2, 3, 4, 5])
      #expect(try store.byteCount(of: name) == 5)
    },
    Case(description: "a range that the file does not have says that the file is cut short") {
      contract throws in
      let store = contract.store
      _ = try store.putIfAbsent(name, [[1, 2]])
      for (offset, count) in [(0, 3), (3, 1), (-1, 1), (1, -1), (Int.max, 1), (1, Int.max)] {
        #expect(kind { _ = try store.get(name, at: offset, count: count) } == .corrupt)
      }
    },
    Case(description: "a name without a file is missing, and has no status") { contract throws in
      let store = contract.store
      #expect(kind { _ = try store.get("packs/none") } == .missing)
      #expect(kind { _ = try store.get("packs/none", at: 0, count: 0) } == .missing)
      #expect(kind { _ = try store.tail("packs/none", count: 1) } == .missing)
      #expect(kind { _ = try store.byteCount(of: "packs/none") } == .missing)
      #expect(try store.status(of: "packs/none") == nil)
      #expect(try store.changed("packs/") == nil)
    },
    Case(description: "a status has the size, and times in the order of the puts") {
      contract throws in
      _ = try contract.store.putIfAbsent("packs/a", [[1, 2]])
      _ = try contract.store.putIfAbsent("packs/b", [[1, 2], [3]])
      let first = try #require(try contract.other.status(of: "packs/a"))
      let second = try #require(try contract.other.status(of: "packs/b"))
      #expect(first.byteCount == 2 && second.byteCount == 3)
      #expect(first.modified <= second.modified)
    },
    Case(description: "after a refresh the file that has the name now is read") { contract throws in
      _ = try contract.store.putIfAbsent("packs/x", [[1]])
      #expect(try contract.other.get("packs/x") == [1])
      _ = try contract.store.delete("packs/x")
      _ = try contract.store.putIfAbsent("packs/x", [[2, 3]])
      contract.other.refresh("packs/x")
      #expect(try contract.other.get("packs/x") == [2, 3])
      #expect(try contract.other.byteCount(of: "packs/x") == 2)
      contract.other.refresh("packs/none")
    },
  ]
}
