package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func setTag(
    _ tag: String, to reference: Reference, _ request: TagRequest
  ) throws(StoreError) -> TagDocument {
    let move = TagMoveDocument(
      version: reference.selectorText, message: request.message,
      author: request.author.isEmpty ? nil : request.author)
    return try document(
      TagDocument.self,
      HTTPRequest(
        .put, try tagResource(tag, of: reference.dataset), json: Documents.encode(move)))
  }

  package func removeTag(
    _ tag: String, of dataset: DatasetName, _ request: TagRequest
  ) throws(StoreError) {
    var resource = try tagResource(tag, of: dataset)
    resource.add("message", request.message.isEmpty ? nil : request.message)
    resource.add("author", request.author.isEmpty ? nil : request.author)
    let answer = try answer(to: HTTPRequest(.delete, resource))
    // It is gone: an attempt before this one removed it, and its answer was lost.
    if answer.head.status == 404, answer.followsInterruption { return }
    try require(answer)
  }

  private func tagResource(_ tag: String, of dataset: DatasetName) throws(StoreError) -> Resource {
    // Such a name has no path of its own.
    guard !tag.isEmpty else {
      throw StoreError(.usage, "a tag has a name of letters, digits, '.', '_' and '-'")
    }
    return Self.resource(dataset, "tags", tag)
  }
}
