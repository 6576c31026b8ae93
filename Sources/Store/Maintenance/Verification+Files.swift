import Columns
import Model
import Objects
import Platform

extension Verification {
  /// Hashes every attachment and looks for those that versions name and that are not there.
  mutating func checkFiles(_ progress: (Int, Int) -> Void) throws(StoreError) {
    let names = try names(in: StoreLayout.files)
    var missing = Set(fileReferences.versions.keys)
    let step = 16
    for start in stride(from: 0, to: names.count, by: step) {
      let slice = Array(names[start..<min(names.count, start + step)])
      let outcomes = try parallelMap(count: slice.count) { [objects] index throws(StoreError) in
        try Self.checkFile(slice[index], objects)
      }
      for (name, outcome) in zip(slice, outcomes) {
        let digest = StoreLayout.parseFileName(name)
        if let digest {
          missing.remove(digest)
          // What no version names may have been collected meanwhile.
          if outcome.failure != nil, fileReferences.versions[digest] == nil, isGone(name) {
            continue
          }
        }
        count(fileOf: outcome.byteCount)
        var failure = outcome.failure
        if failure == nil, let digest, let said = fileReferences.byteCounts[digest],
          said != outcome.byteCount
        {
          failure = "has \(outcome.byteCount) bytes, and versions say \(said)"
        }
        guard let failure else { continue }
        mark(file: name, failure, versions: digest.flatMap { fileReferences.versions[$0] } ?? [])
      }
      progress(start + slice.count, names.count)
    }
    // Once more: a file that `gc` had renamed when names were read may be back.
    for digest in missing.sorted()
    where try !isThere(StoreLayout.fileName(digest)) {
      mark(
        file: StoreLayout.fileName(digest), "is missing",
        versions: fileReferences.versions[digest] ?? [])
    }
  }

  /// Reads the rows that wait to be sealed, and the idempotency keys of those that were.
  ///
  /// A torn frame at the end is reported and no damage: a crash leaves one whose rows were never
  /// acknowledged.
  mutating func checkLive(_ objects: any ObjectStore) throws(StoreError) {
    for name in try names(in: StoreLayout.live, of: objects) {
      objects.refresh(name)
      do throws(StoreError) {
        if name.hasSuffix(StoreLayout.liveLogSuffix) {
          let bytes = try objects.get(name)
          count(fileOf: bytes.count)
          guard let segment = LiveSegment.parse(bytes) else { continue }
          try segment.requireSound(name, strictly: true)
          if let torn = segment.tornEnd {
            report.torn.append(VerifyReport.Damage(file: name, what: torn))
          }
        } else if name.hasSuffix(StoreLayout.liveKeysSuffix) {
          let bytes = try objects.get(name)
          count(fileOf: bytes.count)
          _ = try LiveKeys(parsing: bytes, name)
        } else if name != StoreLayout.liveLock,
          !name.dropFirst(StoreLayout.live.utf8.count).contains("/")
        {
          mark(file: name, "is in the place of a dataset's folder; remove it", versions: [])
        }
      } catch  where error.kind == .missing {
        // It was sealed meanwhile, or forgotten.
      } catch {
        mark(file: name, try Self.finding(error), versions: [])
      }
    }
  }

  /// Reads the answers to pushes that made no version.
  mutating func checkAnswers() throws(StoreError) {
    for name in try names(in: StoreLayout.answers) {
      objects.refresh(name)
      do throws(StoreError) {
        let bytes = try objects.get(name)
        count(fileOf: bytes.count)
        let answer = try UnchangedAnswer(parsing: bytes, name)
        guard let what = try finding(answer, name) else { continue }
        mark(file: name, what, versions: [])
      } catch  where error.kind == .missing {
        // `gc` removed it meanwhile.
      } catch {
        mark(file: name, try Self.finding(error), versions: [])
      }
    }
  }

  /// The reason for which an answer cannot be that of its name; nil when it can.
  private func finding(
    _ answer: UnchangedAnswer, _ name: String
  ) throws(StoreError) -> String? {
    guard let dataset = StoreLayout.parseAnswerName(name),
      StoreLayout.answerName(dataset, key: answer.key).hasBytes(of: name)
    else { return "is the answer to another key than its name says; remove it" }
    let records = contents.records[dataset] ?? []
    let versions = records.lazy.compactMap { Version($0)?.number }.max() ?? 0
    // Records that came since, or that cannot be read, may be of a version each.
    let newest =
      try objects.list(StoreLayout.logPrefix(dataset))
      .compactMap { StoreLayout.parseLogName($0)?.sequence }.max() ?? 0
    let most = versions + max(0, newest - records.count)
    if answer.number >= 1, answer.number <= most { return nil }
    return "names version \(answer.number) of \(dataset), which has \(versions); remove it"
  }

  /// Returns true when nothing has that name, not even something else than a file.
  private func isGone(_ name: String) -> Bool {
    objects.refresh(name)
    do throws(StoreError) {
      _ = try objects.byteCount(of: name)
      return false
    } catch {
      return error.kind == .missing
    }
  }

  private static func checkFile(
    _ name: String, _ objects: any ObjectStore
  ) throws(StoreError) -> (byteCount: Int, failure: String?) {
    guard let digest = StoreLayout.parseFileName(name) else {
      return (0, "is not a file of a store")
    }
    var hasher = DigestHasher()
    var offset = 0
    do throws(StoreError) {
      let byteCount = try objects.byteCount(of: name)
      while offset < byteCount {
        let piece = try objects.get(
          name, at: offset, count: min(Store.filePieceBytes, byteCount - offset))
        hasher.update(piece)
        offset += piece.count
      }
    } catch {
      return (offset, try finding(error))
    }
    guard hasher.finalize() == digest else {
      return (
        offset,
        "holds other bytes than those that were saved; restore it from a copy, or remove it and "
          + "put the file again"
      )
    }
    return (offset, nil)
  }
}
