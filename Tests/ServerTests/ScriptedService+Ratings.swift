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

  /// The bytes behind the one address that there is.
  static let media: [UInt8] = Array("picture".utf8)
  static let mediaAddress = "0123456789abcdef0123456789abcdef"

  func ratingMedia(
    in dataset: DatasetName, _ address: String, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    _ = try ratingMedia(in: dataset, address)
    return Array(Self.media.dropFirst(offset).prefix(count))
  }

  func ratingMedia(
    in dataset: DatasetName, _ address: String
  ) throws(StoreError) -> RatingTask.Media {
    guard address == Self.mediaAddress else { throw StoreError(.missing, "no such address") }
    return RatingTask.Media(address: address, mediaType: "image/png", size: Self.media.count)
  }

  func ratingReport(
    of reference: Reference, _ request: RatingReportRequest
  ) throws(StoreError) -> RatingReportDocument {
    try checkCancellation()
    return RatingReportDocument(
      version: reference.description, snapshot: Self.snapshot, events: 0, corrected: 0,
      superseded: 0, seed: request.seed, resamples: request.resamples, level: 0.95, metrics: [])
  }
}
