package import Model

/// `judge`: a model that is asked about outputs, by a rubric that is a stored prompt.
///
/// Its answers have a fixed form; one that has not is a failure to score, and never 0.
package struct JudgeScorer: OutsideScorer {
  /// A word that the judge may give, and what it is worth.
  package struct Label: Sendable, Hashable {
    package let name: String
    package let value: Double
  }

  /// The question that the judge answers.
  package enum Question: Sendable, Hashable {
    case score(least: Double, most: Double)
    case label([Label])
    /// A choice between two outputs; `against` is the only model that others are compared with.
    case pair(against: String?)
  }

  /// The names of places in a rubric that have values of their own.
  package enum Place {
    package static let output = "output"
    package static let first = "first"
    package static let second = "second"
  }

  /// The name of the type.
  package static let type = "judge"

  package let identity: ScorerIdentity
  /// The reference of the rubric.
  package let rubric: String
  /// The model that judges: a target.
  package let target: String
  /// The number of times that it is asked.
  package let votes: Int
  package let question: Question
  /// Parameters of its calls.
  package let params: JSON.Object
  private let output: String
  /// The places of the rubric, once it was read.
  private let places: [String]

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    rubric = try options.requiredText("rubric", "a stored prompt, such as helpful@2")
    target = try options.requiredText("target", "the model that judges")
    votes = try options.integer("votes", in: 1...100) ?? 1
    output = try options.output()
    question = try Self.question(&options)
    places = try options.texts(Self.placesName) ?? []
    var params = JSON.Object()
    if let given = options.json("params") {
      guard let object = given.object else {
        throw options.fault("'params' takes an object of parameters")
      }
      params = object
    }
    if try options.flag("structured") { params["response_format"] = question.format }
    self.params = params
  }

  /// The member of a configuration that names the rubric's places, which is made of its text.
  package static let placesName = "rubric_columns"
  /// The member with the digest of the rubric.
  package static let rubricDigest = "rubric_digest"
  /// The member with the digest of where and how the judge is called.
  package static let targetDigest = "target_digest"

  private static func question(_ options: inout ScorerOptions) throws(StoreError) -> Question {
    let least = try options.number("min", from: -1e9)
    let most = try options.number("max", from: -1e9)
    let labels = options.json("labels")
    let isPair = try options.flag("pairs")
    let against = try options.text("against")
    guard [least != nil || most != nil, labels != nil, isPair].count(where: { $0 }) <= 1 else {
      throw options.fault("'min' and 'max', 'labels', and 'pairs' are three questions; ask one")
    }
    if let labels { return .label(try Self.labels(labels, options)) }
    if isPair { return .pair(against: against) }
    guard against == nil else { throw options.fault("'against' goes with 'pairs'") }
    let range = (least ?? 1, most ?? 5)
    guard range.0 < range.1 else { throw options.fault("'min' is to be below 'max'") }
    return .score(least: range.0, most: range.1)
  }

  /// An object of labels with their values, or a list of them from worst, 0, to best, 1.
  static func labels(
    _ json: JSON, _ options: ScorerOptions
  ) throws(StoreError) -> [Label] {
    var labels: [Label] = []
    if let object = json.object {
      for member in object.members {
        guard let value = member.value.double else {
          throw options.fault("the label '\(member.name)' has no number as its value")
        }
        labels.append(Label(name: member.name, value: value))
      }
    } else {
      let names = (json.array ?? []).compactMap(\.string)
      guard names.count == json.array?.count else {
        throw options.fault("'labels' takes a list of texts, or an object of numbers by label")
      }
      for (place, name) in names.enumerated() {
        labels.append(Label(name: name, value: Double(place) / Double(max(1, names.count - 1))))
      }
    }
    guard labels.count > 1, labels.map(\.name).textSet.count == labels.count,
      !labels.contains(where: { $0.name.isEmpty })
    else { throw options.fault("'labels' takes two or more different texts") }
    return labels
  }

  /// True when outputs are judged two at a time.
  package var isOfPairs: Bool { if case .pair = question { true } else { false } }

  package var columns: ScorerColumns {
    ScorerColumns(required: [output] + places.filter { !ownPlaces.hasText($0) })
  }

  private var ownPlaces: [String] {
    isOfPairs ? [Place.first, Place.second] : [Place.output]
  }

  /// Throws where the rubric, which was read, has no place for what is judged.
  package func requirePlaces() throws(StoreError) {
    guard let missing = ownPlaces.first(where: { !places.hasText($0) }) else { return }
    throw StoreError(
      .usage,
      "the scorer '\(identity.name)': the rubric \(rubric) has no {{\(missing)}}, where "
        + "\(isOfPairs ? "one of two outputs" : "the output") is to stand")
  }

  /// The values for places of the rubric.
  /// - Parameter shown: The output, or two in the order in which they are shown.
  /// - Throws: ``ScoringFailure`` when one is missing.
  package func values(
    _ names: [String], _ shown: [ScoredItem]
  ) throws(ScoringFailure) -> [String] {
    // Both outputs have to be there, whatever the rubric names.
    let outputs = try shown.map { (item) throws(ScoringFailure) in try item.output(output) }
    return try names.map { (name) throws(ScoringFailure) in
      switch name {
      case Place.output where !isOfPairs: return outputs[0]
      case Place.first where isOfPairs: return outputs[0]
      case Place.second where isOfPairs: return outputs[outputs.count - 1]
      default:
        guard let cell = shown[0].cell(name) else {
          throw ScoringFailure("the column '\(name)', which the rubric reads, is null")
        }
        return cell.text
      }
    }
  }
}

extension JudgeScorer.Question {
  /// The instruction that stands behind a rubric: the form of the answer.
  package var instruction: String {
    let form = #"Answer with one JSON object and nothing else: {"reason": "one sentence", "#
    switch self {
    case .score(let least, let most):
      return form + #""score": N}, where N is a number from \#(JSON.shortest(least)) to "#
        + "\(JSON.shortest(most))."
    case .label(let labels):
      let names = labels.map { JSON.string($0.name).text }.joined(separator: ", ")
      return form + #""label": L}, where L is one of \#(names)."#
    case .pair:
      return form + #""winner": W}, where W is "first", "second" or "tie"."#
    }
  }

  /// The same form as `response_format` of OpenAI's chat completions.
  fileprivate var format: JSON {
    let text: JSON = ["type": .string("string")]
    func choice(_ names: [String]) -> JSON { ["type": .string("string"), "enum": JSON(names)] }
    let (name, value): (String, JSON) =
      switch self {
      case .score(let least, let most):
        (
          "score",
          [
            "type": .string("number"), "minimum": .number(JSON.shortest(least)),
            "maximum": .number(JSON.shortest(most)),
          ]
        )
      case .label(let labels): ("label", choice(labels.map(\.name)))
      case .pair: ("winner", choice(JudgeVerdict.Winner.allCases.map(\.rawValue)))
      }
    let schema: JSON = [
      "type": .string("object"), "properties": .object(["reason": text, name: value]),
      "required": JSON(["reason", name]), "additionalProperties": .bool(false),
    ]
    let format: JSON = ["name": .string("verdict"), "strict": .bool(true), "schema": schema]
    return ["type": .string("json_schema"), "json_schema": format]
  }
}
