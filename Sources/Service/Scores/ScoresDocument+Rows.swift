import Model
import Scoring
import Wire

extension ScoresDocument {
  /// As many reasons as people read.
  private static let failureLimit = 10

  /// The rows of each scorer and model, summarized, in the order in which they come.
  static func summaries(_ rows: [ScoreRow]) -> [Summary] {
    var places: [ScoreRow.Key: Int] = [:]
    var groups: [[ScoreRow]] = []
    for row in rows {
      let group = ScoreRow.Key(
        item: "", model: row.key.model, attempt: 0, scorer: row.key.scorer)
      if let place = places[group] {
        groups[place].append(row)
      } else {
        places[group] = groups.count
        groups.append([row])
      }
    }
    return groups.map { rows in
      let values = rows.compactMap(\.value)
      let model = rows[0].key.model.string
      if rows[0].isOfSet { return summary(rows[0]) }
      return Summary(
        scorer: rows[0].key.scorer.string, model: model.isEmpty ? nil : model,
        scored: values.count, errors: rows.count - values.count,
        mean: values.isEmpty ? nil : values.reduce(0, +) / Double(values.count),
        isRate: !values.isEmpty && rows.allSatisfy { $0.isBool ?? true })
    }
  }

  /// The value of a set.
  private static func summary(_ row: ScoreRow) -> Summary {
    let model = row.key.model.string
    return Summary(
      scorer: row.key.scorer.string, model: model.isEmpty ? nil : model,
      scored: Int(row.scored ?? 0), errors: Int(row.errors ?? 0), mean: row.value, isRate: false,
      set: .init(lower: row.lower, upper: row.upper, note: row.error ?? row.detail))
  }

  /// The reasons for which outputs have no score, the most frequent first.
  static func failures(_ rows: [ScoreRow]) -> [Failure] {
    var counts: [[DataText]: Int] = [:]
    for row in rows {
      if let error = row.error, !row.isOfSet {
        counts[[row.key.scorer, DataText(error)], default: 0] += 1
      }
    }
    let sorted = counts.sorted {
      $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value > $1.value
    }
    return sorted.prefix(failureLimit).map { reason, count in
      Failure(scorer: reason[0].string, message: reason[1].string, count: count)
    }
  }
}
