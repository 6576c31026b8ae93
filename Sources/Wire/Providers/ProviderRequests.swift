package import Model

/// An order to change a set of providers: the whole of it, or one provider.
package struct ProvidersRequest: Codable, Sendable, Hashable {
  /// The dataset that has the set; nil for `providers`.
  package var dataset: String?
  /// The whole set, a document `providers/1`; nil to change one provider.
  package var document: JSON?
  /// The name of a provider.
  package var provider: String?
  /// The provider; nil, with its name, to take it and its models out.
  package var definition: JSON?
  package var message: String?
  package var author: String?

  /// An order for a dataset.
  package init(dataset: String) { self.dataset = dataset }
}

/// An order to save a prompt.
package struct PromptRequest: Codable, Sendable, Hashable {
  /// The prompt's dataset.
  package let name: String
  /// The text of a template, or a document `prompt/1`.
  package let source: String
  /// A message before it; nil for none.
  package var system: String?
  package var message: String?
  package var author: String?

  /// An order to save a text under a name.
  package init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}
