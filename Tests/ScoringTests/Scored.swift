import Model
import Scoring
import Testing

/// The score of one row by one scorer.
func score(_ scorer: String, _ cells: [DataText: String?]) throws -> Score {
  try #require(ScorerDocument(.array([.string(scorer)])).measures[0] as? any Scorer)
    .score(item(cells))
}

/// The score of one row by a scorer that is given as JSON.
func score(json scorer: String, _ cells: [DataText: String?]) throws -> Score {
  let json = try JSON(parsing: Array(scorer.utf8))
  return try #require(ScorerDocument(.array([json])).measures[0] as? any Scorer)
    .score(item(cells))
}

/// A row of texts; a name with `:json` behind it is that of a column that is not of texts.
func item(_ cells: [DataText: String?]) -> ScoredItem {
  var columns: [DataText: ScoredColumns.Column] = [:]
  for (name, text) in cells {
    let isJSON = name.string.hasSuffix(":json")
    columns[isJSON ? String(name.string.dropLast(5)) : name.string] = .init(
      [text], isText: !isJSON)
  }
  return ScoredColumns(count: 1, columns).item(0)
}

/// True or false, as a score.
func isTrue(_ scorer: String, _ output: String, expected: String? = nil) throws -> Bool {
  try score(scorer, ["output": output, "expected": expected]).value == .bool(true)
}

/// The message of the error that `body` throws.
func fault(_ body: () throws -> Void) -> String {
  do {
    try body()
  } catch let error as StoreError {
    return error.message
  } catch let error as ScoringFailure {
    return error.message
  } catch {
    return "\(error)"
  }
  return ""
}
