package import Model
import Outbound
package import Wire

extension RemoteStoreService: StoreService {
  /// The most items requested per page.
  private static var pageSize: Int { 1000 }

  /// The items of a list, page after page, until there are `limit` or no more.
  func list<Item: Codable & Sendable & Hashable>(
    _ type: Item.Type, _ resource: Resource, limit: Int?
  ) throws(StoreError) -> [Item] {
    var items: [Item] = []
    var cursor: String?
    repeat {
      var page = resource
      // Also for none at all: the server says whether the dataset is there.
      let wanted = limit.map { max(1, $0 - items.count) } ?? Self.pageSize
      page.add("limit", String(min(wanted, Self.pageSize)))
      page.add("cursor", cursor)
      let answer = try document(Page<Item>.self, HTTPRequest(.get, page))
      items += answer.items
      guard answer.next != cursor || cursor == nil else {
        throw StoreError(.unavailable, "the server gives the same page again: try again")
      }
      cursor = answer.next
    } while cursor != nil && items.count < limit ?? .max
    return Array(items.prefix(limit ?? .max))
  }

  /// The path of a dataset and what is below it.
  static func resource(_ dataset: DatasetName, _ below: String...) -> Resource {
    Resource(["v1", "datasets", dataset.text] + below)
  }

  package func datasets(limit: Int?) throws(StoreError) -> [DatasetDocument] {
    try list(DatasetDocument.self, Resource(["v1", "datasets"]), limit: limit)
  }

  package func versions(
    of dataset: DatasetName, limit: Int?
  ) throws(StoreError) -> [VersionDocument] {
    try list(VersionDocument.self, Self.resource(dataset, "versions"), limit: limit)
  }

  package func log(
    of dataset: DatasetName, stat: Bool, limit: Int?
  ) throws(StoreError) -> [LogDocument] {
    var resource = Self.resource(dataset, "log")
    if stat { resource.add("stat", "true") }
    return try list(LogDocument.self, resource, limit: limit)
  }

  package func version(_ reference: Reference) throws(StoreError) -> VersionDetailDocument {
    let resource = Self.resource(reference.dataset, "versions", reference.selectorText)
    return try document(VersionDetailDocument.self, HTTPRequest(.get, resource))
  }

  package func tags(of dataset: DatasetName) throws(StoreError) -> [TagDocument] {
    try list(TagDocument.self, Self.resource(dataset, "tags"), limit: nil)
  }
}
