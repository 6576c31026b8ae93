import Dispatch
import Foundation
import Model
package import Objects
import Synchronization
import Testing

/// The promises of a ``MaintainableObjectStore`` beyond those of any object store.
///
/// Each case wants an empty store.
package struct MaintainableObjectStoreContract: Sendable {
  let store: any MaintainableObjectStore
  /// The same files, as another process sees them.
  let other: any MaintainableObjectStore

  /// One promise.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    let check: @Sendable (MaintainableObjectStoreContract) throws -> Void

    /// Checks `store`, which is empty; `other` is a second view of the same files.
    package func check(
      _ store: any MaintainableObjectStore, other: any MaintainableObjectStore
    ) throws {
      try check(MaintainableObjectStoreContract(store: store, other: other))
    }
  }

  /// A pack, an attachment and an upload under way.
  private static let names = [
    StoreLayout.packName(Digest(hashing: [1])), StoreLayout.fileName(Digest(hashing: [2])),
    StoreLayout.uploadName(Digest(hashing: [3]), of: nil),
  ]

  /// All promises.
  package static let cases = [
    Case(description: "a replaced file is read whole, as it was or as it is") { contract throws in
      let name = ObjectStoreContract.name
      _ = try contract.store.putIfAbsent(name, [[1, 2, 3, 4]])
      #expect(try contract.other.get(name) == [1, 2, 3, 4])
      try contract.store.replace(name, [[5], [6, 7]])
      #expect(try contract.store.get(name) == [5, 6, 7])
      #expect([[1, 2, 3, 4], [5, 6, 7]].contains(try contract.other.get(name)))
      contract.other.refresh(name)
      #expect(try contract.other.get(name) == [5, 6, 7])
      #expect(try contract.store.list("tmp/") == [])
    },
    Case(description: "a key is held by one at a time") { contract throws in
      let order = Mutex<[Int]>([])
      let ended = DispatchSemaphore(value: 0)
      var held: (any Sendable)? = try contract.store.holding("k")
      let different = try contract.other.holding("l")
      let other = contract.other
      Thread.detachNewThread {
        let own = try? other.holding("k")
        order.withLock { $0.append(own == nil ? 0 : 2) }
        ended.signal()
      }
      withExtendedLifetime((held, different)) { order.withLock { $0.append(1) } }
      held = nil
      ended.wait()
      #expect(order.withLock { $0 } == [1, 2])
    },
    Case(description: "a touch makes a file younger and changes nothing else") { contract throws in
      let store = contract.store
      for name in names {
        _ = try store.putIfAbsent(name, [[1, 2]])
        let before = try #require(try store.status(of: name))
        try contract.other.touch(name)
        let after = try #require(try store.status(of: name))
        #expect(after.modified >= before.modified && after.byteCount == 2)
        #expect(try store.get(name) == [1, 2])
      }
      #expect(ObjectStoreContract.kind { try store.touch("packs/none") } == .missing)
    },
    Case(description: "a file goes unless it was touched after a time") { contract throws in
      let store = contract.store
      for name in names {
        _ = try store.putIfAbsent(name, [[1, 2]])
        let touched = try #require(try store.status(of: name)).modified
        let before = Timestamp(microseconds: touched.microseconds - 1)
        #expect(try !store.delete(name, unlessTouchedAfter: before))
        #expect(try contract.other.get(name) == [1, 2])
        #expect(try contract.other.status(of: name)?.modified == touched)
        #expect(try store.delete(name, unlessTouchedAfter: touched))
        #expect(try contract.other.status(of: name) == nil)
        #expect(try !store.delete(name, unlessTouchedAfter: touched))
        #expect(ObjectStoreContract.kind { try store.touch(name) } == .missing)
        #expect(try store.putIfAbsent(name, [[3]]))
      }
    },
    Case(description: "the right to collect belongs to one process at a time") { contract throws in
      let right = try contract.store.collecting()
      let other = contract.other
      #expect(ObjectStoreContract.kind { _ = try other.collecting() } == .conflict)
      withExtendedLifetime(right) {}
    },
    Case(description: "the right to collect ends when it is released") { contract throws in
      for store in [contract.store, contract.other, contract.store] {
        withExtendedLifetime(try store.collecting()) {}
      }
    },
  ]
}
