package import Model

/// The permission of a call to save, asked again right before it does.
///
/// A body may be under way for long, and the token that it came with be revoked meanwhile. Whatever
/// makes a change durable asks; only who serves callers sets it.
package struct CommitPermission: Sendable {
  /// The permission of the call that this thread works on; nil where all may save.
  @TaskLocal package static var current: CommitPermission?

  private let check: @Sendable () throws(StoreError) -> Void

  /// A permission that `check` throws to withdraw.
  package init(_ check: @escaping @Sendable () throws(StoreError) -> Void) { self.check = check }

  /// Goes on where the call that this thread works on may save.
  /// - Throws: ``StoreError`` of kind `denied`.
  package static func require() throws(StoreError) {
    if let current { try current.check() }
  }
}
