import Analysis
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func report(_ request: ReportRequest) throws(StoreError) -> Kept<ReportDocument> {
    if let save = request.save { try requireReports(save.name) }
    let (document, source) = try computed(request)
    guard let save = request.save else { return Kept(document, saved: nil) }
    return Kept(
      document,
      saved: try keep(
        Documents.encode(document), save, madeFrom: [source],
        attributes: ["format": ReportDocument.format]))
  }

  package func report(_ reference: Reference) throws(StoreError) -> Kept<ReportDocument> {
    try kept(ReportDocument.self, reference, ReportDocument.format)
  }

  package func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument {
    let (version, saved) = try document(reference)
    let document = try report(reference).document
    let recomputed = Documents.encode(try computed(document.request).document)
    return try RecomputationDocument(version.reference, saved: saved, recomputed: recomputed)
  }

  /// Lays the models of the version that a request names beside one another.
  private func computed(
    _ request: ReportRequest
  ) throws(StoreError) -> (document: ReportDocument, source: ComparisonDocument.Source) {
    let version = try store.resolve(try Reference(parsing: request.reference))
    let schema = try store.snapshot(version).schema
    var exact = request
    exact.reference = version.reference
    exact.save = nil
    var roles = try MetricRoles(
      stated: request.roles, columns: schema.columns, of: version.reference)
    // What models said is long, and no number here is made of it.
    roles[.output] = nil
    let key = request.key ?? schema.key.filter { $0 != request.by }
    let wanted =
      [request.by] + key + request.slices + request.metrics + [request.cluster].compactMap { $0 }
    var columns: [String] = []
    for name in wanted + roles.names.sorted() where !columns.contains(name) { columns.append(name) }
    let table = try table(
      Reference(dataset: version.dataset, selector: .number(version.number)), columns: columns,
      where: request.condition
    ).table
    let source = ComparisonDocument.Source(
      reference: version.reference, snapshot: version.snapshot, rows: version.record.rows)
    let analysis = try ReportAnalysis(table, roles: roles, key: key, request: exact)
    return (try analysis.document(source), source)
  }
}
