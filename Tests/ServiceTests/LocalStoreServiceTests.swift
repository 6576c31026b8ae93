import Service
import Store
import TestSupport
import Testing

@Suite struct LocalStoreServiceTests {
  @Test(arguments: StoreServiceContract.cases)
  func `a store in a folder keeps the contract`(contract: StoreServiceContract.Case) throws {
    let folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    try contract.check(LocalStoreService(try Store(path: folder.path), author: "someone"))
  }

  @Test(arguments: FileServiceContract.cases)
  func `its attachments keep theirs`(contract: FileServiceContract.Case) throws {
    let folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    try contract.check(LocalStoreService(try Store(path: folder.path), author: "someone"))
  }
}
