import Access
import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// The routes on tags: to list, move and remove them.
  var tags: [Route] {
    let path = "/v1/datasets/{name}/tags/{tag}"
    return [
      Route("listTags", .get, "/v1/datasets/{name}/tags", .token(.read), handler: listTags),
      Route("setTag", .put, path, .token(.write), handler: setTag),
      Route("removeTag", .delete, path, .token(.write), handler: removeTag),
    ]
  }

  @Sendable private func listTags(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["limit", "cursor"])
    let limit = try pageLimit(parameters)
    let after = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "tags", count: 2).parts[1]
    }
    let dataset = try dataset(context)
    let all = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.tags(of: dataset)
    }
    let rest = all.filter { (after ?? "") < $0.tag }
    let items = Array(rest.prefix(limit))
    let next = rest.count > limit ? items.last.map { PageCursor("tags", $0.tag) } : nil
    return json(Page(items: items, next: next?.text))
  }

  @Sendable private func setTag(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let (dataset, tag) = (try dataset(context), try tag(context))
    let move = try await backend.document(TagMoveDocument.self, of: request)
    let reference = try Reference(dataset: dataset, parsing: move.version)
    let order = TagRequest(
      author: move.author ?? context.caller.name, message: move.message ?? "")
    try PushParameters.requireShort(message: order.message, author: order.author)
    let document = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.setTag(tag, to: reference, order)
    }
    try await backend.record(
      context, "setTag", on: "\(dataset)@\(tag)", result: "\(dataset)@\(document.number)")
    return json(document)
  }

  @Sendable private func removeTag(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["message", "author"])
    let (dataset, tag) = (try dataset(context), try tag(context))
    let order = TagRequest(
      author: try parameters.text("author") ?? context.caller.name,
      message: try parameters.text("message") ?? "")
    try PushParameters.requireShort(message: order.message, author: order.author)
    try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.removeTag(tag, of: dataset, order)
    }
    try await backend.record(context, "removeTag", on: "\(dataset)@\(tag)")
    var response = Response(status: .noContent)
    response.headers[.contentLength] = nil
    return response
  }

  private func tag(_ context: ServerContext) throws(StoreError) -> String {
    let tag = try segment("tag", context)
    guard TagName.isValid(tag) else {
      throw StoreError(
        .usage,
        "'\(tag.prefix(128))' is not a tag: a letter, then letters, digits, '.', '_' and '-', not "
          + "'latest'")
    }
    return tag
  }
}
