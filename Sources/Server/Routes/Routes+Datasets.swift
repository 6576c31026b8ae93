import Access
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// Lists of datasets, of versions, and of what happened to a dataset.
  var datasets: [Route] {
    [
      Route("listDatasets", .get, "/v1/datasets", .token(.read), handler: listDatasets),
      Route(
        "listVersions", .get, "/v1/datasets/{name}/versions", .token(.read), handler: listVersions),
      Route("getLog", .get, "/v1/datasets/{name}/log", .token(.read), handler: getLog),
    ]
  }

  @Sendable private func listDatasets(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["limit", "cursor"])
    let limit = try pageLimit(parameters)
    let after = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "datasets", count: 2).parts[1]
    }
    let all = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.datasets(limit: nil)
    }
    let rest = all.filter { context.caller.sees($0.name) && (after ?? "") < $0.name.text }
    let items = Array(rest.prefix(limit))
    let next = rest.count > limit ? items.last.map { PageCursor("datasets", $0.name.text) } : nil
    return json(Page(items: items, next: next?.text))
  }

  @Sendable private func listVersions(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["limit", "cursor"])
    let limit = try pageLimit(parameters)
    let before = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "versions", count: 2).number(1)
    }
    let dataset = try dataset(context)
    let found = try await backend.onShortPool(context) { (service) throws(StoreError) in
      // Versions are numbered without gaps, so the newest gives the number to skip.
      let newest = try service.versions(of: dataset, limit: 1).first?.number ?? 0
      let passed = before.map { max(0, newest - $0 + 1) } ?? 0
      return try service.versions(of: dataset, limit: passed + limit + 1).dropFirst(passed)
    }
    let items = Array(found.prefix(limit))
    let next = found.count > limit ? items.last.map { PageCursor("versions", "\($0.number)") } : nil
    return json(Page(items: items, next: next?.text))
  }

  @Sendable private func getLog(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["stat", "limit", "cursor"])
    let limit = try pageLimit(parameters)
    let stat = try parameters.flag("stat", default: false)
    let before = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "log", count: 2).number(1)
    }
    let dataset = try dataset(context)
    let found = try await backend.onWorkerPool(context, .reading) { (service) throws(StoreError) in
      let newest = try service.log(of: dataset, stat: false, limit: 1).first?.sequence ?? 0
      let passed = before.map { max(0, newest - $0 + 1) } ?? 0
      return try service.log(of: dataset, stat: stat, limit: passed + limit + 1).dropFirst(passed)
    }
    let items = Array(found.prefix(limit))
    let next = found.count > limit ? items.last.map { PageCursor("log", "\($0.sequence)") } : nil
    return json(Page(items: items, next: next?.text))
  }
}

extension LogDocument {
  /// The place of the record in the dataset's log.
  fileprivate var sequence: Int {
    switch self {
    case .version(let version, _): version.sequence
    case .tag(let move): move.sequence
    case .deployment(let deployment): deployment.sequence
    }
  }
}
