package import Access
import Model
package import Objects
package import Store
import Wire

/// A store in a folder here, as doors see it.
///
/// Any thread may call, and any number of calls may run at once.
package struct LocalStoreService: StoreService {
  /// Limits of a query, and of a condition on rows, that names none of its own.
  package struct QueryLimits: Sendable, Hashable {
    package var seconds = 30.0
    package var mebibytes = 1024

    /// Thirty seconds and 1 GiB.
    package init() {}
  }

  let store: Store
  /// The author of what a request saves without naming one.
  package var author: String
  package var limits = QueryLimits()
  /// Asked every few thousand steps of a query; true ends it with an error of kind `exhausted`.
  package var isCancelled: (@Sendable () -> Bool)?
  /// Datasets that this is false for are not there, also for SQL.
  var sees: @Sendable (DatasetName) -> Bool = { _ in true }
  /// The caller, when they see a part of the store alone.
  private(set) var limit: Caller?
  /// The caller's token; nil for somebody who needs none.
  private(set) var callerID: String?

  /// The store, with `author` as the one who saves what names no other.
  package init(_ store: Store, author: String) {
    self.store = store
    self.author = author
  }

  /// The store as `caller` sees it: their datasets, their name, and queries that end when nobody
  /// waits for them any more.
  package func limited(to caller: Caller) -> LocalStoreService {
    var service = self
    if !caller.name.isEmpty { service.author = caller.name }
    service.callerID = caller.tokenID
    if !caller.seesEverything {
      service.sees = { caller.sees($0) }
      service.limit = caller
    }
    service.isCancelled = { Task.isCancelled }
    return service
  }

  /// Where the store keeps its files.
  package var home: StoreHome { store.home }

  /// The author of a request.
  func author(_ given: String) -> String { given.isEmpty ? author : given }
}
