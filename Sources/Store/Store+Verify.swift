import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// Checks that everything is as it was written: every byte of every file against its digest,
  /// every manifest and chunk against its own, the logs as chains, and the index against all of
  /// these.
  ///
  /// Damage is reported, never thrown; the store is not changed.
  /// - Parameters:
  ///   - expectedHeads: for datasets, the digest their newest record (or one before it) must have:
  ///     it fixes the whole history up to there.
  ///   - progress: called with the checks done so far and those to do.
  /// - Throws: ``StoreError`` when the store cannot be read at all.
  package func verify(
    expectedHeads: [DatasetName: Digest] = [:], progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> VerifyReport {
    var verification = Verification(objects: objects, index: index)
    try verification.readFiles(progress)
    try verification.checkLogs(expectedHeads)
    try verification.checkVersions(progress)
    try verification.checkFiles(progress)
    try verification.checkLive()
    var report = verification.finish()
    do throws(StoreError) {
      try checkIndex(verification.contents, &report)
    } catch  where error.kind == .corrupt && !index.isDamaged && !report.damage.isEmpty {
      // The logs cannot be taken in, for the damage that is reported; the index is not to blame.
    } catch {
      report.isIndexRight = false
      report.damage.append(
        VerifyReport.Damage(
          file: StoreLayout.indexFile, what: "cannot be used: \(error.message)", versions: []))
    }
    return report
  }

  /// Compares what the index says of every object and record with the files.
  private func checkIndex(
    _ contents: StoreContents, _ report: inout VerifyReport
  ) throws(StoreError) {
    _ = try datasets()
    try index.checkAggregates()
    var problems: [String] = []
    for file in contents.files {
      guard try index.hasPack(file.name) else { continue }
      for object in try index.objects(inPack: file.name) {
        guard let entry = file.entries.first(where: { $0.offset == object.offset }),
          entry.digest == object.digest, entry.frames.encoded == object.frames,
          entry.base == object.base, Int(entry.depth) == object.depth
        else {
          problems.append("it places \(object.digest) wrongly in \(file.name)")
          continue
        }
      }
    }
    for (digest, object) in contents.objects where try index.object(digest) == nil {
      problems.append("it lacks \(digest) of \(object.pack)")
    }
    for (dataset, records) in contents.records {
      guard let newest = records.last else { continue }
      if try index.head(of: dataset)?.digest != newest.digest {
        problems.append("it has another newest record of \(dataset)")
      }
      for record in records {
        guard try index.record(of: dataset, sequence: record.sequence) != record
        else { continue }
        problems.append("it has another record \(record.sequence) of \(dataset)")
      }
      try checkVersions(dataset, records, &problems)
    }
    guard let first = problems.first else { return }
    report.isIndexRight = false
    let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
    report.damage.append(
      VerifyReport.Damage(
        file: StoreLayout.indexFile,
        what: "does not agree with the logs: \(first)\(more); 'assay reindex' makes it anew",
        versions: []))
  }

  private func checkVersions(
    _ dataset: DatasetName, _ records: [LogRecord], _ problems: inout [String]
  ) throws(StoreError) {
    var tags: [String: Int] = [:]
    for record in records {
      switch record.change {
      case .version(let version):
        guard try index.version(of: dataset, number: version.number)?.version != version
        else { continue }
        problems.append("it has another version \(version.number) of \(dataset)")
      case .tag(let tag): tags[tag.name] = tag.number
      case .deployment: break
      }
    }
    let known = try index.tags(of: dataset)
    if Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.number) }) != tags {
      problems.append("it has other tags of \(dataset)")
    }
  }
}
