import Access
import ArgumentParser
import Model
import Query
import Service
import Wire

/// `assay token`: manages the access tokens of a server.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make, list and revoke the tokens of a server.",
    subcommands: [
      TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self, TokenURLCommand.self,
    ])
}

/// `assay token create`.
struct TokenCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a token; its secret is shown only once.")

  @Argument(help: "The person or program it is for; the author of its writes.") var name: String
  @Option(help: "read, write or admin.") var scope = TokenScope.read
  @Option(
    help: ArgumentHelp(
      "Only datasets of this namespace: vision is vision and vision.…, vision- is vision-….",
      valueName: "prefix"))
  var prefix: String?
  @Option(help: "When it ends: 30m, 12h, 7d, 2w; never unless given.") var expires: Lifetime?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let made = try global.openTokens().createToken(
      TokenRequest(
        name: name, scope: scope, prefix: prefix, expiresInSeconds: expires?.seconds))
    do throws(StoreError) {
      let output = try Output()
      if global.json {
        try output.json(made)
      } else {
        try output.line(made.token)
      }
      try output.finish()
    } catch {
      throw StoreError(
        error.kind,
        "a token was made, but its secret cannot be printed (\(error.message)): find it with "
          + "'assay token ls', and revoke it")
    }
  }
}

/// `assay token ls`.
struct TokenListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the tokens, without their secrets.",
    discussion: "With --json: an object per line.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let output = try Output()
    var table = try RowOutput(
      ["id", "name", "scope", "limited to", "expires", "last used"], output, isJSON: global.json)
    for token in try global.openTokens().tokens(limit: nil) {
      let limit = token.dataset?.text ?? token.prefix.map(Caller.description(ofPrefix:))
      try table.row(
        [
          .text(token.id), .text(token.name), .text(token.scope.rawValue),
          limit.map { .text($0) } ?? .null,
          token.expiresAt.map { .text($0.description) } ?? .null,
          token.lastUsedAt.map { .text($0.description) } ?? .null,
        ], token)
    }
    try table.finish()
    try output.finish()
  }
}

/// `assay token revoke`.
struct TokenRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a token.")

  @Argument(help: "Its id, as 'assay token ls' shows it.") var id: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.openTokens().revokeToken(id)
  }
}

/// `assay token url`.
struct TokenURLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "url", abstract: "Make a data URL that works without a header until it expires.",
    discussion: "For clients that send none: pl.scan_parquet('http://…/data.parquet?token=…').")

  @Argument(help: "The version: name, name@3, name@baseline.") var reference: String
  @Option(help: "The format of the data.") var format = FileFormat.parquet
  @Option(help: "When it ends: 30m, 12h, 7d, 2w.") var expires = Lifetime(seconds: 7 * 86_400)
  @Option(
    help: ArgumentHelp(
      "Where the store is served. Default: that of --store, else http://127.0.0.1:8640.",
      valueName: "url"))
  var server: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let format = try FileFormat.choose(format, path: reference)
    let made = try global.openTokens().createURLToken(
      URLTokenRequest(
        reference: reference, format: format, expiresInSeconds: expires.seconds))
    let output = try Output()
    if global.json {
      try output.json(made)
    } else {
      let base = server ?? global.url ?? "http://127.0.0.1:8640"
      try output.line((base.hasSuffix("/") ? String(base.dropLast()) : base) + made.path)
      if server == nil, global.url == nil {
        ErrorReport.report(
          note: "for a store that is served somewhere else than at \(base), name that with --server"
        )
      }
    }
    try output.finish()
  }
}

extension TokenScope: ExpressibleByArgument {}

/// A lifetime: a number and a unit.
struct Lifetime: ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()),
      (1...100_000).contains(count)
    else { return nil }
    seconds = count * unit
  }

  var defaultValueDescription: String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds)s"
  }
}
