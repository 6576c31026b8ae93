import Model
import Wire

extension ScriptedService {
  func addRatings(
    to dataset: DatasetName, _ batch: RatingBatch, idempotencyKey: String?
  ) throws(StoreError) -> RatingReceipt {
    RatingReceipt(
      ratings: batch.events.compactMap(\.rating), version: try document(in: dataset),
      isNew: idempotencyKey != "again")
  }

  func nextRating(
    in dataset: DatasetName, _ request: RatingTaskRequest
  ) throws(StoreError) -> RatingTaskDocument {
    RatingTaskDocument(task: nil, done: request.seed, remaining: 0, subject: request.subject)
  }

  func ratingReport(
    of reference: Reference, _ request: RatingReportRequest
  ) throws(StoreError) -> RatingReportDocument {
    RatingReportDocument(
      version: reference.description, snapshot: Self.snapshot, events: 0, corrected: 0,
      superseded: 0, seed: request.seed, resamples: request.resamples, level: 0.95, metrics: [])
  }
}
