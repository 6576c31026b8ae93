import Formats
import Model
import Objects
import Store
import TestSupport
import Testing

/// A store whose objects are in a bucket, and whose other files are on a disk beside it.
@Suite struct BucketTests {
  let directory: TemporaryDirectory
  let bucket = MemoryObjectStore()
  let dataset: DatasetName

  init() throws {
    directory = try TemporaryDirectory()
    dataset = try DatasetName("d")
    try Store.create(at: home("a"))
  }

  /// The store as a machine has it whose disk is the folder `name`.
  private func home(_ name: String) throws -> StoreHome {
    let disk = PosixDisk(root: directory.path)
    if try disk.makeDirectory(name) { try disk.syncDirectory("") }
    let path = directory.path + "/" + name
    return StoreHome(
      name: "the bucket", objects: bucket, live: PosixDisk(root: path),
      access: PosixDisk(root: path), indexPath: path + "/index.sqlite", scratch: path)
  }

  private func store(_ name: String = "a") throws -> Store { try Store(home: home(name)) }

  @Test func `versions are saved, read, compared and verified`() throws {
    var random = SeededGenerator(seed: 7)
    let (store, other) = (try store(), try store("b"))
    let first = SampleTable(count: 3000, using: &random)
    #expect(try store.push(first).version.number == 1)
    let second = first.edited("new", using: &random)
    // Another machine sees what was saved, and saves over it.
    #expect(try other.push(second).version.number == 2)
    #expect(try store.table("d@1").vectors == first.vectors)
    #expect(try store.table("d@2").vectors == second.vectors)
    let diff = try store.diff(
      store.snapshot(store.resolve(Reference(parsing: "d@1"))),
      store.snapshot(store.resolve(Reference(parsing: "d@2"))))
    #expect(!diff.changed.isEmpty && !diff.added.isEmpty)
    #expect(try store.verify().damage == [] && other.verify().damage == [])
  }

  @Test func `a second store is not made in the same bucket`() throws {
    let error = #expect(throws: StoreError.self) { try Store.create(at: home("b")) }
    #expect(error?.kind == .conflict && error?.message.contains("the bucket") == true)
  }

  @Test func `an index that is lost is made of the bucket again`() throws {
    try store().pushLines("{\"n\":1}\n")
    #expect(try store("c").lines() == ["{\"n\":1}"])
  }

  @Test func `live rows wait on the disk, and are sealed into the bucket after a restart`() throws {
    do {
      let live = try LiveAppender(store())
      try live.take("{\"n\":1}", key: "k")
      try live.take("{\"n\":2}")
    }
    #expect(try bucket.list(StoreLayout.live) == [])
    let store = try store()
    let live = try LiveAppender(store)
    #expect(live.waitingRows(of: dataset) == 2)
    #expect(try live.take("{\"n\":1}", key: "k").rows == 1)
    #expect(try store.verify().damage == [])
    _ = try live.seal(dataset)
    #expect(live.waitingRows(of: dataset) == 0)
    let other = try self.store("b")
    #expect(try other.lines() == ["{\"n\":1}", "{\"n\":2}"])
    // The key is known after the rows were sealed, too.
    #expect(try live.take("{\"n\":1}", key: "k").rows == 1)
    #expect(live.waitingRows(of: dataset) == 0)
    #expect(throws: StoreError.self) {
      try store.pushLines("{\"n\":3}\n") {
        $0.idempotencyKey = "k"
        $0.request = Digest(hashing: [])
      }
    }
  }
}
