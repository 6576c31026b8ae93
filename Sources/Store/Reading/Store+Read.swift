import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// The version that a reference names.
  /// - Throws: ``StoreError`` of kind `missing` that says what there is instead, `usage` for a
  ///   digest prefix that fits several versions.
  package func resolve(_ reference: Reference) throws(StoreError) -> Version {
    let dataset = reference.dataset
    guard let latest = try catchUp(dataset) else { throw try unknown(dataset) }
    let found: Version? = try reading(dataset) { () throws(StoreError) in
      let record: IndexedVersion? =
        switch reference.selector {
        case .latest: try index.latestVersion(of: dataset)
        case .number(let number): try index.version(of: dataset, number: number)
        case .tag(let tag): try index.version(of: dataset, tag: tag)
        case .time(let time, _): try index.version(of: dataset, at: time)
        case .digest(let prefix): try index.version(of: dataset, digestPrefix: prefix)
        }
      guard let record else { return nil }
      let number = record.version.number - reference.back
      guard reference.back > 0 else { return try version(record) }
      guard number > 0, let earlier = try index.version(of: dataset, number: number)
      else { return nil }
      return try version(earlier)
    }
    guard let found else { throw try unknown(reference, latest: latest) }
    return found
  }

  /// The content of a version.
  /// - Throws: ``StoreError`` of kind `corrupt` when its manifest is damaged or missing.
  package func snapshot(_ version: Version) throws(StoreError) -> Snapshot {
    let decoder = try ChunkDecoder()
    let manifest = try chunks.snapshot(version.snapshot, decoder)
    return Snapshot(
      digest: version.snapshot, manifest: manifest, version: version, chunks: chunks)
  }

  /// The versions of a dataset, newest first.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such dataset.
  package func versions(
    of dataset: DatasetName, limit: Int = Int.max
  ) throws(StoreError) -> [Version] {
    let found = try reading(dataset) { () throws(StoreError) -> [Version] in
      let head = try index.head(of: dataset)?.digest
      // A head fixes the whole history, so one that was read before need not be read again.
      if let head, let known = histories.value(head) { return Array(known.prefix(limit)) }
      let versions = try index.versions(of: dataset, limit: limit).map {
        record throws(StoreError) in try version(record)
      }
      // Another process may have committed in between: then the versions are of a later head.
      if let head, limit == .max, try index.head(of: dataset)?.digest == head {
        histories.insert(head, versions, cost: versions.count)
      }
      return versions
    }
    if found.isEmpty, try catchUp(dataset) == nil { throw try unknown(dataset) }
    return found
  }

  /// The log of a dataset, newest record first.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such dataset.
  package func log(
    of dataset: DatasetName, limit: Int = Int.max
  ) throws(StoreError) -> [LogRecord] {
    guard try catchUp(dataset) != nil else { throw try unknown(dataset) }
    return try reading(dataset) { () throws(StoreError) in
      try index.records(of: dataset, limit: limit)
    }
  }

  /// The tags of a dataset with the versions they name now.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such dataset.
  package func tags(
    of dataset: DatasetName
  ) throws(StoreError) -> [(name: String, number: Int)] {
    guard try catchUp(dataset) != nil else { throw try unknown(dataset) }
    return try reading(dataset) { () throws(StoreError) in
      try index.tags(of: dataset).map { ($0.name, $0.number) }
    }
  }

  /// Moves a tag to a version, or removes it when `target` is nil; every move is kept in the log.
  /// - Throws: ``StoreError``: `usage` for a name that cannot be a tag, `missing` when there is
  ///   nothing to remove.
  package func tag(
    _ dataset: DatasetName, _ name: String, to target: Version?, author: String,
    message: String = ""
  ) throws(StoreError) {
    guard TagName.isValid(name) else {
      throw StoreError(
        .usage,
        "'\(name)' is not a tag: use letters, digits, '.', '_' and '-', beginning with a letter, not "
          + "'latest'")
    }
    while true {
      guard try catchUp(dataset) != nil else { throw try unknown(dataset) }
      let head = try newestRecord(of: dataset)
      let current = try tags(of: dataset).first { $0.name == name }
      if let target, current?.number == target.number { return }
      if target == nil, current == nil {
        throw StoreError(.missing, "\(dataset) has no tag '\(name)'")
      }
      var log = try PackWriter()
      let compressor = try Compressor()
      let change = TagRecord(name: name, number: target?.number, message: message)
      let written = try append(
        .tag(change), to: dataset, after: head, author: author,
        time: clock(), &log, compressor)
      if let written { return written.warnings.forEach(warn) }
    }
  }

  private func unknown(_ dataset: DatasetName) throws(StoreError) -> StoreError {
    let names = try survey().map(\.dataset.text)
    var error = StoreError(.missing, "there is no dataset '\(dataset)'")
    error.advice =
      names.isEmpty
      ? "the store is empty: save one with 'assay push'" : Spelling.advice(dataset.text, names)
    return error
  }

  private func unknown(
    _ reference: Reference, latest: Version
  ) throws(StoreError) -> StoreError {
    let dataset = reference.dataset
    var advice = "its versions are 1 to \(latest.number)"
    switch reference.selector {
    case .tag(let name):
      let tags = try tags(of: dataset).map(\.name)
      advice = tags.isEmpty ? "it has no tags" : Spelling.advice(name, tags)
    case .time:
      let first = try reading(dataset) { () throws(StoreError) in
        try index.version(of: dataset, number: 1)
      }
      if let first { advice = "its first version is of \(first.version.createdAt)" }
    default: break
    }
    return StoreError(.missing, "there is no \(reference): \(advice)")
  }
}
