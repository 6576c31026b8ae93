import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

/// Everything that a server answers, operation by operation.
struct Routes: Sendable {
  let backend: Backend

  /// All operations of the contract.
  var all: [Route] {
    datasets + versions + rows + data + files + tags + queries + history + comparisons + reports
      + ratings + scores + models + runs
      + storeTasks + tokens + routers + evaluation + backtests + server
  }

  /// An answer that is a document.
  func json(
    _ document: some Encodable, status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    return Response(
      status: status, headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: Documents.encode(document))))
  }

  /// A part of the path, as the client meant it.
  /// - Throws: ``StoreError`` of kind `usage` when it is no UTF-8 in percent encoding.
  func segment(_ name: String, _ context: ServerContext) throws(StoreError) -> String {
    guard let raw = context.parameters.get(name),
      let text = QueryParameters.decode(raw, plusIsSpace: false)
    else { throw StoreError(.usage, "the path is not UTF-8 in percent encoding, or has a NUL") }
    return text
  }

  /// The dataset that the path names, if the caller may see it.
  func dataset(_ context: ServerContext) throws(StoreError) -> DatasetName {
    let name = try DatasetName(segment("name", context))
    try context.caller.requireAccess(to: name)
    return name
  }

  /// The dataset that the path names, which the request may make.
  /// - Throws: ``StoreError`` of kind `denied` when the caller's token is limited to others.
  func ownDataset(_ context: ServerContext) throws(StoreError) -> DatasetName {
    let name = try DatasetName(segment("name", context))
    try context.caller.requireReach(of: name)
    return name
  }

  /// The version that the path names, if the caller may see its dataset.
  func reference(
    _ context: ServerContext, _ parameter: String = "ref"
  ) throws(StoreError) -> Reference {
    try Reference(dataset: dataset(context), parsing: segment(parameter, context))
  }

  /// The parameters of a URL, none of which may be another than `names`.
  func parameters(
    _ request: Request, _ names: Set<String> = []
  ) throws(StoreError) -> QueryParameters {
    try QueryParameters(request.uri.query, allowing: names)
  }

  /// The number of items of a page.
  func pageLimit(_ parameters: QueryParameters) throws(StoreError) -> Int {
    try parameters.number("limit", in: 1...1000) ?? 100
  }
}
