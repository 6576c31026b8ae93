import Model

/// A type of scorer: its options, and how a scorer is made of them.
package struct ScorerType: Sendable {
  /// An option of a type.
  struct Option: Sendable {
    /// The kind of values that an option takes; it decides how a typed text is read.
    enum Kind: Sendable {
      case text, number, flag, list, json
      /// JSON, or in the short form the path of a file that holds it.
      case file
    }

    let name: String
    let kind: Kind

    fileprivate init(_ name: String, _ kind: Kind = .text) {
      self.name = name
      self.kind = kind
    }
  }

  typealias Make =
    @Sendable (ScorerIdentity, inout ScorerOptions) throws(StoreError) -> any Measure

  let name: String
  /// The rules of the type in a few words.
  private let abstract: String
  /// The version of the type's rules.
  let version: Int
  /// The name of the score, unless another is given.
  let scoreName: String
  /// The options, the main ones first.
  let options: [Option]
  /// The number of options whose values may stand first, without their names.
  let unnamedCount: Int
  /// True when the rest of the short form is the main option, whatever it holds.
  let takesRest: Bool
  /// Options that bound the work and do not change a score, so that they are no part of its
  /// identity.
  let bounds: [String]
  /// Members that are added to a configuration before it is read: digests of what it names.
  let pins: [String]
  let make: Make

  fileprivate init(
    _ name: String, _ abstract: String, scoreName: String? = nil, unnamed: Int = 1,
    takesRest: Bool = false, version: Int = 1, bounds: [String] = [], pins: [String] = [],
    _ options: [Option], make: @escaping Make
  ) {
    self.name = name
    self.abstract = abstract
    self.scoreName = scoreName ?? name
    unnamedCount = unnamed
    self.takesRest = takesRest
    self.bounds = bounds
    self.pins = pins
    self.options = options
    self.make = make
    self.version = version
  }

  /// The type of that name.
  static func named(_ name: String) -> ScorerType? { all.first { $0.name.hasBytes(of: name) } }

  /// The names of all types.
  static var names: [String] { all.map(\.name) }

  /// The types with their options, a line each, for help.
  package static var help: String {
    all.map { type in
      let options = type.options.enumerated().map { index, option in
        index < type.unnamedCount ? "<\(option.name)>" : option.name
      }
      return "\(type.name): \(type.abstract); \(options.joined(separator: " "))"
    }.joined(separator: "\n")
  }

  /// The types there are, for messages.
  static var advice: String { "the types are \(names.joined(separator: ", "))" }

  private static let expected = [Option("expected"), Option("value", .json)]
  private static let texts = [Option("normalize", .list), Option("output")]

  /// All types, in the order of their documentation.
  static let all: [ScorerType] = [
    ScorerType("exact", "the output is the expected text", expected + texts) {
      identity, options throws(StoreError) in
      try TextScorer(identity, &options, rule: .exact)
    },
    ScorerType("contains", "the output contains the expected text", version: 2, expected + texts) {
      identity, options throws(StoreError) in
      try TextScorer(identity, &options, rule: .contains)
    },
    ScorerType("prefix", "the output begins with the expected text", version: 2, expected + texts) {
      identity, options throws(StoreError) in
      try TextScorer(identity, &options, rule: .prefix)
    },
    ScorerType(
      "regex", "the pattern matches somewhere in the output", takesRest: true,
      [Option("pattern")] + texts
    ) { identity, options throws(StoreError) in try RegexScorer(identity, &options) },
    ScorerType(
      "number", "the last number of the output is the expected one", version: 2,
      expected + [Option("at"), Option("abs", .number), Option("rel", .number)] + texts
    ) { identity, options throws(StoreError) in try NumberScorer(identity, &options) },
    ScorerType("json_valid", "the output is JSON", unnamed: 0, texts) {
      identity, options throws(StoreError) in
      try JSONValidScorer(identity, &options)
    },
    ScorerType(
      "json_schema", "the output is JSON of a schema (draft 2020-12)",
      [Option("schema", .file)] + texts
    ) { identity, options throws(StoreError) in try JSONSchemaScorer(identity, &options) },
    ScorerType(
      "json_fields", "the share of the expected JSON's fields that are equal", version: 2,
      expected + [Option("fields", .list)] + texts
    ) { identity, options throws(StoreError) in try JSONFieldsScorer(identity, &options) },
    ScorerType(
      "tool_call", "the tool calls are the expected ones",
      expected + [Option("calls"), Option("order"), Option("tools", .file)]
    ) { identity, options throws(StoreError) in try ToolCallScorer(identity, &options) },
    ScorerType(
      "refusal", "the model refused", unnamed: 0, version: 2,
      [Option("phrases", .list), Option("output")]
    ) { identity, options throws(StoreError) in try RefusalScorer(identity, &options) },
    ScorerType(
      "bleu", "sacrebleu's BLEU, 0 to 100",
      expected + [Option("tokenize"), Option("scope")] + texts
    ) { identity, options throws(StoreError) in
      try SimilarityScorer(identity, &options, metric: try .bleu(&options)).scoped(&options)
    },
    ScorerType(
      "chrf", "sacrebleu's chrF, 0 to 100",
      expected
        + [Option("char_order", .number), Option("word_order", .number), Option("beta", .number)]
        + [Option("scope")] + texts
    ) { identity, options throws(StoreError) in
      try SimilarityScorer(identity, &options, metric: try .chrF(&options)).scoped(&options)
    },
    ScorerType("rouge_l", "rouge-score's ROUGE-L, F from 0 to 1", expected + texts) {
      identity, options throws(StoreError) in
      try RougeScorer(identity, &options)
    },
    ScorerType(
      "wer", "jiwer's word error rate, 0 is best", expected + [Option("scope")] + texts
    ) { identity, options throws(StoreError) in
      try SimilarityScorer(identity, &options, metric: .wer).scoped(&options)
    },
    ScorerType("cosine", "the cosine of two vectors", unnamed: 2, [Option("a"), Option("b")]) {
      identity, options throws(StoreError) in
      try CosineScorer(identity, &options)
    },
    ScorerType(
      "smoothness", "how little a list of points changes its course", [Option("column")]
    ) { identity, options throws(StoreError) in try SmoothnessScorer(identity, &options) },
    ScorerType(
      "checks", "all checks hold that are listed in a column of the row", scoreName: "success",
      [Option("column"), Option("output")]
    ) { identity, options throws(StoreError) in try ChecksScorer(identity, &options) },
    ScorerType(
      "frechet", "the Fréchet distance of two columns of vectors, over all outputs", unnamed: 2,
      [Option("a"), Option("b"), Option("scope")]
    ) { identity, options throws(StoreError) in try FrechetScorer(identity, &options) },
    ScorerType(
      CommandScorer.type, "a program that takes rows and writes scores, as JSON lines",
      bounds: ["timeout"], pins: [CommandScorer.filesName],
      [Option("argv", .list), Option("columns", .list), Option("env", .list)]
        + [Option("timeout", .number), Option("scope"), Option("output")]
    ) { identity, options throws(StoreError) in try CommandScorer(identity, &options) },
    ScorerType(
      JudgeScorer.type, "a model's answer by a rubric, which is a stored prompt",
      pins: [JudgeScorer.rubricDigest, JudgeScorer.targetDigest, JudgeScorer.placesName],
      [Option("rubric"), Option("target"), Option("min", .number), Option("max", .number)]
        + [Option("labels", .list), Option("pairs", .flag), Option("against")]
        + [Option("votes", .number), Option("structured", .flag), Option("params", .json)]
        + [Option("output")]
    ) { identity, options throws(StoreError) in try JudgeScorer(identity, &options) },
    ScorerType(
      HumanScorer.type,
      "what people said in ratings; those that are missing are a task for 'assay rate'",
      [Option("rubric"), Option("labels", .list), Option("ratings"), Option("output")]
    ) { identity, options throws(StoreError) in try HumanScorer(identity, &options) },
  ]
}
