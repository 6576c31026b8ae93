import Model

/// The wire format of a provider's calls.
package enum ProviderProtocol: String, Sendable, CaseIterable {
  case openAIChat = "openai.chat"
  case openAIResponses = "openai.responses"
  case openAIEmbeddings = "openai.embeddings"
  case openAIImages = "openai.images"
  case anthropicMessages = "anthropic.messages"
  case googleGenerate = "google.generate"
  /// Jobs that are submitted, asked for and fetched, as a template describes.
  case httpTemplate = "http.template"
  /// A program that is given JSON and answers with JSON.
  case command

  /// The header field of the key, and the word before it, where a document does not say.
  var usualAuthentication: (header: String, scheme: String) {
    switch self {
    case .anthropicMessages: ("x-api-key", "")
    case .googleGenerate: ("x-goog-api-key", "")
    default: ("authorization", "Bearer")
    }
  }

  /// The form in which answers report quotas, where a document does not say.
  var usualRateForm: RateReport.Form {
    switch self {
    case .openAIChat, .openAIResponses, .openAIEmbeddings, .openAIImages: .openai
    case .anthropicMessages: .anthropic
    case .googleGenerate, .httpTemplate, .command: .none
    }
  }

  /// True when an answer can come in pieces.
  var canStream: Bool {
    switch self {
    case .openAIChat, .openAIResponses, .anthropicMessages, .googleGenerate: true
    case .openAIEmbeddings, .openAIImages, .httpTemplate, .command: false
    }
  }
}

/// A place where a secret is kept; documents hold these, never secrets.
package enum SecretReference: Sendable, Hashable {
  case environment(String)
  /// The path of a file of which only its owner may read and write.
  case file(String)

  /// The name that stands in the place of the secret: `[secret:NAME]`.
  package var name: String {
    switch self {
    case .environment(let name): name
    case .file(let path): String(path.split(separator: "/").last ?? "file")
    }
  }
}

/// A provider of models: where and how it is called, and within which limits.
package struct ProviderDefinition: Sendable {
  /// The header field that carries the provider's key.
  struct Authentication: Sendable {
    let header: String
    /// The word before the key, such as `Bearer`; empty for none.
    let scheme: String
    let secret: SecretReference
  }

  /// The bounds of a call's phases.
  struct Timeouts: Sendable {
    /// From the beginning until the connection stands, TLS included.
    let connect: Duration
    /// From the request until the first content of an answer in pieces.
    let firstContent: Duration
    /// Between bytes.
    let idle: Duration
    /// The whole call.
    let total: Duration
  }

  /// A program that answers calls.
  struct Program: Sendable {
    /// The program and its arguments; no shell reads them.
    let argv: [String]
    /// Names of the environment's variables that it gets.
    let environment: [String]
    /// True for one process that answers many calls, a line each.
    let isLongLived: Bool
  }

  /// The bounds within which calls follow one another.
  package struct Pace: Sendable {
    package let maxConcurrency: Int
    /// The number of calls at once with which a run begins.
    package let startConcurrency: Int?
    package let requestsPerMinute: Int?
    package let tokensPerMinute: Int?
    /// The most that one call costs, in microdollars, where tokens do not bound it.
    package let maxCostPerCall: Int?
  }

  /// The rule by which failed calls are repeated; a call itself repeats nothing.
  package struct Retry: Sendable {
    package let maxRetries: Int
    /// The bound of the first pause, which doubles up to ``longest``.
    package let base: Duration
    package let longest: Duration
    /// True for pauses between zero and their bound, false for the bound itself.
    package let hasJitter: Bool
    fileprivate let classes: [String]

    /// A rule; `classes` are names of ``ProviderError/Kind``, or `timeout` for all of those.
    package init(
      maxRetries: Int, base: Duration, longest: Duration, hasJitter: Bool, classes: [String]
    ) {
      self.maxRetries = maxRetries
      self.base = base
      self.longest = longest
      self.hasJitter = hasJitter
      self.classes = classes
    }

    /// Returns true for failures after which the call is repeated.
    package func repeats(_ kind: ProviderError.Kind) -> Bool {
      kind.isRetryable && kind.isNamed(in: classes)
    }
  }

  package let name: String
  package let `protocol`: ProviderProtocol
  /// Scheme, host and path, without a slash at the end; nil for a program.
  package let baseURL: String?
  let authentication: Authentication?
  /// The place of its key; nil for a provider without one.
  package var secret: SecretReference? { authentication?.secret }
  let headers: [(name: String, value: String)]
  /// The reference of the dataset with its prices.
  package let prices: String?
  /// The provider's name among prices.
  package let pricedAs: String
  let timeouts: Timeouts
  /// The form of the header fields that report what is left of the account's quotas.
  let rateForm: RateReport.Form
  package let pace: Pace
  package let retry: Retry
  /// True to ask for answers in pieces.
  let streams: Bool
  /// Parameters of calls that name none.
  let defaults: JSON.Object
  /// True to allow addresses of this machine and of private networks.
  let allowsPrivate: Bool
  /// The hosts from which media may be fetched that an answer names by URL.
  let fetchHosts: [String]
  let program: Program?
  /// Nil for all protocols but ``ProviderProtocol/httpTemplate``.
  let template: HTTPTemplate?
  /// Its part of the document.
  let json: JSON
}

/// A model under a name of its own.
package struct ModelDefinition: Sendable {
  package let name: String
  package let provider: String
  /// The provider's name of the model.
  package let model: String
  let params: JSON.Object
  package let contextTokens: Int?
  /// Facts for rules and reports: region, hosting, tier.
  let attributes: JSON.Object
}
