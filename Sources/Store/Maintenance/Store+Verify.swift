import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// Checks that everything is as it was written: every byte of every file against its digest,
  /// every manifest and chunk against its own, the logs as chains, and the index against all of
  /// these.
  ///
  /// Damage is reported, never thrown; logs and packs are not changed. All versions that were
  /// committed when it began are checked. An object that is missing from its place is looked for
  /// again, since other processes write and collect meanwhile; a wrong index is rebuilt before it
  /// is reported.
  /// - Parameters:
  ///   - expectedHeads: for datasets, the digest their newest record (or one before it) must have:
  ///     it fixes the whole history up to there.
  ///   - progress: called with the checks done so far and those to do.
  /// - Throws: ``StoreError`` when the store, or a file of it, cannot be read, so that damage
  ///   cannot be ruled out.
  package func verify(
    expectedHeads: [DatasetName: Digest] = [:], progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> VerifyReport {
    var verification = Verification(objects: objects, index: index)
    try verification.readFiles(progress)
    repeat {
      try verification.checkLogs(expectedHeads)
      try verification.checkVersions(progress)
    } while try verification.looksAgain()
    try verification.checkFiles(progress)
    try verification.checkLive(home.liveObjects)
    try verification.checkAnswers()
    try verification.checkPlaces(live: home.liveObjects, access: home.access)
    var report = verification.finish()
    // An index cannot be compared with logs that cannot be listed.
    let folders = [StoreLayout.logs, StoreLayout.packs]
    if report.damage.contains(where: { folders.contains($0.file) }) { return report }
    report.damage += try brokenLogs(beside: report.damage)
    do throws(StoreError) {
      guard let problem = try indexProblem(verification) else { return report }
      report.damage.append(
        VerifyReport.Damage(
          file: StoreLayout.indexFile,
          what: "does not agree with the logs: \(problem); 'assay reindex' rebuilds it",
          versions: []))
    } catch  where error.kind == .corrupt {
      report.damage.append(
        VerifyReport.Damage(
          file: StoreLayout.indexFile, what: "cannot be used: \(error.message)", versions: []))
    }
    report.isIndexRight = false
    return report
  }

  /// The logs that no read follows to their end though each of their files is intact: another
  /// program wrote them.
  private func brokenLogs(
    beside damage: [VerifyReport.Damage]
  ) throws(StoreError) -> [VerifyReport.Damage] {
    try survey().compactMap { dataset, problem in
      let folder = StoreLayout.logPrefix(dataset)
      guard let problem, problem.kind == .corrupt,
        !damage.contains(where: { $0.file.hasPrefix(folder) })
      else { return nil }
      return VerifyReport.Damage(file: folder, what: problem.message, versions: [dataset.text])
    }
  }

  /// The difference between the index, after it was rebuilt, and the files; nil when it is right.
  private func indexProblem(_ verification: Verification) throws(StoreError) -> String? {
    var problem: String?
    for _ in 0..<3 {
      if try misplaced(verification.contents) != nil {
        try keeper.relocating { () throws(StoreError) in }
      }
      let generation = index.generation
      problem = try misplaced(verification.contents)
      if problem == nil { problem = try misrecorded(verification) }
      // An index that the second read rebuilt has to be checked from the beginning.
      guard problem != nil || index.generation != generation else { return nil }
      if problem != nil, (try? requireKnownLogs()) != nil { try keeper.reset() }
    }
    return problem
  }

  /// An object that the index places wrongly, or not at all.
  private func misplaced(_ contents: StoreContents) throws(StoreError) -> String? {
    try keeper.repairing { () throws(StoreError) in
      try keeper.catchUp()
      try index.checkAggregates()
      var files: [String: StoreContents.File] = [:]
      for file in contents.files { files[file.name] = file }
      for (digest, object) in contents.objects {
        guard let location = try index.object(digest) else {
          // It may have been collected since.
          guard try objects.trailerChecksum(of: object.pack) == files[object.pack]?.trailerChecksum
          else { continue }
          return "it lacks \(digest) of \(object.pack)"
        }
        if let file = files[location.pack], file.trailerChecksum == location.trailerChecksum {
          let entry = file.entries.first { $0.offset == location.object.offset }
          if entry == location.object { continue }
        } else if try objects.trailerChecksum(of: location.pack) == location.trailerChecksum {
          // A file that was written since.
          continue
        }
        return "it places \(digest) wrongly in \(location.pack)"
      }
      return nil
    }
  }

  /// A record, version or tag that the index has otherwise than the log.
  private func misrecorded(_ verification: Verification) throws(StoreError) -> String? {
    try keeper.repairing { () throws(StoreError) in
      try keeper.catchUp()
      for (dataset, records) in verification.records {
        let known = try index.records(of: dataset)
        // A log that cannot be read to its end is reported; the index has what is before.
        let newest = known.first?.sequence ?? 0
        let digests = Dictionary(
          known.map { ($0.sequence, $0.digest) }, uniquingKeysWith: { first, _ in first })
        for record in records where record.sequence <= newest {
          if digests[record.sequence] != record.digest {
            return "it has another record \(record.sequence) of \(dataset)"
          }
        }
        if let problem = try misnumbered(dataset, known) { return problem }
      }
      return nil
    }
  }

  private func misnumbered(
    _ dataset: DatasetName, _ known: [LogRecord]
  ) throws(StoreError) -> String? {
    var tags: [String: Int] = [:]
    var versions: [Int: VersionRecord] = [:]
    for record in known.reversed() {
      switch record.change {
      case .version(let version): versions[version.number] = version
      case .tag(let tag): tags[tag.name] = tag.number
      case .deployment: break
      }
    }
    let found = try index.versions(of: dataset)
    let named = try index.tags(of: dataset)
    // Others commit meanwhile: then the next look compares the same state.
    guard try index.head(of: dataset)?.digest == known.first?.digest else {
      return try misnumbered(dataset, try index.records(of: dataset))
    }
    let areSame = found.allSatisfy { versions[$0.version.number] == $0.version }
    if found.count != versions.count || !areSame {
      return "it has other versions of \(dataset)"
    }
    let places = Dictionary(
      named.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    if places != tags {
      return "it has other tags of \(dataset)"
    }
    return nil
  }
}
