package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func addRatings(
    to dataset: DatasetName, _ batch: RatingBatch, idempotencyKey: String?
  ) throws(StoreError) -> RatingReceipt {
    var message = HTTPRequest(
      .post, Resource("v1", "ratings", dataset.text), json: Documents.encode(batch))
    // Always with a key, so that it may be sent again when no answer comes.
    message.add("Idempotency-Key", try Self.idempotencyKey(idempotencyKey))
    return try document(RatingReceipt.self, message)
  }

  package func nextRating(
    in dataset: DatasetName, _ request: RatingTaskRequest
  ) throws(StoreError) -> RatingTaskDocument {
    var resource = Resource("v1", "ratings", dataset.text, "next")
    resource.add("ref", request.subject.ref)
    resource.add("against", request.subject.against)
    resource.add("by", request.subject.by)
    resource.add("item", request.subject.item)
    resource.add("arms", list: request.subject.arms)
    resource.add("rater", request.rater)
    resource.add("kind", request.kind)
    resource.add("seed", String(request.seed))
    resource.add("columns", list: request.columns)
    resource.add("rubric", request.rubric)
    resource.add("scorer", request.scorer)
    resource.add("scorer_version", request.scorerVersion)
    resource.add("after", request.after)
    return try document(RatingTaskDocument.self, HTTPRequest(.get, resource))
  }

  package func ratingMedia(
    in dataset: DatasetName, _ address: String, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    guard count > 0 else { return [] }
    var request = HTTPRequest(.get, Self.media(dataset, address))
    request.add("Range", "bytes=\(offset)-\(offset + count - 1)")
    return try bytes(request, at: offset, count: count)
  }

  package func ratingMedia(
    in dataset: DatasetName, _ address: String
  ) throws(StoreError) -> RatingTask.Media {
    let answer = try answer(to: HTTPRequest(.head, Self.media(dataset, address)))
    // An answer without a body says no more than its status.
    guard answer.head.status != 404 else {
      throw StoreError(.missing, "the address belongs to no waiting task; ask for the task again")
    }
    try require(answer)
    return RatingTask.Media(
      address: address, mediaType: try field("Content-Type", of: answer.head) { $0 },
      size: try field("Content-Length", of: answer.head) { Int($0) })
  }

  private static func media(_ dataset: DatasetName, _ address: String) -> Resource {
    Resource("v1", "ratings", dataset.text, "media", address)
  }

  package func ratingReport(
    of reference: Reference, _ request: RatingReportRequest
  ) throws(StoreError) -> RatingReportDocument {
    var resource = Resource("v1", "ratings", reference.dataset.text, "report")
    resource.add("version", reference.selectorText)
    resource.add("anchor", request.anchor)
    resource.add("resamples", String(request.resamples))
    resource.add("seed", String(request.seed))
    if request.acrossScorers { resource.add("across_scorers", "true") }
    return try document(RatingReportDocument.self, HTTPRequest(.get, resource))
  }
}
