import ArgumentParser
import Foundation
import Model

/// The names of commands among the arguments, which are checked before options are parsed.
struct CommandNames {
  private let arguments: [String]
  private let isHelp: Bool

  /// Throws for a word in the place of a command that is not one.
  /// - Throws: ``StoreError`` of kind `usage` with the near names.
  static func check(
    _ arguments: [String], of root: any ParsableCommand.Type
  ) throws(StoreError) {
    let words = Array(arguments.prefix { !$0.hasPrefix("-") })
    let isHelp = words.first == "help"
    let names = CommandNames(arguments: arguments, isHelp: isHelp)
    try names.check(isHelp ? Array(words.dropFirst()) : words, of: root, path: "assay")
  }

  private func check(
    _ words: [String], of command: any ParsableCommand.Type, path: String
  ) throws(StoreError) {
    let configuration = command.configuration
    guard let word = words.first, !configuration.subcommands.isEmpty else { return }
    let names = configuration.subcommands.map { $0.configuration.commandName ?? "" }
    if let place = names.firstIndex(of: word) {
      try check(
        Array(words.dropFirst()), of: configuration.subcommands[place], path: path + " " + word)
      return
    }
    if word == "help" { return }
    let near = Spelling.near(word, names)
    // Of a command with a default the word may be its argument.
    if configuration.defaultSubcommand != nil, !isHelp, mayBeArgument(word, near) { return }
    let advice = near.isEmpty ? "" : "did you mean '\(near.joined(separator: "' or '"))'? "
    throw StoreError(
      .usage,
      "there is no command '\(path) \(word)'; \(advice)'\(path) --help' lists them")
  }

  private func mayBeArgument(_ word: String, _ near: [String]) -> Bool {
    if near.isEmpty || arguments.contains("--target") { return true }
    return FileManager.default.fileExists(atPath: word)
  }
}
