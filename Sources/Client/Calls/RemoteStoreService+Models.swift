package import Model
import Outbound
package import Wire

extension RemoteStoreService: ModelService {
  package func pushProviders(
    _ name: DatasetName, _ document: [UInt8], message: String, author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    var request = ProvidersRequest(dataset: name.text)
    request.document = try Self.json(document, "the providers")
    return try change(request, message, author)
  }

  package func changeProvider(
    _ provider: String, to definition: [UInt8]?, in name: DatasetName, message: String,
    author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    var request = ProvidersRequest(dataset: name.text)
    request.provider = provider
    request.definition = try definition.map { (bytes) throws(StoreError) in
      try Self.json(bytes, "the provider")
    }
    return try change(request, message, author)
  }

  private func change(
    _ request: ProvidersRequest, _ message: String, _ author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    var request = request
    request.message = message.isEmpty ? nil : message
    request.author = author.isEmpty ? nil : author
    return try document(
      ProvidersPushDocument.self,
      HTTPRequest(.post, Resource("v1", "providers"), json: Documents.encode(request)).changing())
  }

  private static func json(_ bytes: [UInt8], _ what: String) throws(StoreError) -> JSON {
    do throws(JSONFault) {
      return try JSON(parsing: bytes, depth: 64)
    } catch {
      throw StoreError(.invalid, "\(what) is not JSON: \(error.description(in: bytes))")
    }
  }

  package func providers(_ reference: String) throws(StoreError) -> ProviderSetDocument {
    try document(
      ProviderSetDocument.self, HTTPRequest(.get, Resource("v1", "providers", reference)))
  }

  /// Calls a target once, from the server and with its keys.
  ///
  /// A failure of the call is part of the document.
  /// - Throws: ``StoreError`` when there is no such target, or the request is not one.
  package func testProvider(
    _ request: ProviderTestRequest
  ) throws(StoreError) -> ProviderTestDocument {
    try document(
      ProviderTestDocument.self,
      HTTPRequest(.post, Resource("v1", "provider-tests"), json: Documents.encode(request))
        .changing())
  }

  package func importPrices(
    into name: DatasetName, _ bytes: [UInt8], format: String?, from: Timestamp?, message: String,
    author: String
  ) throws(StoreError) -> PricesImportDocument {
    var resource = Resource("v1", "prices", name.text)
    resource.add("format", format)
    resource.add("from", from?.description)
    resource.add("message", message.isEmpty ? nil : message)
    resource.add("author", author.isEmpty ? nil : author)
    return try document(
      PricesImportDocument.self, HTTPRequest(.post, resource, json: bytes).changing())
  }

  package func pushPrompt(
    _ name: DatasetName, _ source: String, system: String?, message: String, author: String
  ) throws(StoreError) -> StoredPromptDocument {
    var request = PromptRequest(name: name.text, source: source)
    request.system = system
    request.message = message.isEmpty ? nil : message
    request.author = author.isEmpty ? nil : author
    return try document(
      StoredPromptDocument.self,
      HTTPRequest(.post, Resource("v1", "prompts"), json: Documents.encode(request)).changing())
  }

  package func storedPrompt(_ reference: String) throws(StoreError) -> StoredPromptDocument {
    try document(
      StoredPromptDocument.self, HTTPRequest(.get, Resource("v1", "prompts", reference)))
  }

  package func prompts() throws(StoreError) -> [StoredPromptDocument] {
    var found: [StoredPromptDocument] = []
    for dataset in try datasets(limit: nil)
    where dataset.kind == .prompts && dataset.problem == nil {
      found.append(try storedPrompt(dataset.name.text))
    }
    return found
  }
}
