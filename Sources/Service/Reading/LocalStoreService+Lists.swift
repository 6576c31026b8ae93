package import Model
import Store
package import Wire

extension LocalStoreService {
  package func datasets(limit: Int?) throws(StoreError) -> [DatasetDocument] {
    var documents: [DatasetDocument] = []
    for (dataset, problem) in try store.survey().prefix(limit ?? Int.max) {
      if let problem {
        let latest = try store.latestKnown(of: dataset)
        documents.append(
          DatasetDocument(
            dataset, problem: problem.message, latest: latest.map { document(for: $0) }))
        continue
      }
      guard let latest = try store.versions(of: dataset, limit: 1).first else { continue }
      var tags: [String: Int] = [:]
      for tag in try store.tags(of: dataset) { tags[tag.name] = tag.number }
      documents.append(DatasetDocument(latest: document(for: latest), tags: tags))
    }
    return documents
  }

  package func versions(
    of dataset: DatasetName, limit: Int?
  ) throws(StoreError) -> [VersionDocument] {
    let tags = Dictionary(grouping: try store.tags(of: dataset)) { $0.number }
    return try store.versions(of: dataset, limit: limit ?? Int.max).map { version in
      document(for: version, tags: tags[version.number, default: []].map(\.name))
    }
  }

  package func log(
    of dataset: DatasetName, stat: Bool, limit: Int?
  ) throws(StoreError) -> [LogDocument] {
    var documents: [LogDocument] = []
    for record in try store.log(of: dataset, limit: limit ?? Int.max) {
      switch record.change {
      case .version:
        guard let version = Version(record) else { continue }
        let changes = stat ? try ChangeCounts(version, in: store) : nil
        documents.append(.version(document(for: version), changes: changes))
      case .tag(let move):
        documents.append(
          .tag(
            .init(
              dataset: record.dataset, tag: move.name, number: move.number,
              message: move.message, author: record.author, savedAt: record.time,
              sequence: record.sequence, record: record.digest)))
      case .deployment:
        guard let deployment = Deployment(record) else { continue }
        documents.append(.deployment(document(for: deployment)))
      }
    }
    return documents
  }

  package func version(_ reference: Reference) throws(StoreError) -> VersionDetailDocument {
    let version = try store.resolve(reference)
    let snapshot = try store.snapshot(version)
    let tags = try store.tags(of: version.dataset).filter { $0.number == version.number }
    return VersionDetailDocument(
      version: document(for: version, tags: tags.map(\.name)), key: snapshot.schema.key,
      columns: snapshot.schema.columns.map { .init(name: $0.name, type: $0.type) },
      rowGroups: snapshot.manifest.groups.count)
  }

  package func tags(of dataset: DatasetName) throws(StoreError) -> [TagDocument] {
    var documents: [TagDocument] = []
    for tag in try store.tags(of: dataset) {
      let version = try store.resolve(
        Reference(dataset: dataset, selector: .number(tag.number)))
      documents.append(
        TagDocument(
          dataset: dataset, tag: tag.name, number: tag.number, snapshot: version.snapshot))
    }
    return documents
  }

  package func setTag(
    _ tag: String, to reference: Reference, _ request: TagRequest
  ) throws(StoreError) -> TagDocument {
    let version = try store.resolve(reference)
    try requireTags(of: version.dataset, tag, version)
    try store.tag(
      version.dataset, tag, to: version, author: author(request.author), message: request.message)
    return TagDocument(
      dataset: version.dataset, tag: tag, number: version.number, snapshot: version.snapshot)
  }

  package func removeTag(
    _ tag: String, of dataset: DatasetName, _ request: TagRequest
  ) throws(StoreError) {
    try requireTags(of: dataset, tag)
    try store.tag(
      dataset, tag, to: nil, author: author(request.author), message: request.message)
  }

  /// Throws unless the caller may move a tag: references with it decide what runs.
  private func requireTags(
    of dataset: DatasetName, _ tag: String, _ version: Version? = nil
  ) throws(StoreError) {
    let kinds = [try store.catchUp(dataset)?.record.kind, version?.record.kind]
    guard let kind = kinds.compactMap(\.self).first(where: \.isAdministered),
      !callRules.isAdministrator
    else { return }
    throw StoreError(
      .denied,
      "\(dataset) is of kind \(kind.rawValue), and its tags decide which programs are run and "
        + "where secrets go: '\(tag)' is moved and removed with a token of scope 'admin' for the whole "
        + "store, or by 'assay tag' on its folder")
  }
}
