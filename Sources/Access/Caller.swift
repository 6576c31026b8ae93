package import Model
package import Wire

/// The identity of a request's sender, and what they may do.
package struct Caller: Sendable, Hashable {
  /// The datasets that a caller may see; others do not exist for them.
  package enum Visibility: Sendable, Hashable {
    case everything
    /// A namespace: the dataset of that name, and those whose names go on after it with a dot. With
    /// a separator at its end (`.`, `-`, `_`) all names that begin so.
    case prefix(String)
    case dataset(DatasetName)
  }

  /// The token's; nil for a caller who needs none.
  package let tokenID: String?
  /// The author of what they write, unless they say otherwise.
  package let name: String
  package let scope: TokenScope
  package let visibility: Visibility
  /// When their token expires.
  package let expiresAt: Timestamp?

  /// A caller who may do everything: a user of this machine, while there are no tokens.
  package static let local = Caller(
    tokenID: nil, name: "", scope: .admin, visibility: .everything, expiresAt: nil)

  /// A caller with these rights.
  package init(
    tokenID: String?, name: String, scope: TokenScope, visibility: Visibility, expiresAt: Timestamp?
  ) {
    self.tokenID = tokenID
    self.name = name
    self.scope = scope
    self.visibility = visibility
    self.expiresAt = expiresAt
  }

  /// True when they may see all datasets.
  package var seesEverything: Bool { visibility == .everything }

  /// Returns true when they may see the dataset.
  package func sees(_ dataset: DatasetName) -> Bool {
    switch visibility {
    case .everything: true
    case .prefix(let prefix): Self.has(dataset.text, prefix)
    case .dataset(let name): dataset == name
    }
  }

  private static func has(_ name: String, _ prefix: String) -> Bool {
    isBeginning(prefix) ? name.hasPrefix(prefix) : name == prefix || name.hasPrefix(prefix + ".")
  }

  /// Returns true when a prefix is the beginning of names, and not a namespace.
  private static func isBeginning(_ prefix: String) -> Bool {
    prefix.last.map { ".-_".contains($0) } ?? true
  }

  /// A prefix for people, as the names that it stands for: `vision, vision.…` or `vision-…`.
  package static func description(ofPrefix prefix: String) -> String {
    isBeginning(prefix) ? prefix + "…" : "\(prefix), \(prefix).…"
  }

  /// Throws unless they may see the dataset.
  /// - Throws: ``StoreError`` of kind `missing`, in the words for a dataset that does not exist.
  package func requireAccess(to dataset: DatasetName) throws(StoreError) {
    guard sees(dataset) else {
      throw StoreError(.missing, "there is no dataset '\(dataset)'")
    }
  }

  /// Throws unless they may make a dataset of that name, and so write into it.
  ///
  /// The error discloses the token's limits, not whether such a dataset exists.
  /// - Throws: ``StoreError`` of kind `denied`.
  package func requireReach(of dataset: DatasetName) throws(StoreError) {
    switch visibility {
    case .prefix(let prefix) where !sees(dataset):
      throw StoreError(
        .denied,
        "this token is limited to \(Self.description(ofPrefix: prefix)); ask for one that may write "
          + "'\(dataset)'")
    default: try requireAccess(to: dataset)
    }
  }

  /// Throws unless their token allows `scope`.
  /// - Throws: ``StoreError`` of kind `denied`.
  package func require(_ scope: TokenScope) throws(StoreError) {
    guard self.scope >= scope else {
      throw StoreError(
        .denied,
        "this token has the scope '\(self.scope.rawValue)', and this needs '\(scope.rawValue)'; ask "
          + "for a token with that scope")
    }
  }
}
