package import Model

/// The layout of a store: makes and parses the names of its files.
///
/// ```
/// assay.json                         format version, store id
/// log/<dataset>/<20-digit seq>.pack  one committed change per file
/// packs/<64 hex>.pack                named by the SHA-256 of the whole file
/// files/<2 hex>/<64 hex>             attachments, named by the SHA-256 of their bytes
/// uploads/<64 hex>.part              the bytes so far of an attachment that comes in parts
/// live/<dataset>/<20-digit seq>.log  rows taken one at a time, not yet in a version
/// answers/<dataset>/<64 hex>         the answer to a push that made no version, by its key
/// live/lock                          held by the one process that takes such rows
/// runs/<dataset>/<20 digits>-<20 digits>.log
///                                    the journal of a run into the dataset that goes on: the
///                                    version of its document, and a sequence
/// runs/<dataset>/lock                held by the one process that executes a run into it
/// runs/<dataset>/cancel              asks that process to end
/// tmp/<32 hex>                       uploads under way, or left by a crash
/// tmp/gc-<name>                      a file that gc has in hand, `/` written as `+`
/// tmp/gc.lock                        held by the one process that removes files
/// tmp/keys.lock                      held, at a place for each key, while requests with one commit
/// index.sqlite                       derived, with -wal and -shm beside it
/// access/tokens.json, access/lock    the tokens, and what is held while they change
/// access/audit.jsonl                 who changed what over REST
/// ```
package enum StoreLayout {
  package static let formatFile = "assay.json"
  package static let indexFile = "index.sqlite"
  package static let logs = "log/"
  package static let packs = "packs/"
  package static let temporaries = "tmp/"
  package static let files = "files/"
  package static let uploads = "uploads/"
  package static let live = "live/"
  package static let answers = "answers/"
  package static let runs = "runs/"
  package static let liveLock = "live/lock"
  package static let collectionLock = "tmp/gc.lock"
  package static let keyLock = "tmp/keys.lock"
  package static let access = "access/"
  package static let accessTokens = "access/tokens.json"
  /// The tokens while they are written, before they take the place of the old ones.
  package static let accessDraft = "access/tokens.json.new"
  package static let accessLock = "access/lock"
  package static let accessAudit = "access/audit.jsonl"
  package static let accessFiles = [accessTokens, accessDraft, accessLock, accessAudit]

  private static let suffix = ".pack"
  private static let sequenceDigits = 20

  /// The prefix of all log files of a dataset.
  package static func logPrefix(_ dataset: DatasetName) -> String { logs + dataset.text + "/" }

  /// The log file of a dataset's record `sequence`, which counts from 1.
  ///
  /// Names sort by sequence.
  package static func logName(_ dataset: DatasetName, _ sequence: Int) -> String {
    let digits = String(sequence)
    return logPrefix(dataset)
      + String(repeating: "0", count: max(0, sequenceDigits - digits.utf8.count)) + digits + suffix
  }

  /// The dataset and sequence in the name of a log file; nil for any other name.
  package static func parseLogName(_ name: String) -> (dataset: DatasetName, sequence: Int)? {
    guard name.hasPrefix(logs), name.hasSuffix(suffix) else { return nil }
    let parts = name.dropFirst(logs.utf8.count).dropLast(suffix.utf8.count).split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == sequenceDigits,
      let dataset = try? DatasetName(String(parts[0])), let sequence = Int(parts[1]), sequence > 0,
      logName(dataset, sequence) == name
    else { return nil }
    return (dataset, sequence)
  }

  /// The dataset of a folder of logs (`log/<dataset>/`); nil for any other name.
  package static func parseLogPrefix(_ name: String) -> DatasetName? {
    guard name.hasPrefix(logs), name.hasSuffix("/"), name.utf8.count > logs.utf8.count else {
      return nil
    }
    return try? DatasetName(String(name.dropFirst(logs.utf8.count).dropLast()))
  }

  /// The file of a pack whose whole content has that digest.
  package static func packName(_ digest: Digest) -> String { packs + digest.hex + suffix }

  /// The digest in the name of a pack; nil for any other name.
  package static func parsePackName(_ name: String) -> Digest? {
    guard name.hasPrefix(packs), name.hasSuffix(suffix),
      let digest = Digest(
        parsing: name.dropFirst(packs.utf8.count).dropLast(suffix.utf8.count)),
      packName(digest) == name
    else { return nil }
    return digest
  }

  /// Returns true when a file of that name is a pack, as log files and bulk packs are; other names
  /// in their folders do not belong to the store.
  package static func isPack(_ name: String) -> Bool {
    parseLogName(name) != nil || parsePackName(name) != nil
  }

  /// A new name for an upload under way.
  package static func temporaryName() -> String { temporaries + WriteID.make() }

  /// The name of a file while `gc` decides whether to remove it.
  package static func collectedName(_ name: String) -> String {
    temporaries + "gc-" + String(name.map { $0 == "/" ? "+" : $0 })
  }

  /// The name of which ``collectedName(_:)`` made this one; nil for any other.
  package static func parseCollectedName(_ path: String) -> String? {
    let mark = temporaries + "gc-"
    guard path.hasPrefix(mark) else { return nil }
    let name = String(path.dropFirst(mark.utf8.count).map { $0 == "+" ? "/" : $0 })
    return isCollectable(name) ? name : nil
  }

  /// Returns true when `gc` may take a file of that name and give the name back: packs and
  /// attachments, as opposed to files without readers.
  static func isCollectable(_ name: String) -> Bool {
    parsePackName(name) != nil || parseFileName(name) != nil
  }

  /// The file of an attachment whose bytes have that digest.
  ///
  /// Two digits make a folder, so that no folder gets too many names for a file system.
  package static func fileName(_ digest: Digest) -> String {
    let hex = digest.hex
    return files + hex.prefix(2) + "/" + hex
  }

  /// The digest in the name of an attachment; nil for any other name.
  package static func parseFileName(_ name: String) -> Digest? {
    guard name.hasPrefix(files), let slash = name.lastIndex(of: "/"),
      let digest = Digest(parsing: name[name.index(after: slash)...]), fileName(digest) == name
    else { return nil }
    return digest
  }

  /// The file of an attachment's bytes while they come in parts.
  ///
  /// A caller who sees only a part of the store has separate uploads, named by `owner` as well.
  package static func uploadName(_ digest: Digest, of owner: String?) -> String {
    let named = owner.map { Digest(hashing: Array("\(digest.hex) \($0)".utf8)) } ?? digest
    return uploads + named.hex + ".part"
  }

  /// The prefix of the answers to pushes of a dataset that made no version.
  package static func answerPrefix(_ dataset: DatasetName) -> String {
    answers + dataset.text + "/"
  }

  /// The answer to a push with an idempotency key that made no version.
  package static func answerName(_ dataset: DatasetName, key: String) -> String {
    answerPrefix(dataset) + Digest(hashing: Array(key.utf8)).hex
  }

  /// The dataset of an answer; nil for any other name.
  package static func parseAnswerName(_ name: String) -> DatasetName? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard name.hasPrefix(answers), parts.count == 3 else { return nil }
    return try? DatasetName(String(parts[1]))
  }

  /// The suffix of segments; the other one is that of their idempotency keys once they are sealed.
  package static let liveLogSuffix = ".log"
  package static let liveKeysSuffix = ".keys"

  /// The prefix of all segments of a dataset.
  package static func livePrefix(_ dataset: DatasetName) -> String { live + dataset.text + "/" }

  /// The dataset of a folder of segments (`live/<dataset>/`); nil for any other name.
  package static func parseLivePrefix(_ name: String) -> DatasetName? {
    guard name.hasPrefix(live), name.hasSuffix("/"), name.utf8.count > live.utf8.count else {
      return nil
    }
    return try? DatasetName(String(name.dropFirst(live.utf8.count).dropLast()))
  }

  /// The segment `sequence` of a dataset, or its keys; names sort by sequence.
  package static func liveName(
    _ dataset: DatasetName, _ sequence: Int, suffix: String = liveLogSuffix
  ) -> String {
    let digits = String(sequence)
    return livePrefix(dataset)
      + String(repeating: "0", count: max(0, sequenceDigits - digits.utf8.count)) + digits + suffix
  }

  /// The sequence in the name of a segment or its keys; nil for any other name.
  package static func parseLiveName(_ name: String, _ dataset: DatasetName) -> Int? {
    for suffix in [liveLogSuffix, liveKeysSuffix] where name.hasSuffix(suffix) {
      let digits = name.dropFirst(livePrefix(dataset).utf8.count).dropLast(suffix.utf8.count)
      guard digits.utf8.count == sequenceDigits, let sequence = Int(digits), sequence > 0,
        liveName(dataset, sequence, suffix: suffix) == name
      else { return nil }
      return sequence
    }
    return nil
  }
}
