import Model
import TestSupport
import Testing

/// A store over REST, a `RemoteStoreService`, does all that a store must do.
@Suite(.timeLimit(.minutes(5))) struct ContractTests {
  @Test(arguments: StoreServiceContract.cases)
  func `over REST`(_ contract: StoreServiceContract.Case) async throws {
    try await ServedStore.with { store in try contract.check(store.remote) }
  }

  @Test(arguments: FileServiceContract.cases)
  func `attachments over REST`(_ contract: FileServiceContract.Case) async throws {
    try await ServedStore.with { store in try contract.check(store.remote) }
  }
}
