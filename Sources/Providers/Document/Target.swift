package import Model

/// A model to call: one of the document's `models`, or any model of a provider.
package struct Target: Sendable {
  /// The name that rows have: that of `models`, or `provider:model`.
  package let name: String
  package let provider: ProviderDefinition
  /// The provider's name of the model.
  package let model: String
  let params: JSON.Object
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
