package import Model

/// `command`: a program that takes rows as JSON lines and writes scores as JSON lines.
///
/// The contents of files that ``argv`` names are part of the configuration, by their digests.
package struct CommandScorer: OutsideScorer {
  /// The name of the type.
  package static let type = "command"

  package let identity: ScorerIdentity
  /// The program and its arguments; no shell reads them.
  package let argv: [String]
  /// Names of variables of the environment that it gets.
  package let environment: [String]
  /// The seconds after which it is killed.
  package let timeout: Int
  /// True for one value of all outputs of a model.
  package let isOfSet: Bool
  private let output: String
  private let further: [String]

  /// The member of a configuration with the digests of the files that ``argv`` names.
  package static let filesName = "files"
  /// The seconds that a program has where the configuration does not say.
  static let usualTimeout = 600

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    guard let argv = try options.texts("argv"), !argv.isEmpty else {
      throw options.fault("it needs 'argv', the program and its arguments")
    }
    self.argv = argv
    environment = try options.texts("env") ?? []
    timeout = try options.integer("timeout", in: 1...86_400) ?? Self.usualTimeout
    isOfSet = try options.scope() == .set
    output = try options.output()
    further = try options.texts("columns") ?? []
  }

  package var columns: ScorerColumns {
    ScorerColumns(required: [output] + further.filter { !$0.hasBytes(of: output) })
  }

  /// The line of an output, whose number is `id`.
  /// - Throws: ``ScoringFailure`` when there is no output.
  package func line(
    _ item: ScoredItem, _ key: ScoreRow.Key, id: Int
  ) throws(ScoringFailure) -> JSON {
    var members: JSON.Object = ["id": .integer(Int64(id))]
    for member in try row(item, key).members { members.append(member.name, member.value) }
    return .object(members)
  }

  /// The line of all outputs of a model, and the number of those that it lacks.
  package func line(
    _ outputs: [(item: ScoredItem, key: ScoreRow.Key)], id: Int
  ) -> (line: JSON, missing: Int) {
    var rows: [JSON] = []
    for output in outputs {
      if let row = try? row(output.item, output.key) { rows.append(.object(row)) }
    }
    let model = outputs.first?.key.model.string ?? ""
    let line: JSON = [
      "id": .integer(Int64(id)), "model": .string(model), "rows": .array(rows),
    ]
    return (line, outputs.count - rows.count)
  }

  private func row(
    _ item: ScoredItem, _ key: ScoreRow.Key
  ) throws(ScoringFailure) -> JSON.Object {
    var cells: JSON.Object = [output: .string(try item.output(output))]
    for name in columns.required.dropFirst() {
      cells[name] = item.cell(name) == nil ? .null : try item.value(name)
    }
    return [
      "item": key.item.json, "model": .string(key.model.string),
      "attempt": .integer(key.attempt), "row": .object(cells),
    ]
  }
}

/// The scores that a program wrote, by the numbers of the lines that it was given.
package struct WrittenScores: Sendable {
  /// A score that a line has for an output, or for a set.
  private struct Line {
    var result: Result<Score, ScoringFailure>
    var lower: Double?
    var upper: Double?
  }

  private var lines: [Int: Line] = [:]
  /// The first line that is not a score.
  private var fault: String?

  /// Reads what a program wrote for lines `0..<count`.
  ///
  /// A line that is not a score is none of any output, so that outputs without one have a failure
  /// that names it.
  package init(parsing bytes: [UInt8], count: Int) {
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      do throws(ScoringFailure) {
        try add(Array(line), count)
      } catch {
        fault = fault ?? "its line \(index + 1) \(error.message)"
      }
    }
  }

  private mutating func add(_ bytes: [UInt8], _ count: Int) throws(ScoringFailure) {
    guard let members = (try? JSON(parsing: bytes, depth: 64))?.object else {
      throw ScoringFailure("is not a JSON object")
    }
    guard let id = members["id"]?.integer.flatMap({ Int(exactly: $0) }), (0..<count).contains(id)
    else { throw ScoringFailure("has no 'id' of a line that it was given") }
    guard lines[id] == nil else { throw ScoringFailure("is another score of the line \(id)") }
    if let error = members["error"], error != .null {
      let text = error.string ?? error.text
      lines[id] = Line(result: .failure(ScoringFailure("the program says: \(text.prefix(500))")))
      return
    }
    guard let value = members["score"].flatMap({ Score.Value($0) }) else {
      throw ScoringFailure("has no 'score' that is a number, true or false, and no 'error'")
    }
    var score = Score(value, detail: members["detail"]?.string)
    if let parts = members["parts"], parts != .null {
      guard let parts = parts.object.flatMap({ Score.parts($0) }) else {
        throw ScoringFailure("has 'parts' that are not numbers, true or false")
      }
      score.parts = parts
    }
    lines[id] = Line(
      result: .success(score), lower: members["lower"]?.double, upper: members["upper"]?.double)
  }

  /// The score of the output whose line was `id`.
  package func score(_ id: Int) -> Result<Score, ScoringFailure> {
    lines[id]?.result ?? .failure(missing)
  }

  /// The value of the set whose line was `id`, of `scored` outputs beside `errors` others.
  package func setScore(_ id: Int, scored: Int, errors: Int) -> SetScore {
    guard let line = lines[id] else {
      return SetScore(note: missing.message, scored: 0, errors: scored + errors)
    }
    switch line.result {
    case .failure(let failure):
      return SetScore(note: failure.message, scored: 0, errors: scored + errors)
    case .success(let score):
      return SetScore(
        value: score.value.number, lower: line.lower, upper: line.upper, note: score.detail,
        scored: scored, errors: errors)
    }
  }

  private var missing: ScoringFailure {
    ScoringFailure("the program wrote no score for it" + (fault.map { ": \($0)" } ?? ""))
  }
}
