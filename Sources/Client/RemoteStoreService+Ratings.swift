package import Model
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
