/// A task that takes longer than a request, with its progress or its outcome.
package struct JobDocument: Codable, Sendable, Hashable {
  /// The kind of work.
  package enum Task: String, Codable, Sendable {
    case verify
  }

  /// The state of a task.
  package enum State: String, Codable, Sendable {
    case running, done, failed
  }

  /// 32 hexadecimal digits.
  package let id: String
  package let task: Task
  package var state: State
  package var progress: Progress?
  /// Only when the task is done.
  package var result: VerifyDocument?
  /// Only when the task failed.
  package var problem: ProblemDocument?

  /// A task that has just begun.
  package init(id: String, task: Task) {
    self.id = id
    self.task = task
    state = .running
  }
}

/// The options of a verification.
package struct VerifyRequest: Codable, Sendable, Hashable {
  /// The digest of a record that must be in the history of each dataset named.
  package var heads: [String: String]?
  /// True to examine values too; nil for false.
  package var values: Bool?

  /// A verification with these expected heads.
  package init(heads: [String: String]? = nil, values: Bool? = nil) {
    self.heads = heads
    self.values = values
  }
}

/// The options of a garbage collection.
package struct GarbageRequest: Codable, Sendable, Hashable {
  /// True to remove the files found; nil for false.
  package var apply: Bool?
  /// The age below which files stay; nil for a day.
  package var graceSeconds: Int?
  /// True when the caller knows that no other process is saving, which permits less than
  /// ``leastGraceSeconds``; nil for false.
  package var force: Bool?

  /// The shortest age, in seconds, at which a file may be removed while others save.
  package static let leastGraceSeconds = 60

  /// A search that removes what it finds only with `apply`.
  package init(apply: Bool? = nil, graceSeconds: Int? = nil, force: Bool? = nil) {
    self.apply = apply
    self.graceSeconds = graceSeconds
    self.force = force
  }
}
