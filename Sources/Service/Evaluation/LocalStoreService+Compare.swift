import Analysis
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    if let save = request.save { try requireReports(save.name) }
    let document = try computed(request, .current, onProgress)
    guard let save = request.save else { return Saved(document, saved: nil) }
    var attributes = ["format": document.format]
    attributes["verdict"] = document.verdict?.rawValue
    return Saved(
      document,
      saved: try keep(
        Documents.encode(document), save, madeFrom: document.sources, attributes: attributes))
  }

  package func comparison(_ reference: Reference) throws(StoreError) -> Saved<ComparisonDocument> {
    try kept(
      ComparisonDocument.self, reference, Edition.formats(of: ComparisonDocument.form))
  }

  package func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument {
    let (version, saved) = try document(reference)
    let document = try comparison(reference).document
    var request = document.request
    request.scores = ScoresChoice.pinned(request.scores)
    let wanted = request
    let edition = Edition(format: document.format, of: ComparisonDocument.form) ?? .current
    let recomputed = Documents.encode(
      try redoing(version.reference) { () throws(StoreError) in
        try computed(wanted, edition, onProgress)
      })
    return try RecomputationDocument(version.reference, saved: saved, recomputed: recomputed)
  }

  /// Computes the comparison of a request, by the rules of an edition.
  private func computed(
    _ request: ComparisonRequest, _ edition: Edition,
    _ onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> ComparisonDocument {
    var plain = request
    plain.save = nil
    let registration = try registration(of: request)
    var options = registration?.gate.options ?? request.options ?? ComparisonOptions()
    plain.registered = registration?.version.reference
    try requireItems(registration, apartFrom: request.by)
    try options.check()
    if edition > .first { options.grammar = options.grammar ?? (registration == nil ? 2 : 1) }
    let read = try redoing(registration?.version.reference) { () throws(StoreError) in
      try sides(&plain, &options, key: registration?.gate.items.key, edition)
    }
    plain.options = options
    var findings = read.findings
    if let registration {
      findings += Self.lateness(registration.version, read.versions.dropFirst())
    }
    let analysis = try ComparisonAnalysis(
      read.sides, key: read.key, options: options, findings: findings,
      registered: registration.map { RegisteredGates($0.version.reference, $0.gate) },
      edition: edition)
    if let registration { try require(registration, analysis) }
    var sources: [ComparisonDocument.Source] = []
    for source in read.sides.map(\.source) + read.scores where !sources.contains(source) {
      sources.append(source)
    }
    var control = AnalysisControl()
    control.isCancelled = isCancelled
    control.onProgress = onProgress
    return try analysis.document(plain, sources: sources, control: control)
  }

  /// The arms of a comparison, read from their versions.
  private struct Sides {
    var sides: [ComparisonSide] = []
    /// Parallel to the sides.
    var versions: [Version] = []
    var key: [String] = []
    var findings: [ComparisonDocument.Finding] = []
    /// The versions of scores beside the arms' own columns.
    var scores: [ComparisonDocument.Source] = []
  }

  private func sides(
    _ request: inout ComparisonRequest, _ options: inout ComparisonOptions, key: [String]?,
    _ edition: Edition
  ) throws(StoreError) -> Sides {
    var read = Sides()
    let versions = try versions(&request)
    let by = request.by
    let choice = try ScoresChoice(request.scores, in: self)
    try choice.requireUse(by: versions)
    read.key = try ItemKeys.columns(
      key: try store.snapshot(versions[0]).schema.key, stated: options.key ?? key,
      without: [by, options.repeats], of: versions[0].reference)
    for version in versions {
      try checkCancellation()
      let rows = try AnalysedVersion(version, choice, in: self)
      let table = try armTable(rows, &options, &read.key, stated: key, by: by, edition)
      let arm = versions.count > 1 ? version.reference : nil
      read.findings += try findings(
        of: rows.snapshot, where: options.condition, arm: arm, edition: edition)
      read.findings += rows.scores?.findings(arm: arm) ?? []
      read.scores += rows.scores?.sources ?? []
      read.sides.append(
        ComparisonSide(
          name: version.reference,
          source: rows.source, table: table, attributes: version.record.attributes,
          inputs: inputs(of: version), scores: rows.scores?.columns ?? []))
      guard edition > .second else { continue }
      if let pooled = PooledScores(
        table, rows.schema, of: version, key: read.key, slices: options.slices)
      {
        throw pooled.refusal(request, options)
      }
      read.findings += suspected(
        in: table, read.key, besides: by, repeats: options.repeats, stated: options.key ?? key
      ).map(\.finding).filter { !read.findings.contains($0) }
    }
    read.versions = versions
    request.scores = ScoresChoice.recorded(read.scores)
    guard let by else { return read }
    let split = try read.sides[0].split(
      by: by, base: request.base, candidates: request.candidates)
    read.sides = split.sides
    read.versions = split.sides.map { _ in versions[0] }
    request.base = split.sides[0].name
    request.candidates = split.sides.dropFirst().map(\.name)
    if split.rowsWithout > 0 {
      read.findings.append(
        .init(by, arm: nil, "rows without a value belong to no arm", count: split.rowsWithout))
    }
    return read
  }

  /// The columns of an arm that are compared, once it is known which of them number attempts.
  /// - Parameter key: The columns that identify an item, without those that number attempts.
  private func armTable(
    _ rows: AnalysedVersion, _ options: inout ComparisonOptions, _ key: inout [String],
    stated: [String]?, by: String?, _ edition: Edition
  ) throws(StoreError) -> ColumnTable {
    let schema = rows.schema
    func read(_ key: [String]) throws(StoreError) -> ColumnTable {
      let wanted = key + (edition > .first ? schema.key : [])
      return try self.table(
        rows, columns: options.columns(of: schema.columns, key: wanted, by: by),
        where: options.condition, edition: edition)
    }
    let first = try read(key)
    if edition == .first || options.repeats != nil { return first }
    var items = options.key ?? stated
    takeAttempts(
      in: first, schema.key, besides: by, &options.repeats, of: &key, stated: &items,
      edition: edition)
    if stated == nil { options.key = items }
    // The outputs of attempts are compared, too.
    return options.repeats == nil ? first : try read(key)
  }

  /// The versions that a request names, whose references become numbers.
  private func versions(_ request: inout ComparisonRequest) throws(StoreError) -> [Version] {
    switch (request.reference, request.by) {
    case (let reference?, .some):
      let version = try store.resolve(try Reference(parsing: reference))
      request.reference = version.reference
      return [version]
    case (nil, nil):
      guard let base = request.base, !request.candidates.isEmpty else {
        throw StoreError(.usage, "a comparison needs a base and at least one candidate")
      }
      try RequestLimits.require(
        request.candidates.count + 1, atMost: RequestLimits.arms, "arms")
      var versions = [try store.resolve(try Reference(parsing: base))]
      for candidate in request.candidates {
        versions.append(try store.resolve(try Reference(parsing: candidate)))
      }
      request.base = versions[0].reference
      request.candidates = versions.dropFirst().map(\.reference)
      return versions
    default:
      throw StoreError(
        .usage, "'reference' and 'by' go together: the version, and the column that tells arms")
    }
  }

  /// The versions of inputs that a version was made from.
  private func inputs(of version: Version) -> [VersionDocument.Source] {
    version.record.lineage.filter { source in
      let reference = Reference(dataset: source.dataset, selector: .number(source.number))
      return (try? store.resolve(reference))?.record.kind == .inputs
    }.map { .init(reference: "\($0.dataset)@\($0.number)", snapshot: $0.snapshot) }
  }
}
