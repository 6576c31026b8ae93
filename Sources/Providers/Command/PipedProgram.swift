/// A program that is started for some bytes and ends when it has answered them.
///
/// It runs as programs of providers do: without a shell, with the few variables that all of them
/// get and those named, and killed with all that it started when it takes too long or the task is
/// cancelled. Any task may call.
package struct PipedProgram: Sendable {
  private let runner: ProgramRunner
  private let timeout: Duration

  /// The program `argv`, which gets variables of `secrets` by their names.
  package init(
    argv: [String], environment: [String], timeout: Duration, secrets: SecretSource = .process
  ) {
    runner = ProgramRunner(
      ProviderDefinition.Program(argv: argv, environment: environment, isLongLived: false),
      secrets: secrets)
    self.timeout = timeout
  }

  /// Its output for `input`, until it ends with status 0: at most 64 MiB.
  /// - Throws: ``ProviderError`` for everything else.
  package func output(for input: [UInt8]) async throws(ProviderError) -> [UInt8] {
    let runner = runner
    let deadlines = Deadlines(
      start: .now, firstContent: nil, idle: timeout, total: timeout)
    do throws(ProviderError) {
      return try await deadlines.hold { () async throws(ProviderError) in
        try await runner.text(for: input)
      }
    } catch {
      guard error.kind == .timeoutTotal else { throw error }
      throw ProviderError(
        .timeoutTotal,
        "the program took longer than \(timeout.components.seconds) s and was ended")
    }
  }
}
