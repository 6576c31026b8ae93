import Analysis
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func suggest(
    _ request: SuggestionRequest
  ) throws(StoreError) -> Saved<SuggestionDocument> {
    if let save = request.save { try requireReports(save.name) }
    let document = try suggestion(request)
    guard let save = request.save else { return Saved(document, saved: nil) }
    return Saved(
      document,
      saved: try keep(
        Documents.encode(document), save, madeFrom: [document.source] + (document.scores ?? []),
        attributes: [
          "format": SuggestionDocument.format, "rules": document.rules.description,
        ]))
  }

  private func suggestion(
    _ request: SuggestionRequest
  ) throws(StoreError) -> SuggestionDocument {
    _ = try DatasetName(request.name)
    var plain = request
    plain.save = nil
    var options = request.options ?? BacktestOptions()
    if let from = request.from {
      guard request.on == nil else {
        throw StoreError(.usage, "rows come from a report, or are named, not both")
      }
      let kept = try seen(from)
      let report = try self.report(Self.exactly(kept)).document
      plain.from = kept.reference
      plain.on = report.source.reference
      plain.slice = request.slice ?? report.routing.first?.column
      plain.scores = request.scores ?? ScoresChoice.pinned(report.request.scores)
      options.by = report.request.by
      options.key = options.key ?? report.request.key
      options.cluster = options.cluster ?? report.request.cluster
      options.repeats = options.repeats ?? report.request.repeats
      options.condition = options.condition ?? report.request.condition
      for role in MetricRoles.Role.allCases where options.roles[role] == nil {
        options.roles[role] = report.roles[role]
      }
    }
    guard let on = plain.on else {
      throw StoreError(.usage, "name the rows with --on, or a report of them with --from")
    }
    let rows = try analysed(try seen(on), scores: &plain.scores)
    plain.on = rows.reference
    if let holdout = request.holdout { plain.holdout = try seen(holdout).reference }
    let schema = rows.schema
    var key = try ItemKeys.columns(
      key: schema.key, stated: options.key, without: [options.by, options.repeats],
      of: rows.reference)
    var wanted = ComparisonOptions()
    wanted.roles = options.roles
    wanted.cluster = options.cluster
    wanted.repeats = options.repeats
    wanted.slices = [plain.slice].compactMap { $0 }
    let columns = wanted.columns(of: schema.columns, key: key + schema.key, by: options.by)
    let kept = request.options?.condition == nil ? plain.from : nil
    let condition = options.condition
    let table = try redoing(kept) { () throws(StoreError) -> ColumnTable in
      try self.table(rows, columns: columns, where: condition)
    }
    if let column = options.repeats { _ = try table.vector(column) }
    takeAttempts(
      in: table, schema.key, besides: options.by, &options.repeats, of: &key, stated: &options.key)
    plain.options = options
    let findings = suspected(
      in: table, key, besides: options.by, repeats: options.repeats, stated: options.key
    ).map(\.finding)
    var document = try SuggestionAnalysis(
      table, key: key, request: plain, scores: rows.scores?.columns ?? []
    ).document(plain, source: rows.source, findings: findings)
    document.scores = rows.scores?.sources
    return document
  }
}
