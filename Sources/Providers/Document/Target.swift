package import Model

/// A model to call: one of the document's `models`, or any model of a provider.
package struct Target: Sendable {
  /// The name that rows have: that of `models`, or `provider:model`.
  package let name: String
  package let provider: ProviderDefinition
  /// The provider's name of the model.
  package let model: String
  let params: JSON.Object

  /// A model of a provider under another name, with parameters beside its own.
  package init(_ target: Target, name: String, params: JSON.Object = JSON.Object()) {
    self.name = name
    provider = target.provider
    model = target.model
    self.params = target.params.merging(params)
  }

  init(name: String, provider: ProviderDefinition, model: String, params: JSON.Object) {
    self.name = name
    self.provider = provider
    self.model = model
    self.params = params
  }

  /// The parameters of a call: the provider's defaults, those of the model, those of the request.
  package func parameters(of request: ChatRequest) -> JSON.Object {
    provider.defaults.merging(params).merging(request.params)
  }

  /// Everything that the answer to a request may depend on, as JSON: where it goes, and what.
  ///
  /// It has no secret, no limit and no timeout, so that changes of those change no identity.
  package func identity(of request: ChatRequest) -> JSON {
    var members: JSON.Object = [
      "protocol": .string(provider.protocol.rawValue), "model": .string(model),
      "params": .object(parameters(of: request)), "messages": request.json,
    ]
    members["base_url"] = provider.baseURL.map(JSON.string)
    if !provider.headers.isEmpty {
      members["headers"] = .object(
        JSON.Object(provider.headers.map { ($0.name, .string($0.value)) }))
    }
    members["command"] = provider.json["command"]?["argv"]
    members["template"] = provider.json["template"]
    return .object(members)
  }
}

extension JSON.Object {
  /// The members of both; those of `other` take the place of ones with the same names.
  fileprivate func merging(_ other: JSON.Object) -> JSON.Object {
    var all = self
    for member in other.members { all[member.name] = member.value }
    return all
  }
}

extension ProviderSet {
  /// The target that a text names: a name of `models`, or `provider:model`, divided at the first
  /// colon.
  /// - Throws: ``StoreError`` of kind `missing` with the names that are near.
  package func target(_ text: String) throws(StoreError) -> Target {
    if let model = models.first(where: { $0.name.hasBytes(of: text) }),
      let provider = provider(model.provider)
    {
      return Target(
        name: model.name, provider: provider, model: model.model, params: model.params)
    }
    guard let colon = text.firstIndex(of: ":") else {
      let names = models.map(\.name) + providers.map { $0.name + ":MODEL" }
      throw StoreError(
        .missing, "there is no target '\(text)'; \(Spelling.advice(text, names))")
    }
    let (name, model) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    guard let provider = provider(name) else {
      throw StoreError(
        .missing,
        "there is no provider '\(name)'; \(Spelling.advice(name, providers.map(\.name)))")
    }
    guard !model.isEmpty else {
      throw StoreError(.usage, "the target '\(text)' names no model: write \(name):MODEL")
    }
    return Target(name: text, provider: provider, model: model, params: JSON.Object())
  }

  /// The provider of that name; nil when there is none.
  package func provider(_ name: String) -> ProviderDefinition? {
    providers.first { $0.name.hasBytes(of: name) }
  }
}
