/// A task that takes longer than a request: how far it is, or how it ended.
package struct JobDocument: Codable, Sendable, Hashable {
  /// What is done.
  package enum Task: String, Codable, Sendable {
    case verify
  }

  /// Whether it still runs.
  package enum State: String, Codable, Sendable {
    case running, done, failed
  }

  /// 32 hexadecimal digits.
  package let id: String
  package let task: Task
  package var state: State
  package var progress: Progress?
  /// When it is done.
  package var result: VerifyDocument?
  /// When it failed.
  package var problem: ProblemDocument?

  /// A task that has just begun.
  package init(id: String, task: Task) {
    self.id = id
    self.task = task
    state = .running
  }
}

/// What a verification is asked for.
package struct VerifyRequest: Codable, Sendable, Hashable {
  /// The digest of a record that must be in the history of each dataset named.
  package var heads: [String: String]?
  /// Whether to look at values too; nil for no.
  package var values: Bool?

  /// A verification with these expectations.
  package init(heads: [String: String]? = nil, values: Bool? = nil) {
    self.heads = heads
    self.values = values
  }
}

/// What a search for garbage is asked for.
package struct GarbageRequest: Codable, Sendable, Hashable {
  /// Whether to remove what is found; nil for no.
  package var apply: Bool?
  /// Younger files stay; nil for a day.
  package var graceSeconds: Int?
  /// Whether nobody is saving, so that less than ``leastGraceSeconds`` may be asked for; nil for
  /// no.
  package var force: Bool?

  /// The shortest time, in seconds, after which a file may be removed while others save.
  package static let leastGraceSeconds = 60

  /// A search that removes what it finds only with `apply`.
  package init(apply: Bool? = nil, graceSeconds: Int? = nil, force: Bool? = nil) {
    self.apply = apply
    self.graceSeconds = graceSeconds
    self.force = force
  }
}
