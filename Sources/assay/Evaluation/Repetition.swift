import Model
import Platform
import Wire

/// The command that repeats this one without saving anything twice.
enum Repetition {
  /// Generates a key for a push without one, in case its outcome stays unknown.
  static func makeKey() -> String { "push-" + SystemRandom.hex(16) }

  /// An error of a push with `key`; when the push may have been saved nevertheless, with the
  /// command that repeats it safely.
  static func advising(_ error: StoreError, key: String) -> StoreError {
    guard error.detail == .mayBeSaved else { return error }
    let words = CommandLine.arguments.dropFirst()
    let option = words.contains { $0.hasPrefix("--idempotency-key") }
    let command =
      (["assay"] + words + (option ? [] : ["--idempotency-key", key])).map(ShellWord.quoted)
      .joined(separator: " ")
    var repeating = StoreError(
      error.kind, error.message + "; this saves it once, whatever became of it: " + command)
    repeating.detail = error.detail
    return repeating
  }
}
