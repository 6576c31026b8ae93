package import Access
import Model
package import Objects
import Platform
package import Store
import Wire

/// A store in a local folder, as a caller sees it.
///
/// Any thread may call, and any number of calls may run at once.
package struct LocalStoreService: StoreService, ModelService {
  /// Limits of a query, and of a condition on rows, that names none of its own.
  package struct QueryLimits: Sendable, Hashable {
    package var seconds: Double
    package var mebibytes: Int

    /// Thirty seconds and 1 GiB, unless said otherwise.
    package init(seconds: Double = 30, mebibytes: Int = 1024) {
      self.seconds = seconds
      self.mebibytes = mebibytes
    }
  }

  let store: Store
  /// The author of requests that name none.
  package var author: String
  package var limits = QueryLimits()
  package var callRules = CallRules()
  /// Called every few thousand steps of a query; true ends it with an error of kind `exhausted`.
  package var isCancelled: (@Sendable () -> Bool)?
  /// Datasets for which this is false do not exist for the caller, also in SQL.
  var sees: @Sendable (DatasetName) -> Bool = { _ in true }
  /// The caller, when they see only a part of the store.
  private(set) var limit: Caller?
  /// The caller's token; nil for a caller without one.
  private(set) var callerID: String?

  /// The store, with `author` as the author of requests that name none.
  package init(_ store: Store, author: String) {
    self.store = store
    self.author = author
  }

  /// The store as `caller` sees it: their datasets, their name, and queries that end when their
  /// request is cancelled, or at `limits`.
  package func limited(
    to caller: Caller, _ limits: QueryLimits? = nil
  ) -> LocalStoreService {
    var service = self
    if let limits { service.limits = limits }
    if !caller.name.isEmpty { service.author = caller.name }
    service.callerID = caller.tokenID
    service.callRules.isAdministrator = caller.scope == .admin && caller.seesEverything
    if !caller.seesEverything {
      service.sees = { caller.sees($0) }
      service.limit = caller
    }
    service.isCancelled = { CancellationFlag.isSetHere }
    return service
  }

  /// The places of the store's files.
  package var home: StoreHome { store.home }

  /// The author of a request.
  func author(_ given: String) -> String { given.isEmpty ? author : given }
}
