/// The job that a call makes at a provider that has jobs, kept so that it is not submitted twice.
package struct CallJob: Sendable {
  /// The id of a job that was submitted before, which is asked for in the place of a new one.
  package let known: String?
  /// Takes the id of a new job; the job is asked for only when it returns.
  package let submitted: @Sendable (String) async -> Void

  /// A job with all members.
  package init(known: String? = nil, submitted: @escaping @Sendable (String) async -> Void) {
    self.known = known
    self.submitted = submitted
  }

  /// A job of which nothing is kept.
  package static let forgotten = CallJob { _ in }
}
