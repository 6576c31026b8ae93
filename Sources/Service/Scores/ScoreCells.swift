import Analysis
import Columns
import Model
import Scoring

/// Scores of outputs on their way into columns, one row for each output.
struct ScoreCells {
  /// The columns of a version of scores that are read.
  static let columns = [
    "item", "model", "attempt", "scorer", "value", "type", "version", "digest",
    ScoreColumns.referenceDigest,
  ]

  private let scores: [ScoreColumn]
  /// The columns with the identities of scorers, in the order of their names.
  private let scorers: [DataText]
  /// The columns with the digests of reference answers, likewise.
  private let references: [DataText]
  private let count: Int
  /// The place of each score among `scores`, of its scorer among `scorers`, and of its reference
  /// answers among `references`.
  private let places: [DataText: (score: Int, scorer: Int, reference: Int?)]
  private var values: [[Double]]
  private var hasValue: [Bitmap]
  /// The number of each output's scorer among `words`; 0 without.
  private var codes: [[UInt32]]
  /// The number of the digest of each output's reference answers, likewise.
  private var referenceCodes: [[UInt32]]
  /// The identities of scorers and the digests, the first one empty.
  private var words = TextValues()
  private var numbers: [DataText: UInt32] = [:]

  /// Columns of `count` outputs, without values.
  init(_ scores: [ScoreColumn], count: Int) {
    self.scores = scores
    self.count = count
    let scorers = scores.map(\.identity).textSet.sorted()
    self.scorers = scorers
    let references = scores.compactMap(\.reference).textSet.sorted()
    self.references = references
    places = scores.enumerated().reduce(into: [:]) { places, entry in
      let scorer = scorers.firstIndex(of: DataText(entry.element.identity)) ?? 0
      let reference = entry.element.reference.flatMap { references.firstIndex(of: DataText($0)) }
      places[DataText(entry.element.name)] = (entry.offset, scorer, reference)
    }
    values = scores.map { _ in Array(repeating: 0, count: count) }
    hasValue = scores.map { _ in Bitmap(repeating: false, count: count) }
    codes = scorers.map { _ in Array(repeating: 0, count: count) }
    referenceCodes = references.map { _ in Array(repeating: 0, count: count) }
    words.append([])
  }

  /// Adds the scores of a page, whose outputs are in these rows.
  mutating func add(
    _ page: ColumnTable, _ rows: [ScoreRow.Key: Int]
  ) throws(StoreError) {
    let items = try page.labels("item")
    let models = try page.labels("model")
    let attempts = try page.numbers("attempt")
    let names = try page.labels("scorer")
    let numbers = try page.numbers("value")
    let types = try page.labelsIfThere("type")
    let versions = try page.labelsIfThere("version")
    let digests = try page.labelsIfThere("digest")
    let answers = try page.labelsIfThere(ScoreColumns.referenceDigest)
    for row in 0..<page.count {
      guard let item = items[row], let attempt = attempts[row].flatMap({ Int64(exactly: $0) }),
        let name = names[row], let place = places[name.text]
      else { continue }
      let key = ScoreRow.Key(
        item: ScoreRow.Item(item), model: models[row]?.text ?? "", attempt: attempt, scorer: "")
      guard let output = rows[key] else { continue }
      if let value = numbers[row] {
        values[place.score][output] = value
        hasValue[place.score][output] = true
      }
      codes[place.scorer][output] = number(
        of: types[row]?.name ?? "", versions[row]?.name ?? "", digests[row]?.name ?? "")
      if let reference = place.reference, let answer = answers[row] {
        referenceCodes[reference][output] = number(of: answer.text)
      }
    }
  }

  /// The number of a scorer's identity: `exact/1 sha256:…`.
  private mutating func number(of type: String, _ version: String, _ digest: String) -> UInt32 {
    number(of: DataText("\(type)/\(version) \(digest)"))
  }

  private mutating func number(of identity: DataText) -> UInt32 {
    if let known = numbers[identity] { return known }
    let number = UInt32(words.count)
    words.append(identity.string.utf8)
    numbers[identity] = number
    return number
  }

  /// The columns of scores, then those of scorers, then those of reference answers.
  var columns: [(definition: ColumnDefinition, vector: ColumnVector)] {
    let vectors =
      scores.indices.map { score in
        ColumnVector(
          type: scores[score].isRate ? .bool : .float64, count: count, validity: hasValue[score],
          values: scores[score].isRate
            ? .bool(bits(values[score])) : .float64(values[score], integral: nil))
      }
      + (codes + referenceCodes).map { codes in
        var validity = Bitmap(repeating: false, count: count)
        for row in 0..<count where codes[row] > 0 { validity[row] = true }
        return ColumnVector(
          type: .string, count: count, validity: validity,
          values: .dictionary(codes: codes, words: words))
      }
    return Array(zip(ScoreColumn.definitions(scores), vectors)).map { (definition: $0, vector: $1) }
  }

  private func bits(_ values: [Double]) -> Bitmap {
    var bits = Bitmap(repeating: false, count: count)
    for row in 0..<count where values[row] != 0 { bits[row] = true }
    return bits
  }
}
