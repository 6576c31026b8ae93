/// The numbers of rows that differ between two versions.
package struct ChangeCounts: Codable, Sendable, Hashable {
  package let added: Int
  package let removed: Int
  package let changed: Int

  /// Rows added, removed and changed.
  package init(added: Int, removed: Int, changed: Int) {
    self.added = added
    self.removed = removed
    self.changed = changed
  }

  /// `+20 −10 ~200`.
  package var text: String { "+\(added) −\(removed) ~\(changed)" }
}

/// The outcome of a push: one JSON object with the version's members and its own.
package struct PushDocument: Sendable, Hashable {
  package let version: VersionDocument
  /// False when the store had the content (or the idempotency key) already.
  package let isNew: Bool
  /// Bytes written to the store.
  package let storedBytes: Int
  /// The changes from the version before; nil when there is none or they were not counted.
  package let changes: ChangeCounts?
  /// The interpretations that were chosen where the file is ambiguous, each a sentence.
  package var notes: [String]
  /// Failures after the version was saved, and oddities of the version; nil for none.
  package let warnings: [String]?

  /// A push that ended with `version`.
  package init(
    version: VersionDocument, isNew: Bool, storedBytes: Int, changes: ChangeCounts?,
    notes: [String] = [], warnings: [String] = []
  ) {
    self.warnings = warnings.isEmpty ? nil : warnings
    self.version = version
    self.isNew = isNew
    self.storedBytes = storedBytes
    self.changes = changes
    self.notes = notes
  }
}

extension PushDocument: Codable {
  private enum CodingKeys: String, CodingKey {
    case isNew, storedBytes, changes, notes, warnings
  }

  package init(from decoder: any Decoder) throws {
    version = try VersionDocument(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    isNew = try members.decode(Bool.self, forKey: .isNew)
    storedBytes = try members.decode(Int.self, forKey: .storedBytes)
    changes = try members.decodeIfPresent(ChangeCounts.self, forKey: .changes)
    notes = try members.decodeIfPresent([String].self, forKey: .notes) ?? []
    warnings = try members.decodeIfPresent([String].self, forKey: .warnings)
  }

  package func encode(to encoder: any Encoder) throws {
    try version.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(isNew, forKey: .isNew)
    try members.encode(storedBytes, forKey: .storedBytes)
    try members.encodeIfPresent(changes, forKey: .changes)
    if !notes.isEmpty { try members.encode(notes, forKey: .notes) }
    try members.encodeIfPresent(warnings, forKey: .warnings)
  }
}
