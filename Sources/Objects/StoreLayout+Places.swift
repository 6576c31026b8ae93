package import Model

extension StoreLayout {
  /// The advice about something else in the place of a file or a folder.
  static func remedy(_ name: String) -> String {
    isExpendable(name) ? "remove it" : "remove it, and restore what was there from a copy"
  }

  /// The error for something else in the place of a file.
  package static func noFile(_ name: String, _ kind: String = "not a file") -> StoreError {
    StoreError(.corrupt, "\(name) is \(kind), where the store has a file: \(remedy(name))")
  }

  /// Returns true when a file of that name can be removed without loss: it is rebuilt, or belongs
  /// to a single request.
  private static func isExpendable(_ name: String) -> Bool {
    [temporaries, uploads, answers].contains { name.hasPrefix($0) || name + "/" == $0 }
      || [liveLock, accessLock, accessDraft].contains(name) || name.hasPrefix(indexFile)
  }

  /// Returns true for names that only files may have in a store.
  package static func isFile(_ name: String) -> Bool {
    if isPack(name) || parseFileName(name) != nil || fixedFiles.contains(name) { return true }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    switch (String(parts[0]) + "/", parts.count) {
    case (temporaries, 2), (uploads, 2): return true
    case (answers, 3): return Digest(parsing: parts[2]) != nil
    case (live, 3):
      return [liveLogSuffix, liveKeysSuffix].contains { parts[2].hasSuffix($0) }
    default: return false
    }
  }

  private static let fixedFiles = [formatFile, liveLock] + accessFiles
}
