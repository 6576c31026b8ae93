import Catalog
import Columns
package import Formats
package import Model
import Objects
import Platform

extension Store {
  /// Saves rows as the next version of a dataset.
  ///
  /// When it returns, the version is on disk. Whatever fails, the dataset is as it was; chunks that
  /// were written for it are unreferenced until `gc` removes them.
  /// - Parameter progress: called with the number of rows taken so far.
  /// - Throws: ``StoreError``: `usage` for a key or an attribute that live rows have, `denied` for
  ///   a kind that does not take these rows (``KindRule``), `invalid` for bad input, `conflict`
  ///   when the latest version is not the expected one or an idempotency key was used for other
  ///   content, `missing` for a reference in the lineage, `exhausted` or `unavailable` when the
  ///   disk refuses.
  package func push(
    _ dataset: DatasetName, _ reader: any RowReader, _ options: PushOptions = PushOptions(),
    progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> PushResult {
    try LiveSealer.requireFree(options)
    var reader = reader
    var attempt = 0
    while true {
      // The head is read before the latest version: should another process move both in between,
      // our record is refused as too late, and not numbered after a version it never saw.
      let head = try newestRecord(of: dataset)
      // After the head was read: a push with the same key that comes later is in our record's way.
      let earlier = try earlierPush(dataset, options) { version throws(StoreError) in
        try repeats(version, &reader, options)
      }
      if let earlier { return earlier }
      let latest = try catchUp(dataset)
      try requireNoHole(at: (head?.sequence ?? 0) + 1, of: dataset)
      try check(latest, against: options, dataset)
      try KindRule.require(
        options.kind, checked: options.checkedKind, over: latest, in: dataset)
      if attempt > 0 { try reader.restart() }
      let built = try build(&reader, latest, options, progress)
      try KindRule.requireForm(
        built.manifest, of: options.kind ?? latest?.record.kind ?? .results, in: dataset)
      if let result = try publish(built, dataset, latest, after: head, options) { return result }
      // Another writer's record has this sequence in the log. Its version is the parent now.
      attempt += 1
    }
  }

  /// Rows turned into a snapshot whose chunks wait in a sink.
  struct Built {
    let manifest: SnapshotManifest
    let groups: [RowGroupManifest]
    var builder: SnapshotBuilder
    /// The readings of the file where it could have meant something else.
    let notes: [String]
  }

  /// Returns true when a push would make a version like `version`, of whose request no digest was
  /// stored: the same content after the same version before, and the same texts.
  private func repeats(
    _ version: Version, _ reader: inout any RowReader, _ options: PushOptions
  ) throws(StoreError) -> Bool {
    let record = version.record
    try reader.restart()
    guard options.message.hasBytes(of: record.message),
      Self.texts(options.attributes) == Self.texts(record.attributes),
      options.kind ?? record.kind == record.kind,
      options.createdAt ?? record.createdAt == record.createdAt,
      options.lineage.map(\.dataset) == record.lineage.map(\.dataset)
    else { return false }
    let parent = try record.parent.map { number throws(StoreError) in
      try resolve(Reference(dataset: version.dataset, selector: .number(number)))
    }
    let built = try build(&reader, parent, options) { _ in }
    return Digest(hashing: built.manifest.json.canonicalBytes) == version.snapshot
  }

  /// Attributes, which are alike when their bytes are.
  private static func texts(_ attributes: [String: String]) -> [DataText: DataText] {
    Dictionary(attributes.map { (DataText($0), DataText($1)) }) { first, _ in first }
  }

  /// The version that a push with this key made; nil when none did.
  package func version(
    of dataset: DatasetName, idempotencyKey key: String
  ) throws(StoreError) -> Version? {
    try reading(dataset) { () throws(StoreError) in
      try index.version(of: dataset, idempotencyKey: key).map { record throws(StoreError) in
        try version(record)
      }
    }
  }

  private func check(
    _ latest: Version?, against options: PushOptions, _ dataset: DatasetName
  ) throws(StoreError) {
    let number = latest?.number ?? 0
    if let expected = options.expected, expected != number {
      let found = number == 0 ? "has no version" : "is at version \(number)"
      let advice =
        number == 0
        ? "expect 0 to make the first"
        : expected > number
          ? "look at what there is ('assay log \(dataset)') and push again"
          : "look at what changed ('assay diff \(dataset)@\(max(expected, 1)) \(dataset)') and "
            + "push again"
      throw StoreError(.conflict, "\(dataset) \(found), not at \(expected): \(advice)")
    }
    if let expected = options.expectedSnapshot, expected != latest?.snapshot {
      let found = latest.map { "is at \($0.reference), whose digest is another" }
      throw StoreError(
        .conflict,
        "\(dataset) \(found ?? "has no version"): look at what changed since the version whose "
          + "digest is \(expected), and push again")
    }
  }

  private func build(
    _ reader: inout any RowReader, _ latest: Version?, _ options: PushOptions,
    _ progress: (Int) -> Void
  ) throws(StoreError) -> Built {
    let parent = try latest.map { version throws(StoreError) in try snapshot(version) }
    let key = options.key ?? parent?.schema.key ?? []
    guard !key.isEmpty || options.mode != .merge else {
      throw StoreError(
        .usage, "--mode merge needs a key: name the columns that identify a row with --key")
    }
    try Self.checkAppendOnly(latest, parent?.schema.key ?? [], options, key)
    if let shapes = parent?.manifest.namedShapes { reader.adopt(shapes) }
    let expected = try parent.map { parent throws(StoreError) in
      try parent.expectedColumns(
        besides: options.types, isJoined: options.mode != .replace, key: key)
    }
    var rows = RowSource(
      reader: FileCheckedReader(
        try ExpectedTypesReader(reader, expecting: expected ?? ExpectedColumns()),
        parent: parent?.schema, named: Set(options.types.keys),
        expected: expected ?? ExpectedColumns(), store: self, sees: options.fileAccess,
        keepsLostFiles: options.isSealing, hidden: options.hiddenFiles), parent: parent,
      mode: parent == nil ? .replace : options.mode, key: key, types: options.types,
      deletesMissing: options.deletesMissing,
      keepsRows: latest?.record.kind.isAppendOnly ?? false, areWhole: options.isSealing)
    defer { reader = rows.reader.base.file }
    let known = try parent.flatMap { parent throws(StoreError) in
      try ParentRows(parent, key: key)
    }
    while true {
      var builder = SnapshotBuilder(
        chunks: chunks, key: key, parent: known, countsRows: rows.reader.typing == .all)
      if try rows.forEachBatch({ (batch: RowBatch, lines: [UInt32]) throws(StoreError) in
        try CancellationFlag.check()
        let isFine = try builder.add(batch, lines: lines)
        progress(builder.rows)
        return isFine
      }) {
        let (manifest, groups) = try builder.finish()
        var remarks = rows.remarks
        try remarks.requireExactKeys(key)
        // Of another type, a key would be that of other rows.
        remarks.hidden.removeAll { key.hasText($0.column) }
        let notes = remarks.notes { name in
          manifest.schema.index(of: name).map { manifest.schema.columns[$0].type }
        }
        return Built(manifest: manifest, groups: groups, builder: builder, notes: notes)
      }
      // A type widened after chunks were made of it: read on to learn all types, then start over.
      try rows.restartWithAllTypes()
    }
  }

  /// A dataset to which rows are only added has a key that identifies them, and keeps it.
  private static func checkAppendOnly(
    _ latest: Version?, _ known: [String], _ options: PushOptions, _ key: [String]
  ) throws(StoreError) {
    let kind = options.kind ?? latest?.record.kind ?? .results
    if kind.isAppendOnly, key.isEmpty {
      throw StoreError(
        .usage, "a dataset of kind \(kind.rawValue) needs a key, which identifies its rows")
    }
    guard let latest, latest.record.kind.isAppendOnly else { return }
    guard key == known else {
      throw StoreError(
        .denied,
        "\(latest.dataset) is of kind \(kind.rawValue) and keeps its key "
          + "'\(NameList.text(known))'; push to another dataset")
    }
  }

  /// Writes the next log record; nil when another writer was first.
  private func publish(
    _ built: Built, _ dataset: DatasetName, _ latest: Version?, after head: DatasetHead?,
    _ options: PushOptions
  ) throws(StoreError) -> PushResult? {
    var built = built
    let manifestBytes = built.manifest.json.canonicalBytes
    let snapshotDigest = Digest(hashing: manifestBytes)
    // A key without the digest of a request is generated, and only this push has it.
    let key = options.request == nil ? nil : options.idempotencyKey
    let held = try key.flatMap { key throws(StoreError) in try holding(key, of: dataset) }
    defer { withExtendedLifetime(held) {} }
    // Then the next attempt answers as that one was, or refuses.
    if let key, try isUsed(key, in: dataset, after: head) { return nil }
    if let latest, try snapshot(latest).manifest.hasContent(of: built.manifest) {
      guard let warnings = rememberUnchanged(latest, options) else { return nil }
      return PushResult(
        version: latest, isNew: false, storedBytes: 0, notes: built.notes, warnings: warnings)
    }
    var lineage: [VersionRecord.Lineage] = []
    for reference in options.lineage {
      let version = try resolve(reference)
      lineage.append(
        VersionRecord.Lineage(
          dataset: version.dataset, number: version.number, snapshot: version.snapshot))
    }
    let now = clock()
    let created = options.createdAt ?? now
    let writeID = WriteID.make()
    let bulk = try built.builder.finishBulk(writeID: writeID)
    let version = VersionRecord(
      number: (latest?.number ?? 0) + 1, snapshot: snapshotDigest, rows: built.manifest.rows,
      parent: latest?.number, kind: options.kind ?? latest?.record.kind ?? .results,
      message: options.message, createdAt: created, lineage: lineage,
      attributes: options.attributes, idempotencyKey: options.idempotencyKey,
      request: options.idempotencyKey == nil ? nil : options.request,
      packs: try origins(of: built, in: dataset, bulk: bulk?.name))
    var log = try PackWriter()
    let compressor = try Compressor()
    for chunk in built.builder.sink.pending { try log.append(chunk) }
    for (group, entry) in zip(built.groups, built.manifest.groups)
    where try chunks.object(entry.digest) == nil {
      let frame = try compressor.frame(group.json.canonicalBytes)
      try log.append(entry.digest, .rowGroup, frames: [frame])
    }
    if try chunks.object(snapshotDigest) == nil {
      let frame = try compressor.frame(manifestBytes)
      try log.append(snapshotDigest, .snapshot, frames: [frame])
    }
    guard try holdFiles(of: built, in: dataset) else { return nil }
    guard
      let written = try append(
        .version(version), to: dataset, after: head, author: options.author, time: now,
        writeID: writeID, &log, compressor, bulk: bulk)
    else { return nil }
    return PushResult(
      version: try self.version(written.record), isNew: true,
      storedBytes: written.storedBytes + (bulk?.pack.byteCount ?? 0), notes: built.notes,
      warnings: written.warnings
        + Self.doubts("\(dataset)@\(version.number)", version, options, after: latest, at: now))
  }

  /// The features of a saved version that may not have been intended.
  private static func doubts(
    _ reference: String, _ version: VersionRecord, _ options: PushOptions, after latest: Version?,
    at now: Timestamp
  ) -> [String] {
    var doubts: [String] = []
    let created = version.createdAt
    if let latest, options.createdAt == nil, created < latest.record.createdAt {
      doubts.append(
        "\(reference) is dated \(created) by the clock, and \(latest.reference), "
          + "which came before, \(latest.record.createdAt): one of the clocks was wrong, or that "
          + "version was given its date")
    }
    if created > now { doubts.append("\(reference) is dated \(created), which is yet to come") }
    if let latest, latest.record.kind != version.kind {
      doubts.append(
        "\(reference) holds \(version.kind.rawValue), where \(latest.reference) held "
          + "\(latest.record.kind.rawValue)")
    }
    return doubts
  }
}
