import Analysis
import Statistics
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func createGate(_ request: GateRequest) throws(StoreError) -> Saved<GateDocument> {
    var options = request.options
    try options.check()
    options.grammar = options.grammar ?? Gate.Grammar.second.rawValue
    guard !options.gates.isEmpty else {
      throw StoreError(.usage, "there is no gate to register, such as 'success >= -2pp'")
    }
    try requireReports(request.save.name)
    let version = try store.resolve(try Reference(parsing: request.reference))
    // Gates on items that no comparison accepts would be of no use.
    var scores = request.scores
    let rows = try analysed(version, scores: &scores)
    let schema = rows.schema
    var key = try ItemKeys.columns(
      key: schema.key, stated: options.key, without: [request.by, options.repeats],
      of: version.reference)
    if options.repeats == nil, options.key == nil {
      let keys = try table(rows, columns: key, where: options.condition)
      takeAttempts(
        in: keys, schema.key, besides: request.by, &options.repeats, of: &key,
        stated: &options.key)
    }
    // A limit beyond what a column can have is found before the run, where its column is there.
    let measured = try table(
      rows, columns: options.columns(of: schema.columns, key: key, by: nil),
      where: options.condition)
    try options.checkGates(on: measured)
    let scorers = try rows.scores?.columns.scorers(of: options.gatedColumns(), in: measured)
    let keys = try itemKeys(rows, key, where: options.condition)
    let items = try table(rows, columns: key, where: options.condition)
    if let pooled = PooledScores(items, schema, of: version, key: key, slices: options.slices) {
      throw pooled.refusal(request)
    }
    var findings = suspected(in: items, key, repeats: options.repeats, stated: options.key)
      .map(\.finding)
    if version.record.kind != .inputs { findings += options.unknownMetrics(of: measured) }
    if request.by == nil, options.key == nil, let arm = key.first(where: ArmColumn.isNamed) {
      findings.append(
        .init(
          "key", arm: nil,
          "'\(arm)' is a part of each item; to compare its values with one another, register with "
            + "--by \(ShellWord.quoted(arm))"))
    }
    let document = GateDocument(
      source: rows.source, items: ItemKeys.document(keys, columns: key), options: options,
      scorers: scorers ?? [:], findings: findings)
    return Saved(
      document,
      saved: try keep(
        Documents.encode(document), request.save,
        madeFrom: [rows.source] + (document.scorers == nil ? [] : rows.scores?.sources ?? []),
        attributes: ["format": GateDocument.format]))
  }

  package func gate(_ reference: Reference) throws(StoreError) -> Saved<GateDocument> {
    try kept(GateDocument.self, reference, GateDocument.formats)
  }

  /// The sorted keys of the items of a version.
  private func itemKeys(
    _ version: AnalysedVersion, _ key: [String], where condition: String?
  ) throws(StoreError) -> [ItemKey] {
    let table = try table(version, columns: key, where: condition)
    return try ItemKeys(table, rows: Array(0..<table.count), columns: key).rows.keys.sorted()
  }

  /// The registration that a request names.
  /// - Throws: ``StoreError`` of kind `usage` when the request has options besides.
  func registration(
    of request: ComparisonRequest
  ) throws(StoreError) -> (version: Version, gate: GateDocument)? {
    guard let text = request.registered else { return nil }
    let reference = try Reference(parsing: text)
    let gate = try gate(reference).document
    guard
      request.options.map({ Self.spelled($0, gate) == Self.spelled(gate.options, gate) }) ?? true
    else {
      throw StoreError(
        .usage, "with registered gates the options are those that were registered: give no others")
    }
    return (try store.resolve(reference), gate)
  }

  /// The options of a registration with defaults for those that it may leave out.
  private static func spelled(
    _ options: ComparisonOptions, _ gate: GateDocument
  ) -> ComparisonOptions {
    var options = options
    options.grammar = options.grammar ?? gate.options.grammar ?? Gate.Grammar.first.rawValue
    if gate.options.repeats == nil { options.repeats = nil }
    return options
  }

  /// Throws unless the items are exactly those that were registered, or some of them where the
  /// registered options define the result of gates then.
  /// - Throws: ``StoreError`` of kind `conflict`.
  func require(
    _ registration: (version: Version, gate: GateDocument), _ analysis: ComparisonAnalysis
  ) throws(StoreError) {
    let wanted = registration.gate.items
    if analysis.comparedItems.digest == wanted.digest { return }
    let source = try store.resolve(try Reference(parsing: registration.gate.source.reference))
    let keys = try itemKeys(
      try AnalysedVersion(source, of: store), wanted.key,
      where: registration.gate.options.condition)
    let compared = Set(analysis.keys)
    let lacking = keys.filter { !compared.contains($0) }
    let registered = Set(keys)
    let others = analysis.keys.filter { !registered.contains($0) }
    let allowsFewer = registration.gate.options.missing != nil || analysis.hasItemsGate
    if allowsFewer, others.isEmpty { return }
    func some(_ keys: [ItemKey], _ what: String) -> String? {
      if keys.isEmpty { return nil }
      let names = keys.prefix(3).map(\.line).joined(separator: ", ")
      return "\(keys.count) \(what) (\(names)\(keys.count > 3 ? ", …" : ""))"
    }
    let clauses = [some(lacking, "are lacking"), some(others, "are others")].compactMap { $0 }
    throw StoreError(
      .conflict,
      "the items compared are not those registered in \(registration.version.reference): of "
        + "\(wanted.count), by the key \(NameList.text(wanted.key)), "
        + "\(clauses.joined(separator: "; ")); "
        + (others.isEmpty
          ? "run those that are lacking, or register gates with --missing ignore or fail, or with "
            + "'items >= 95%'"
          : "leave the others out with --where, or register gates on the version that has them"))
  }

  /// Throws where the column that divides the arms is a part of the registered items' key.
  func requireItems(
    _ registration: (version: Version, gate: GateDocument)?, apartFrom by: String?
  ) throws(StoreError) {
    guard let registration, let by, registration.gate.items.key.hasText(by) else { return }
    throw StoreError(
      .conflict,
      "the items compared are not those registered in \(registration.version.reference): its items "
        + "are of the key \(NameList.text(registration.gate.items.key)), a part of which --by "
        + "\(by) makes the arms; register them with 'assay gate create … --by "
        + "\(ShellWord.quoted(by))'")
  }

  /// Runs the computation of a saved document, if there is one.
  ///
  /// Where that fails by the document's condition on rows, such as one of an older version of this
  /// program that reads more than its row, the error names the document.
  func redoing<Value>(
    _ reference: String?, _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      guard let reference, error.kind == .usage, error.message.hasPrefix("where: ")
      else { throw error }
      throw StoreError(
        .usage,
        "the condition kept in \(reference) is refused, so that cannot be computed again, "
          + "though read: \(error.message)")
    }
  }

  /// The candidates that were saved before the gate.
  static func lateness(
    _ gate: Version, _ candidates: ArraySlice<Version>
  ) -> [ComparisonDocument.Finding] {
    Set(candidates.filter { $0.time < gate.time }.map(\.reference)).sorted().map { reference in
      .init(
        "registration", arm: reference,
        "was saved before \(gate.reference) was registered: the bar could have been set by it")
    }
  }

  /// Throws unless a dataset may hold documents.
  /// - Throws: ``StoreError`` of kind `usage` when it holds something else.
  func requireReports(_ name: String) throws(StoreError) {
    let name = try DatasetName(name)
    let latest: Version
    do throws(StoreError) {
      latest = try store.resolve(Reference(dataset: name))
    } catch {
      if error.kind == .missing { return }
      throw error
    }
    guard latest.record.kind == .reports else {
      throw StoreError(
        .usage,
        "'\(name)' holds \(latest.record.kind.rawValue), and not reports; name another dataset")
    }
  }

  /// Saves a document and returns the reference of its version.
  func keep(
    _ json: [UInt8], _ save: SaveRequest, madeFrom sources: [ComparisonDocument.Source],
    attributes: [String: String]
  ) throws(StoreError) -> String {
    var push = PushRequest()
    push.kind = .reports
    push.message = save.message ?? ""
    push.author = save.author ?? ""
    for source in sources { push.lineage.append(try Reference(parsing: source.reference)) }
    push.attributes = attributes
    return try saveDocument(json, as: try DatasetName(save.name), push).version.reference
  }

  /// Reads a saved document of one of these forms.
  /// - Parameter advice: The command that the user may have meant.
  /// - Throws: ``StoreError`` of kind `usage` when the version is something else.
  func kept<Document: Codable & Sendable & Hashable>(
    _ type: Document.Type, _ reference: Reference, _ formats: [String], advice: String = ""
  ) throws(StoreError) -> Saved<Document> {
    let version = try store.resolve(reference)
    guard formats.contains(version.record.attributes["format"] ?? "") else {
      throw StoreError(
        .usage,
        "\(version.reference) holds no document of the form \(formats.joined(separator: " or ")); "
          + "name one that was kept" + (advice.isEmpty ? "" : ", or \(advice)"))
    }
    return Saved(
      try Documents.decode(type, from: try document(reference).json), saved: version.reference)
  }
}
