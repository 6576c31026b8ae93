import Analysis
import Model
import Scoring

extension Measure {
  /// The columns that are read.
  ///
  /// Those of a judge or a program that are called as reference answers usually are count as such,
  /// since their configuration names columns and not their parts.
  var joined: ScorerColumns {
    var columns = self.columns
    if self is any OutsideScorer {
      columns.references += columns.required.dropFirst().filter(Comparability.isReference)
    }
    return columns
  }
}

extension ScoredOutputs {
  /// The columns as a judge or a program reads them.
  func columns(for scorer: any OutsideScorer) -> ScoredColumns {
    columns.limited(to: scorer.joined)
  }

  /// The digest of the reference answers of a row that a judge or a program reads; nil without.
  func reference(of row: Int, for scorer: any OutsideScorer) -> String? {
    columns(for: scorer).item(row).digest(of: scorer.joined.references)?.description
  }
}
