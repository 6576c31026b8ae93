import Model

/// `checks`: the criteria of a row, a list of scorers in one of its columns, which must all hold.
///
/// A check is a scorer that gives yes or no, or a value within `min` and `max`. One that fails
/// makes the score false; otherwise one that cannot be scored makes it a failure to score.
struct ChecksScorer: Scorer {
  let identity: ScorerIdentity
  private let column: String
  private let output: String

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    column = try options.text("column") ?? "checks"
    output = try options.output()
  }

  var columns: ScorerColumns { ScorerColumns(required: [column], references: [column]) }

  /// The columns that the checks of the rows read.
  func furtherColumns(_ cells: ScoredColumns) -> ScorerColumns {
    var names: [DataText] = []
    var references: [DataText] = []
    var known: Set<DataText> = []
    for row in 0..<cells.count {
      let item = cells.item(row)
      guard let text = item.cell(column)?.text, known.insert(DataText(text)).inserted,
        let checks = try? checks(item)
      else { continue }
      for check in checks {
        let columns = check.scorer.columns
        names += columns.names.map { DataText($0) }
        references += columns.references.map { DataText($0) }
      }
    }
    return ScorerColumns(
      required: [], optional: Set(names).sorted().map(\.string),
      references: Set(references).sorted().map(\.string))
  }

  /// One criterion.
  private struct Check {
    let scorer: any Scorer
    let least: Double?
    let most: Double?

    var name: String { scorer.identity.name }

    func holds(_ item: ScoredItem) throws(ScoringFailure) -> Bool {
      let value = try scorer.score(item.limited(to: scorer.columns)).value
      guard least != nil || most != nil else {
        guard case .bool(let bool) = value else {
          throw ScoringFailure("it gives an amount, and has neither 'min' nor 'max'")
        }
        return bool
      }
      // Of a yes or no, bounds are those of 1 and 0.
      return value.number >= least ?? -.infinity && value.number <= most ?? .infinity
    }
  }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let checks = try checks(item)
    var failed: [String] = []
    var failure: ScoringFailure?
    for check in checks {
      do throws(ScoringFailure) {
        if try !check.holds(item) { failed.append(check.name) }
      } catch {
        failure = failure ?? ScoringFailure("the check '\(check.name)': \(error.message)")
      }
    }
    if failed.isEmpty, let failure { throw failure }
    return Score(
      failed.isEmpty, detail: failed.isEmpty ? nil : "failed: " + failed.joined(separator: ", "))
  }

  /// The checks of a row.
  private func checks(_ item: ScoredItem) throws(ScoringFailure) -> [Check] {
    let json = try item.json(column)
    guard let items = json.array, !items.isEmpty else {
      throw ScoringFailure("the column '\(column)' is not a list of checks")
    }
    guard items.count <= ScorerDocument.limit else {
      throw ScoringFailure("\(items.count) checks are more than \(ScorerDocument.limit)")
    }
    var checks: [Check] = []
    for item in items { checks.append(try check(item)) }
    return checks
  }

  private func check(_ json: JSON) throws(ScoringFailure) -> Check {
    var json = json
    var bounds: [Double?] = [nil, nil]
    if var object = json.object {
      for (place, name) in ["min", "max"].enumerated() {
        guard let bound = object.remove(name) else { continue }
        guard let number = bound.double else {
          throw ScoringFailure("the '\(name)' of a check is not a number")
        }
        bounds[place] = number
      }
      json = .object(object)
    }
    do throws(StoreError) {
      guard let scorer = try ScorerDocument.measure(json, output: output) as? any Scorer,
        !(scorer is ChecksScorer)
      else { throw StoreError(.usage, "a check is of one output, and not itself a list of checks") }
      return Check(scorer: scorer, least: bounds[0], most: bounds[1])
    } catch {
      throw ScoringFailure("a check cannot be used: \(error.message)")
    }
  }
}
