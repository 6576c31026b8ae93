import ArgumentParser
import Foundation
import Model
import Providers
import Query
import Service
import Wire

/// `assay provider`: manages the providers of models, and calls them.
struct ProviderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider", abstract: "Save and try the providers that models are called at.",
    discussion: """
      Providers are a document providers/1, a dataset of kind providers: docs/running.md explains it. It \
      says where a key is kept, in the environment or in a file, and never has the key. A server has keys \
      of its own, and lets only administrators change its providers.
      """,
    subcommands: [
      ProviderAddCommand.self, ProviderListCommand.self, ProviderShowCommand.self,
      ProviderRemoveCommand.self, ProviderTestCommand.self,
    ])

  /// Prints the outcome of a change.
  static func print(_ pushed: ProvidersPushDocument, isJSON: Bool) {
    Output.confirm("\(pushed.version.reference) is saved") { output throws(StoreError) in
      if isJSON {
        try output.json(pushed)
      } else if pushed.isNew {
        try output.line("\(pushed.version.reference)  \(pushed.digest.short)")
      } else {
        try output.line("unchanged: \(pushed.version.reference)")
      }
    }
  }
}

/// The dataset that has the providers.
struct ProviderSetOption: ParsableArguments {
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The dataset that has the providers.", valueName: "dataset"))
  var dataset = "providers"
}

/// The author and message of a change of providers.
struct ProviderChangeOptions: ParsableArguments {
  @Option(help: "What changed, in a sentence.") var message = ""
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
}

/// `assay provider add`: adds a provider.
struct ProviderAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add or replace a provider, as the next version of the providers.",
    discussion: """
      With --file, the document is the whole set of providers, or with NAME that provider. A key stays \
      where it is: only the name of a variable or a file is saved, and a text that looks like a key is \
      refused.
      """)

  @Argument(help: "The provider's name. Without it, --file has all of them.") var name: String?
  @Option(
    help: ArgumentHelp(
      """
      The wire format: openai.chat, openai.responses, openai.embeddings, openai.images, \
      anthropic.messages, google.generate, http.template, command.
      """, valueName: "protocol"))
  var `protocol`: String?
  @Option(help: "The URL up to the version: https://api.openai.com/v1.") var baseURL: String?
  @Option(help: "The environment's variable that has the key.") var secretEnv: String?
  @Option(help: "The file that has the key; only its owner may read it.") var secretFile: String?
  @Option(help: "The prices: a reference, such as prices or prices@7.") var prices: String?
  @Option(help: "The provider's name among the prices. Default: its own.") var pricedAs: String?
  @Option(help: "The most tokens of an answer, where a call does not say.") var maxTokens: Int?
  @Flag(help: "Allow addresses of this machine and of private networks.") var allowPrivate = false
  @Option(
    parsing: .remaining,
    help: ArgumentHelp(
      "The program and all its arguments, for protocol command; the last option.",
      valueName: "argv"))
  var command: [String] = []
  @Flag(help: "The program answers many calls, a line each.") var lines = false
  @Option(help: "A document in JSON; - reads standard input.") var file: String?
  @OptionGroup var set: ProviderSetOption
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let dataset = try DatasetName(set.dataset)
    let service = try global.openModels()
    let author = Author.name(change.author)
    let document = try document()
    let pushed =
      if let name {
        try service.changeProvider(
          name, to: document, in: dataset, message: change.message, author: author)
      } else {
        try service.pushProviders(dataset, document, message: change.message, author: author)
      }
    ProviderCommand.print(pushed, isJSON: global.json)
  }

  private func document() throws(StoreError) -> [UInt8] {
    let flags: [Any?] = [
      `protocol`, baseURL, secretEnv, secretFile, prices, pricedAs, maxTokens,
      allowPrivate ? true : nil, command.isEmpty ? nil : command, lines ? true : nil,
    ]
    if let file {
      guard flags.allSatisfy({ $0 == nil }) else {
        throw StoreError(.usage, "--file has the whole document: give no other option of it")
      }
      return try RouterCommand.read(file)
    }
    guard name != nil, let kind = `protocol` else {
      throw StoreError(.usage, "give a name and --protocol, or --file")
    }
    try requireWords()
    return JSON.object(members(kind)).compactBytes
  }

  /// Throws for a command line in one word: no shell divides it.
  private func requireWords() throws(StoreError) {
    guard command.count == 1, let line = command.first, line.contains(" "),
      !FileManager.default.fileExists(atPath: line)
    else { return }
    let words = line.split(separator: " ").map { ShellWord.quoted(String($0)) }
    throw StoreError(
      .usage,
      "--command takes the program and its arguments as words of their own, and '\(line)' is one "
        + "word: --command \(words.joined(separator: " "))")
  }

  /// The provider's members, as the document has them.
  private func members(_ kind: String) -> JSON.Object {
    var members: JSON.Object = ["protocol": .string(kind)]
    members["base_url"] = baseURL.map(JSON.string)
    var secret = JSON.Object()
    secret["env"] = secretEnv.map(JSON.string)
    secret["file"] = secretFile.map(JSON.string)
    if !secret.isEmpty { members["auth"] = ["secret": .object(secret)] }
    members["prices"] = prices.map(JSON.string)
    members["priced_as"] = pricedAs.map(JSON.string)
    if let maxTokens { members["defaults"] = ["max_tokens": .integer(Int64(maxTokens))] }
    if allowPrivate { members["egress"] = ["allow_private": .bool(true)] }
    if !command.isEmpty || lines {
      var program: JSON.Object = ["argv": JSON(command)]
      if lines { program["mode"] = .string("lines") }
      members["command"] = .object(program)
    }
    return members
  }
}

/// `assay provider ls`: lists the providers.
struct ProviderListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the providers.",
    discussion: "With --json: an object per line.")

  @OptionGroup var set: ProviderSetOption
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let document = try global.openModels().providers(set.dataset)
    let output = try Output()
    var table = try RowOutput(
      ["provider", "protocol", "where", "key", "models"], output, isJSON: global.json)
    for provider in document.providers {
      try table.row(
        [
          .text(provider.name), .text(provider.protocol), .text(provider.baseURL ?? "a program"),
          provider.secret.map { .text($0) } ?? .null,
          .text(provider.models.joined(separator: ", ")),
        ], provider)
    }
    try table.finish()
    try output.finish()
  }
}

/// `assay provider show`: shows the document.
struct ProviderShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the document of the providers, as it can be added again.")

  @Argument(help: "The version: providers@3; a name is its version tagged live, else the latest.")
  var reference = "providers"
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let document = try global.openModels().providers(reference)
    let output = try Output()
    if global.json {
      try output.json(document)
    } else {
      try output.write(Array(document.document.utf8) + [UInt8(ascii: "\n")])
    }
    try output.finish()
  }
}

/// `assay provider rm`: takes a provider out.
struct ProviderRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Take a provider and its models out, as the next version.")

  @Argument(help: "The provider's name.") var name: String
  @OptionGroup var set: ProviderSetOption
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let pushed = try global.openModels().changeProvider(
      name, to: nil, in: try DatasetName(set.dataset), message: change.message,
      author: Author.name(change.author))
    ProviderCommand.print(pushed, isJSON: global.json)
  }
}
