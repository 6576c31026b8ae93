import Catalog
import Columns
import Model
import Objects
import Platform

/// One run of `verify`: what was read, what was found damaged, and which versions that touches.
///
/// It looks at the versions that were there when it began, and for their parts in the files that
/// are there by the time it looks: files come and go meanwhile, and what is moved is somewhere.
struct Verification {
  let objects: any ObjectStore
  /// Asked only what a file that cannot be read any more used to hold, so that damage has a name.
  let index: Index
  var contents = StoreContents()
  /// The status of each file of logs and packs when it was last read.
  var checks: [String: FileCheck] = [:]
  /// The newest record of each log when the run began.
  var view: [DatasetName: Int] = [:]
  var report = VerifyReport()
  /// Objects that are damaged or missing, with the file and the reason.
  var bad: [Digest: (file: String, what: String)] = [:]
  /// Versions by the bad object they touch.
  var touched: [Digest: [String]] = [:]
  var damagedFiles: [(file: String, what: String)] = []
  /// The number of times that everything was checked again.
  var looks = 0
  /// Versions that name a damaged attachment, by its file.
  var touchedByFile: [String: [String]] = [:]
  var fileReferences = FileReferences()
  /// Values of chunks that later deltas are likely to be stored over.
  private let vectors = GenerationCache<Digest, ColumnVector>(cost: 256 << 20)

  init(objects: any ObjectStore, index: Index) {
    self.objects = objects
    self.index = index
  }

  /// The records of the logs as they were when the run began.
  var records: [DatasetName: [LogRecord]] { contents.records }

  mutating func add(_ name: String, _ outcome: FileCheck) throws(StoreError) {
    let log = StoreLayout.parseLogName(name)
    // What came later is for the next run.
    let isLater = log.map { $0.sequence > view[$0.dataset] ?? 0 } ?? false
    report.files += 1
    switch outcome {
    case .newer(let error): if !isLater { throw error }
    case .sound(let file, let record):
      report.bytes += file.bytes
      contents.add(file)
      if let record { add(record) }
    case .damaged(let what, let file, let record):
      if isLater { return }
      damagedFiles.append((name, what))
      if let file { contents.add(file) }
      if let record {
        add(record)
      } else if let log, let known = try? index.record(of: log.dataset, sequence: log.sequence) {
        add(known)
      }
    }
  }

  private mutating func add(_ record: LogRecord) {
    if record.sequence <= view[record.dataset] ?? 0 { contents.add(record) }
  }

  /// Follows each log from its first record: files without gaps, each record naming the one before.
  mutating func checkLogs(_ expectedHeads: [DatasetName: Digest]) throws(StoreError) {
    for records in contents.records.values { report.records += records.count }
    try addMissingLogs()
    for (dataset, records) in contents.records {
      var previous = Digest(zero: ())
      var sequence = 0
      for record in records {
        // After a record that is unreadable, which was named, the predecessor is unknown.
        if record.sequence == sequence + 1, record.previous != previous {
          damagedFiles.append(
            (
              StoreLayout.logName(dataset, record.sequence),
              "does not follow record \(sequence) of its log"
            ))
        }
        sequence = record.sequence
        previous = record.digest
      }
    }
    for (dataset, expected) in expectedHeads.sorted(by: { $0.key < $1.key }) {
      let records = contents.records[dataset] ?? []
      guard !records.contains(where: { $0.digest == expected }) else { continue }
      damagedFiles.append(
        (
          StoreLayout.logPrefix(dataset),
          "has no record \(expected): its history is not the one that was expected"
        ))
    }
  }

  /// Returns true when a file has that name; something else in the place of its folder is found by
  /// ``checkPlaces(live:access:)``.
  func isThere(_ name: String) throws(StoreError) -> Bool {
    do throws(StoreError) {
      return try objects.status(of: name) != nil
    } catch  where error.kind == .corrupt {
      return false
    }
  }

  /// Names the log files that are missing though the index or a later file refers to them.
  private mutating func addMissingLogs() throws(StoreError) {
    for (dataset, newest) in view {
      // A file with a wild number must not make the list endless.
      let missing = (1...newest).lazy.map { ($0, StoreLayout.logName(dataset, $0)) }
        .filter { [checks] in checks[$0.1] == nil }.prefix(1000)
      // It may have been written since names were read.
      for (sequence, name) in missing where try !isThere(name) {
        damagedFiles.append((name, "is missing; restore it from a copy"))
        if let known = try? index.record(of: dataset, sequence: sequence) {
          contents.add(known)
        }
      }
    }
    contents.sortRecords()
  }

  /// Reads every version's manifests and chunks, each once, and checks their digests.
  mutating func checkVersions(_ progress: (Int, Int) -> Void) throws(StoreError) {
    let decoder = try ChunkDecoder()
    let versions = contents.records.keys.sorted().flatMap { dataset in
      (contents.records[dataset] ?? []).compactMap { Version($0) }
    }
    var checked: Set<Digest> = []
    var previous: Version?
    for (position, version) in versions.enumerated() {
      progress(position, versions.count)
      report.versions += 1
      if let previous, previous.dataset == version.dataset,
        version.record.createdAt < previous.record.createdAt
      {
        report.outOfOrder.append(version.reference)
      }
      previous = version
      guard let manifest = try manifest(version, decoder) else { continue }
      var work: [ChunkCheck] = []
      var fileChunks: [Digest] = []
      for entry in manifest.groups {
        guard let bytes = contents.manifest(entry.digest, objects, decoder),
          let group = try Self.known(RowGroupManifest(parsing: bytes), entry.digest),
          group.chunks.count == manifest.schema.columns.count
        else {
          mark(entry.digest, "a row group's manifest", version)
          continue
        }
        for (column, digest) in zip(manifest.schema.columns, group.chunks) {
          guard let digest else { continue }
          if column.type == .file { fileChunks.append(digest) }
          if checked.insert(digest).inserted {
            work.append(ChunkCheck(digest: digest, type: column.type, rows: group.rows))
          } else if bad[digest] != nil {
            touched[digest, default: []].append(version.reference)
          }
        }
      }
      try run(work, version)
      for chunk in fileChunks { fileReferences.add(version, has: chunk) }
    }
    report.chunks = checked.count
  }

  private struct ChunkCheck: Sendable {
    let digest: Digest
    let type: ColumnType
    let rows: Int
  }

  private enum ChunkOutcome: Sendable {
    /// With the attachments that it names.
    case sound([FileValue])
    case damaged(String)
  }

  private mutating func run(_ work: [ChunkCheck], _ version: Version) throws(StoreError) {
    let outcomes = try parallelMap(count: work.count, state: ChunkDecoder.init) {
      [contents, objects, vectors]
      (decoder: inout ChunkDecoder, index) throws(StoreError) -> ChunkOutcome in
      let check = work[index]
      let reader = ContentsReader(contents: contents, objects: objects, vectors: vectors)
      do throws(StoreError) {
        let vector = try reader.vector(check.digest, decoder)
        if vector.type != check.type || vector.count != check.rows || vector.digest != check.digest
        {
          return .damaged("a chunk that is not the one that was saved")
        }
        return .sound(check.type == .file ? vector.files : [])
      } catch {
        return .damaged("a chunk: \(error.message)")
      }
    }
    let decoder = try ChunkDecoder()
    for (check, outcome) in zip(work, outcomes) {
      guard case .damaged(let failure) = outcome else {
        if case .sound(let files) = outcome, check.type == .file {
          fileReferences.add(files, of: check.digest)
        }
        continue
      }
      let culprit = culprit(of: check.digest, decoder)
      mark(culprit, failure, version)
      if culprit != check.digest { bad[check.digest] = bad[culprit] }
    }
  }

  /// The chunk of a chain that is damaged itself: the lowest that cannot be decoded.
  private func culprit(of digest: Digest, _ decoder: borrowing ChunkDecoder) -> Digest {
    var culprit = digest
    var next: Digest? = digest
    while let link = next {
      guard let object = contents.objects[link] else { return link }
      let chunk = try? contents.stored(object, objects)
      if chunk.flatMap({ try? decoder.decode($0) }) == nil { culprit = link }
      next = object.entry.base
    }
    return culprit
  }

  private mutating func manifest(
    _ version: Version, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> SnapshotManifest? {
    guard let bytes = contents.manifest(version.snapshot, objects, decoder) else {
      mark(version.snapshot, "the version's manifest", version)
      return nil
    }
    return try Self.known(SnapshotManifest(parsing: bytes), version.snapshot)
  }

  /// A manifest whose digest holds, and that a newer program wrote when it cannot be read.
  private static func known<Manifest>(
    _ manifest: Manifest?, _ digest: Digest
  ) throws(StoreError) -> Manifest? {
    guard let manifest else { throw ChunkStore.unknownManifest(digest) }
    return manifest
  }

  private mutating func mark(_ digest: Digest, _ what: String, _ version: Version) {
    let file = contents.objects[digest]?.pack ?? (try? index.object(digest))?.pack ?? ""
    bad[digest] = (file, what)
    touched[digest, default: []].append(version.reference)
  }

  /// Counts an attachment that was read.
  mutating func count(fileOf byteCount: Int) {
    report.files += 1
    report.bytes += byteCount
  }

  /// Notes damage of a file that is not a pack.
  mutating func mark(file: String, _ what: String, versions: [String]) {
    damagedFiles.append((file, what))
    touchedByFile[file, default: []].append(contentsOf: versions)
  }

  /// The versions that a log record made, or must have made when it is lost; the dataset when they
  /// are unknown.
  private func versions(of dataset: DatasetName, upTo sequence: Int) -> [String] {
    let records = contents.records[dataset] ?? []
    if let record = records.first(where: { $0.sequence == sequence }) {
      let number: Int? =
        switch record.change {
        case .version(let version): version.number
        case .tag(let tag): tag.number
        case .deployment(let deployment): deployment.number
        }
      return [number.map { "\(dataset)@\($0)" } ?? dataset.text]
    }
    let numbered = records.compactMap { record in
      Version(record).map { (record.sequence, $0.number) }
    }
    let before = numbered.last { $0.0 < sequence }?.1 ?? 0
    guard let after = numbered.first(where: { $0.0 > sequence })?.1, after > before + 1
    else { return [dataset.text] }
    return (before + 1..<after).prefix(1000).map { "\(dataset)@\($0)" }
  }

  /// Puts damage together: by file, with all versions it touches.
  func finish() -> VerifyReport {
    var report = report
    var versionsOfFile: [String: Set<String>] = [:]
    var reasons: [String: String] = [:]
    for (digest, problem) in bad {
      let file = problem.file.isEmpty ? "(missing) \(digest)" : problem.file
      versionsOfFile[file, default: []].formUnion(touched[digest] ?? [])
      reasons[file] =
        checks[file] != nil
        ? "holds damaged data: \(problem.what)" : "is missing; restore it from a copy"
    }
    for (file, what) in damagedFiles {
      reasons[file] = what
      versionsOfFile[file, default: []].formUnion(touchedByFile[file] ?? [])
      if let log = StoreLayout.parseLogName(file) {
        versionsOfFile[file, default: []].formUnion(versions(of: log.dataset, upTo: log.sequence))
      }
    }
    for (file, reason) in reasons.sorted(by: { $0.key < $1.key }) {
      // A message for readers who do not know the file begins with it.
      let what = reason.hasPrefix(file + " ") ? String(reason.dropFirst(file.count + 1)) : reason
      let versions = (versionsOfFile[file] ?? []).sorted {
        $0.compare($1)
      }
      report.damage.append(
        VerifyReport.Damage(file: file, what: what, versions: versions))
    }
    return report
  }
}

extension String {
  /// Orders references by dataset and then by number.
  fileprivate func compare(_ other: String) -> Bool {
    utf8.count == other.utf8.count ? self < other : utf8.count < other.utf8.count
  }
}
