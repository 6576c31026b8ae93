import Model
package import Providers

/// The programs that calls of models may start, and the keys that they may read.
package struct CallRules: Sendable {
  /// True to start programs: providers of protocol `command`, and scorers of type `command`.
  package var allowsPrograms = true
  /// True for a caller whose own documents may name programs.
  package var isAdministrator = true
  package var secrets = SecretSource.process

  /// Everything that the user of this process may do.
  package init() {}

  /// Throws for a provider that is a program, where none may be started.
  /// - Throws: ``StoreError`` of kind `denied`.
  func require(_ provider: ProviderDefinition) throws(StoreError) {
    guard provider.protocol == .command, !allowsPrograms else { return }
    throw Self.noPrograms("the provider '\(provider.name)' is a program")
  }

  /// Throws for a scorer that is a program, where the caller may name none.
  /// - Throws: ``StoreError`` of kind `denied`.
  func requireProgram(ofScorer name: String) throws(StoreError) {
    guard allowsPrograms else { throw Self.noPrograms("the scorer '\(name)' is a program") }
    guard isAdministrator else {
      throw StoreError(
        .denied,
        "the scorer '\(name)' is a program, which only an administrator's document may name: ask for "
          + "a token with the scope admin")
    }
  }

  private static func noPrograms(_ what: String) -> StoreError {
    StoreError(
      .denied,
      "\(what), and this server starts none; who runs it allows them with 'assay serve "
        + "--allow-commands'")
  }
}
