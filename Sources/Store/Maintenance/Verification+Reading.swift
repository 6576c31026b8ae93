import Catalog
import Columns
import Model
import Objects
import Platform

extension Verification {
  /// Hashes every file and reads its index; log files must also hold the record their name
  /// promises.
  mutating func readFiles(_ progress: (Int, Int) -> Void) throws(StoreError) {
    // An index that cannot be read has no records; that it cannot be read is found later.
    for head in (try? index.datasets()) ?? [] { view[head.dataset] = head.sequence }
    let names = try packNames()
    for log in names.compactMap({ StoreLayout.parseLogName($0) }) {
      view[log.dataset] = max(view[log.dataset] ?? 0, log.sequence)
    }
    try read(names, progress)
    try assemble()
  }

  /// The names of logs and packs; none where something else stands in the place of their folder,
  /// which ``checkPlaces(live:access:)`` finds.
  private func packNames() throws(StoreError) -> [String] {
    var names: [String] = []
    for folder in [StoreLayout.logs, StoreLayout.packs] {
      do throws(StoreError) {
        names += try objects.list(folder)
      } catch  where error.kind == .corrupt {
        continue
      }
    }
    return names
  }

  private mutating func read(
    _ names: [String], _ progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) {
    let step = 64
    for start in stride(from: 0, to: names.count, by: step) {
      let slice = Array(names[start..<min(names.count, start + step)])
      let outcomes = try parallelMap(count: slice.count) { [objects] index throws(StoreError) in
        try Self.check(slice[index], objects)
      }
      for (name, outcome) in zip(slice, outcomes) { checks[name] = outcome }
      progress(start + slice.count, names.count)
    }
  }

  /// Begins again with what is known of the files.
  private mutating func assemble() throws(StoreError) {
    contents = StoreContents()
    report = VerifyReport()
    bad = [:]
    touched = [:]
    damagedFiles = []
    touchedByFile = [:]
    fileReferences = FileReferences()
    do throws(StoreError) {
      _ = try StoreFormat(parsing: try objects.get(StoreLayout.formatFile))
    } catch {
      damagedFiles.append((StoreLayout.formatFile, try Self.finding(error)))
    }
    for (name, check) in checks.sorted(by: { $0.key < $1.key }) { try add(name, check) }
    contents.sortRecords()
  }

  /// Reads the files that are new, and again those found damaged or missing, should that be needed.
  /// - Returns: whether that found anything new, so that all is to be checked again.
  mutating func looksAgain() throws(StoreError) -> Bool {
    looks += 1
    guard !bad.isEmpty || !damagedFiles.isEmpty, looks < 5 else { return false }
    let names = Set(try packNames())
    var suspects = Set(damagedFiles.map(\.file)).union(bad.values.map(\.file))
    suspects.formIntersection(checks.keys)
    let gone = Set(checks.keys).subtracting(names)
    let new = names.subtracting(checks.keys)
    let before = suspects.map { checks[$0]?.summary }
    for name in suspects { objects.refresh(name) }
    for name in gone { checks[name] = nil }
    try read(new.union(suspects.subtracting(gone)).sorted())
    guard !gone.isEmpty || !new.isEmpty || suspects.map({ checks[$0]?.summary }) != before
    else { return false }
    try assemble()
    return true
  }

  enum FileCheck: Sendable {
    case sound(StoreContents.File, LogRecord?)
    /// Entries are what can still be read of it.
    case damaged(String, StoreContents.File?, LogRecord?)
    /// A newer program wrote it, so this one cannot check it.
    case newer(StoreError)

    /// A summary that shows whether another look found something else.
    var summary: String {
      switch self {
      case .sound(let file, _): "sound \(file.trailerChecksum)"
      case .damaged(let what, let file, _): "\(what) \(file?.trailerChecksum ?? 0)"
      case .newer: "newer"
      }
    }
  }

  /// The finding of an error about the file that it was met in.
  /// - Throws: the error when it says nothing of the file: it may not be read, or not at this time
  ///   or by this program.
  static func finding(_ error: StoreError) throws(StoreError) -> String {
    if error.kind == .denied || error.kind == .exhausted || error.detail == .newer { throw error }
    return error.message
  }

  private static func check(
    _ name: String, _ objects: any ObjectStore
  ) throws(StoreError) -> FileCheck {
    let log = StoreLayout.parseLogName(name)
    guard StoreLayout.isPack(name) else {
      return .damaged("is not a file of a store", nil, nil)
    }
    var failure: String?
    objects.refresh(name)
    do throws(StoreError) {
      try PackReader.verify(objects, name)
    } catch {
      failure = try finding(error)
    }
    guard let pack = try? PackReader.readIndex(objects, name) else {
      return .damaged(failure ?? "cannot be read", nil, nil)
    }
    let file = StoreContents.File(name, pack)
    var record: LogRecord?
    if let log {
      do throws(StoreError) {
        record = try LogFile(name, pack).record(objects)
      } catch  where error.kind == .unavailable && failure == nil {
        return .newer(error)
      } catch {
        // The next check names it.
      }
      if record?.dataset != log.dataset || record?.sequence != log.sequence {
        record = nil
        failure = failure ?? "does not hold the record that its name promises"
      }
    }
    return failure.map { .damaged($0, file, record) } ?? .sound(file, record)
  }
}
