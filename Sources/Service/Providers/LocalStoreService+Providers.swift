package import Model
import Providers
import Store
package import Wire

extension LocalStoreService {
  /// The attribute of a version that has its set's digest.
  private static let setAttribute = "providers"

  /// Saves a set of providers as the next version of a dataset; the latest set again makes none.
  /// - Throws: ``StoreError`` of kind `invalid` with every fault by its JSON Pointer.
  package func pushProviders(
    _ name: DatasetName, _ document: [UInt8], message: String, author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    let set: ProviderSet
    do throws(DocumentFaults) {
      set = try ProviderSet(parsing: document)
    } catch {
      throw Self.failure(error, name)
    }
    return try save(set, as: name, message, author)
  }

  /// Adds a provider to the latest set of a dataset, in the place of one of the same name, or takes
  /// one out.
  /// - Parameter definition: The provider's JSON; nil to take it and its models out.
  /// - Throws: ``StoreError``: `invalid` as ``pushProviders(_:_:message:author:)``, `missing` when
  ///   there is none to take out.
  package func changeProvider(
    _ provider: String, to definition: [UInt8]?, in name: DatasetName, message: String,
    author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    let latest = try latest(name)
    let base = try latest.map { (version) throws(StoreError) in try self.set(of: version) }
    if definition == nil, base?.provider(provider) == nil {
      throw StoreError(
        .missing,
        "there is no provider '\(provider)' in \(name); "
          + Spelling.advice(provider, base?.providers.map { $0.name } ?? []))
    }
    let set: ProviderSet
    do throws(DocumentFaults) {
      let empty = try ProviderSet([
        "schema": .string(ProviderSet.schema), "providers": .object(JSON.Object()),
      ])
      let json = try definition.map { (bytes) throws(DocumentFaults) in
        try ProviderSet.json(bytes)
      }
      set = try ProviderSet((base ?? empty).document(with: json, named: provider))
    } catch {
      throw Self.failure(error, name)
    }
    return try save(set, as: name, message, author)
  }

  private func save(
    _ set: ProviderSet, as name: DatasetName, _ message: String, _ author: String
  ) throws(StoreError) -> ProvidersPushDocument {
    let latest = try latest(name)
    if let latest, latest.record.attributes[Self.setAttribute] == set.digest.description {
      return ProvidersPushDocument(version: document(for: latest), isNew: false, digest: set.digest)
    }
    var push = PushRequest()
    push.kind = .providers
    push.message = message
    push.author = author
    push.attributes = [Self.setAttribute: set.digest.description]
    push.precondition = .number(latest?.number ?? 0)
    let saved = try saveDocument(set.json.compactBytes, as: name, push)
    return ProvidersPushDocument(
      version: document(for: saved.version), isNew: true, digest: set.digest)
  }

  private static func failure(_ error: DocumentFaults, _ name: DatasetName) -> StoreError {
    let count = error.faults.count
    var failure = StoreError(
      .invalid,
      "the providers of \(name) have \(count) fault\(count == 1 ? "" : "s"):\n\(error)")
    failure.detail = .faults
    return failure
  }

  /// Returns a set of providers.
  /// - Parameter reference: A version; a dataset's name for its live version, else its latest.
  package func providers(_ reference: String) throws(StoreError) -> ProviderSetDocument {
    let (version, set) = try providerSet(reference)
    return ProviderSetDocument(
      version: document(for: version), digest: set.digest,
      providers: set.providers.map { provider in
        ProviderDocument(
          name: provider.name, protocol: provider.protocol.rawValue, baseURL: provider.baseURL,
          secret: provider.secret.map { secret in
            switch secret {
            case .environment(let name): "env \(name)"
            case .file(let path): "file \(path)"
            }
          },
          models: set.models.filter { $0.provider.hasBytes(of: provider.name) }.map(\.name))
      },
      document: set.json.text)
  }

  /// The set that a reference names; that of a dataset's name is its version tagged `live`, else
  /// its latest.
  func providerSet(_ text: String) throws(StoreError) -> (version: Version, set: ProviderSet) {
    var reference = try Reference(parsing: text)
    try requireSight(of: reference.dataset)
    if reference.selector == .latest, reference.back == 0, !text.contains("@"),
      try latest(reference.dataset) != nil,
      try store.tags(of: reference.dataset).contains(where: { $0.name == "live" })
    {
      reference = Reference(dataset: reference.dataset, selector: .tag("live"))
    }
    do throws(StoreError) {
      let version = try store.resolve(reference)
      return (version, try self.set(of: version))
    } catch {
      guard error.kind == .missing else { throw error }
      throw StoreError(
        .missing,
        "there are no providers '\(text)'; add one with 'assay provider add NAME --protocol "
          + "openai.chat --base-url URL --secret-env NAME'")
    }
  }

  private func set(of version: Version) throws(StoreError) -> ProviderSet {
    guard version.record.kind == .providers else {
      throw StoreError(
        .usage, "\(version.reference) holds \(version.record.kind.rawValue), not providers")
    }
    let json = try document(version.pinned).json
    do throws(DocumentFaults) {
      return try ProviderSet(parsing: json)
    } catch {
      throw StoreError(.usage, "\(version.reference) is not a valid set of providers: \(error)")
    }
  }
}
