import Model

/// The command that repeats this one without saving anything twice.
enum Repetition {
  /// A key for a push that was given none, in case its outcome stays unknown.
  static func makeKey() -> String {
    "push-" + Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255) })
  }

  /// An error of a push with `key`; when it may have been saved all the same, with the command that
  /// repeats it safely.
  static func advising(_ error: StoreError, key: String) -> StoreError {
    guard error.detail == .mayBeSaved else { return error }
    let words = CommandLine.arguments.dropFirst()
    let option = words.contains { $0.hasPrefix("--idempotency-key") }
    let command =
      (["assay"] + words + (option ? [] : ["--idempotency-key", key])).map(quoted)
      .joined(separator: " ")
    var told = StoreError(
      error.kind, error.message + "; this saves it once, whatever became of it: " + command)
    told.detail = error.detail
    return told
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_./:=@,+".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
