import ArgumentParser
import Model
import Query
import Service
import Wire

/// `assay prompt`: keeps prompts as versions.
struct PromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Keep templates of prompts as versions.",
    discussion: """
      assay prompt push triage-prompt triage.txt
      assay run tickets --target gpt-4o-mini --prompt triage-prompt@1 --into triage

      A template is a text with {{columns}} of the inputs: a text is inserted as it is, any other value as \
      JSON, and nothing else happens in it. A run records the version of its prompt, and 'assay compare' \
      names another one.
      """,
    subcommands: [PromptPushCommand.self, PromptShowCommand.self, PromptListCommand.self])
}

/// `assay prompt push`: saves a prompt.
struct PromptPushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Save a prompt as the next version of a dataset.",
    discussion: """
      The file is the text, whose last line break is left out, or a document {"schema": "prompt/1", \
      "system": …, "text": …}. The latest prompt again makes no new version.
      """)

  @Argument(help: "The prompt's dataset, which is created when missing.") var name: String
  @Argument(help: "The file; - reads standard input.") var file: String?
  @Option(help: "The text, in the place of a file.") var text: String?
  @Option(help: "A system message before it, with {{columns}} too.") var system: String?
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let pushed = try global.openModels().pushPrompt(
      try DatasetName(name), try source(), system: system, message: change.message,
      author: Author.name(change.author))
    Output.confirm("\(pushed.version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(pushed)
      } else if pushed.isNew {
        try output.line("\(pushed.version.reference)  \(pushed.digest.short)")
      } else {
        try output.line("unchanged: \(pushed.version.reference)")
      }
    }
  }

  private func source() throws(StoreError) -> String {
    switch (file, text) {
    case (nil, let text?): return text
    case (let file?, nil):
      let bytes = try RouterCommand.read(file)
      guard var text = String(validating: bytes, as: UTF8.self) else {
        throw StoreError(.invalid, "\(file) is not a text in UTF-8")
      }
      if text.last?.isNewline == true { text.removeLast() }
      return text
    default: throw StoreError(.usage, "give the file of a prompt, or its --text")
    }
  }
}

/// `assay prompt show`: shows a prompt.
struct PromptShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a prompt, as it can be pushed again.",
    discussion: "It is the text, or with a system message the document.")

  @Argument(help: "The version: triage-prompt@2; a name is its latest one.") var reference: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let prompt = try global.openModels().storedPrompt(reference)
    let output = try Output()
    if global.json {
      try output.json(prompt)
    } else {
      let text = prompt.system == nil ? prompt.text : prompt.document
      let shown = Output.isTerminal ? TerminalText.lines(text) : text
      try output.write(Array(shown.utf8) + [UInt8(ascii: "\n")])
    }
    try output.finish()
  }
}

/// `assay prompt ls`: lists the prompts.
struct PromptListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the latest version of each prompt.",
    discussion: "With --json: an object per line.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let prompts = try global.openModels().prompts()
    let output = try Output()
    var table = try RowOutput(["prompt", "columns", "text"], output, isJSON: global.json)
    for prompt in prompts {
      let line = prompt.text.prefix { !$0.isNewline }
      try table.row(
        [
          .text(prompt.version.reference), .text(prompt.variables.joined(separator: ", ")),
          .text(line.count > 60 ? line.prefix(60) + "…" : String(line)),
        ], prompt)
    }
    try table.finish()
    try output.finish()
  }
}
