import Model
import Objects
import Wire

/// The file `access/tokens.json` of a store (docs/format.md): read whole, replaced whole.
///
/// A change takes the lock file, reads what is there, and puts a new file in its place: written,
/// synced, renamed, the folder synced. So the tokens survive a power cut, and two processes lose no
/// change of each other's.
struct TokenFile: Sendable {
  private struct Contents: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable { case format, tokens }

    var format = 1
    var tokens: [AccessToken]

    init(tokens: [AccessToken]) { self.tokens = tokens }

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      format = try members.decode(Int.self, forKey: .format)
      guard format == 1 else { throw KnownMembers.newer("it is in format \(format)") }
      try KnownMembers.require(CodingKeys.self, of: decoder)
      tokens = try members.decode([AccessToken].self, forKey: .tokens)
    }
  }

  private static let file = StoreLayout.accessTokens
  private static let temporary = StoreLayout.accessDraft
  private static let lock = StoreLayout.accessLock

  private let disk: any Disk

  /// The file below the root of `disk`.
  init(disk: any Disk) { self.disk = disk }

  /// A status that changes with every replacement of the file; nil when it does not exist.
  func status() throws(StoreError) -> FileStatus? { try disk.status(of: Self.file) }

  /// The tokens; none when there is no file.
  /// - Throws: ``StoreError``, so that the file never opens a store: `corrupt` when it is damaged,
  ///   `unavailable` when a newer program wrote it.
  func read() throws(StoreError) -> [AccessToken] {
    guard try status() != nil else { return [] }
    let open = try disk.open(Self.file)
    defer { disk.close(open) }
    // Of the file that is open: another may have taken its place.
    let bytes = try disk.read(open, at: 0, count: try disk.byteCount(of: open))
    do throws(StoreError) {
      return try Documents.decode(Contents.self, from: bytes).tokens
    } catch  where error.kind == .unavailable {
      throw error
    } catch {
      throw StoreError(
        .corrupt,
        "\(Self.file) is damaged; restore it from a backup, or remove it and make new tokens")
    }
  }

  /// Changes the tokens under a lock, so that no other process changes them meanwhile.
  /// - Parameter waits: Whether others who change them are waited for.
  /// - Throws: ``StoreError`` of kind `conflict` while others change them.
  func update(
    waits: Bool = true, _ change: (inout [AccessToken]) throws(StoreError) -> Void
  ) throws(StoreError) {
    try AccessFolder.make(on: disk)
    let lock = try disk.lock(Self.lock, waits: waits)
    defer { disk.close(lock) }
    var tokens = try read()
    try change(&tokens)
    try write(Documents.encode(Contents(tokens: tokens)))
  }

  private func write(_ bytes: [UInt8]) throws(StoreError) {
    if try disk.status(of: Self.temporary) != nil { try disk.unlink(Self.temporary) }
    let file = try disk.createPrivately(Self.temporary)
    do throws(StoreError) {
      try disk.write(bytes, to: file)
      try disk.sync(file)
    } catch {
      disk.close(file)
      throw error
    }
    disk.close(file)
    try disk.rename(Self.temporary, to: Self.file)
    do throws(StoreError) {
      try disk.syncDirectory(AccessFolder.name)
    } catch {
      // It is in force from now on, and a power cut may take it back.
      throw .uncertain(
        "the change of the tokens", because: error,
        advice: "look at 'assay token ls', and revoke a token whose secret was never received")
    }
  }
}
