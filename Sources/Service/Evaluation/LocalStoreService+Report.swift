import Analysis
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func report(_ request: ReportRequest) throws(StoreError) -> Saved<ReportDocument> {
    if let save = request.save { try requireReports(save.name) }
    let document = try computed(request, .current)
    guard let save = request.save else { return Saved(document, saved: nil) }
    return Saved(
      document,
      saved: try keep(
        Documents.encode(document), save, madeFrom: [document.source] + (document.scores ?? []),
        attributes: ["format": document.format]))
  }

  package func report(_ reference: Reference) throws(StoreError) -> Saved<ReportDocument> {
    try kept(
      ReportDocument.self, reference, Edition.formats(of: ReportDocument.form),
      advice: "the column that tells models apart with --by")
  }

  package func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument {
    let (version, saved) = try document(reference)
    let document = try report(reference).document
    let edition = Edition(format: document.format, of: ReportDocument.form) ?? .current
    var request = document.request
    request.scores = ScoresChoice.pinned(request.scores)
    let wanted = request
    let recomputed = Documents.encode(
      try redoing(version.reference) { () throws(StoreError) in
        try computed(wanted, edition)
      })
    return try RecomputationDocument(version.reference, saved: saved, recomputed: recomputed)
  }

  /// Computes the report of a request.
  private func computed(
    _ request: ReportRequest, _ edition: Edition
  ) throws(StoreError) -> ReportDocument {
    try RequestLimits.require(
      request.metrics.count + request.slices.count + (request.key ?? []).count,
      atMost: RequestLimits.names, "columns")
    let version = try store.resolve(try Reference(parsing: request.reference))
    var exact = request
    exact.reference = version.reference
    exact.save = nil
    let rows = try analysed(version, scores: &exact.scores, edition: edition)
    let schema = rows.schema
    let scores = rows.scores?.columns ?? []
    var roles = try MetricRoles(
      stated: request.roles, columns: schema.columns, of: version.reference, scores: scores,
      edition: edition)
    // The models' answers are long, and no number of the report is made of them.
    roles[.output] = nil
    if exact.metrics.isEmpty {
      exact.metrics = scores.whole.map(\.name).filter { !roles.names.contains(DataText($0)) }
    }
    var key =
      request.key
      ?? schema.key.filter {
        !$0.hasBytes(of: request.by) && !$0.hasBytes(of: request.repeats ?? "")
      }
    let options = [request.cluster, request.repeats].compactMap { $0 }
    var columns: [String] = []
    for name in [request.by] + key + request.slices + exact.metrics + options
      + roles.names.sorted().map(\.string) + (edition > .first ? schema.key : [])
    where !columns.hasText(name) {
      columns.append(name)
    }
    if edition > .first {
      let textual = MetricRoles.textual(schema.columns).map(\.name)
      let asked = edition > .second ? Comparability.ofItems(schema.columns) : []
      columns += (textual + asked + Comparability.ofScores(schema.columns)).filter {
        !columns.hasText($0)
      }
    }
    let table = try table(
      rows, columns: columns, where: request.condition, edition: edition)
    if edition > .first {
      takeAttempts(
        in: table, schema.key, besides: request.by, &exact.repeats, of: &key, stated: &exact.key,
        edition: edition)
    }
    let analysis = try ReportAnalysis(
      table, roles: roles, key: key, request: exact, scores: scores, edition: edition)
    let findings = try findings(of: rows, table, key, exact, edition)
    var document = try analysis.document(rows.source, findings: findings)
    document.scores = rows.scores?.sources
    return document
  }

  /// The facts to know before a report's numbers, besides those that the analysis finds.
  /// - Throws: ``StoreError`` of kind `usage` where several scores would be pooled.
  private func findings(
    of rows: AnalysedVersion, _ table: ColumnTable, _ key: [String], _ request: ReportRequest,
    _ edition: Edition
  ) throws(StoreError) -> [String] {
    var findings = try findings(of: rows.snapshot, where: request.condition, edition: edition)
      .map { "\($0.subject): \($0.count ?? 0) \($0.what)" }
    if edition > .second {
      if let pooled = PooledScores(
        table, rows.schema, of: rows.version, key: key, slices: request.slices)
      {
        throw pooled.refusal(request)
      }
      findings += suspected(
        in: table, key, besides: request.by, repeats: request.repeats, stated: request.key
      ).map(\.text)
    }
    return findings + (rows.scores?.findings(arm: nil).map { "\($0.subject) \($0.what)" } ?? [])
  }

  /// Removes the columns of a key that number attempts from those of an item, where none was named;
  /// reports the first of several, with the rest of the key.
  /// - Parameters:
  ///   - own: The key of the version.
  ///   - by: The column that divides the arms, which then numbers no attempts.
  ///   - stated: The columns of an item that were named; nil for none.
  func takeAttempts(
    in table: ColumnTable, _ own: [String], besides by: String? = nil, _ repeats: inout String?,
    of items: inout [String], stated: inout [String]?, edition: Edition = .current
  ) {
    guard repeats == nil else { return }
    let known = own.filter { column in
      !column.hasBytes(of: by ?? "") && (stated == nil || !items.hasText(column))
    }
    let found = AttemptColumn.found(in: table, key: known, items: items, edition: edition)
    repeats = found.first
    guard stated == nil else { return }
    items.removeAll { found.hasText($0) }
    // One column says by itself what is left of the key.
    if found.count > 1 { stated = items }
  }

  /// The columns of an item that look like numbers of attempts, where neither the items nor the
  /// attempts were stated.
  func suspected(
    in table: ColumnTable, _ items: [String], besides by: String? = nil, repeats: String?,
    stated: [String]?
  ) -> [AttemptColumn.Suspicion] {
    guard repeats == nil, stated == nil else { return [] }
    return AttemptColumn.suspected(in: table, items: items, besides: by)
  }
}
