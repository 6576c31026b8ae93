/// Everything that the commands ask of a store, here or elsewhere.
///
/// One protocol a concern; both `LocalStoreService` and `RemoteStoreService` are all of them.
package protocol AssayService: StoreService, HistoryService, ComparisonService, ReportService,
  RatingService, FileService, RouterService, BacktestService
{}
