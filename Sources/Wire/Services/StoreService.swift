/// Every call that an interface (the command line, the REST API) makes on a store, local or remote.
///
/// One protocol per concern; `LocalStoreService` and `RemoteStoreService` conform to all of them.
package protocol StoreService: DatasetService, HistoryService, ComparisonService, ReportService,
  RatingService, FileService, RouterService, BacktestService, ScoreService
{}
