extension LogRecord {
  /// The canonical JSON whose SHA-256 is the record's digest.
  package var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "author": .string(author),
      "dataset": .string(dataset.text),
      "previous": .string(previous.hex),
      "sequence": .integer(Int64(sequence)),
      "time": .integer(time.microseconds),
      "writeId": .string(writeID),
    ]
    switch change {
    case .version(let version): members["version"] = version.json
    case .tag(let tag): members["tag"] = tag.json
    case .deployment(let deployment): members["deployment"] = deployment.json
    }
    return .object(members)
  }

  /// The digest of this record.
  package var digest: Digest { Digest(hashing: json.bytes) }

  /// Reads a record; nil when `bytes` are not its canonical JSON.
  package init?(parsing bytes: [UInt8]) {
    guard let members = CanonicalJSON(parsing: bytes)?.object,
      let name = members["dataset"]?.string, let dataset = try? DatasetName(name),
      let sequence = members["sequence"]?.integer, sequence > 0,
      let previous = members["previous"]?.string.flatMap(Digest.init(parsing:)),
      let author = members["author"]?.string, let time = members["time"]?.integer,
      let writeID = members["writeId"]?.string
    else { return nil }
    let change: Change
    if let version = members["version"] {
      guard let record = VersionRecord(version) else { return nil }
      change = .version(record)
    } else if let deployment = members["deployment"] {
      guard let record = DeploymentRecord(deployment) else { return nil }
      change = .deployment(record)
    } else {
      guard let record = members["tag"].flatMap(TagRecord.init) else { return nil }
      change = .tag(record)
    }
    self.init(
      dataset: dataset, sequence: Int(sequence), previous: previous, author: author,
      time: Timestamp(microseconds: time), writeID: writeID, change: change)
  }
}

extension VersionRecord {
  fileprivate var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "number": .integer(Int64(number)),
      "snapshot": .string(snapshot.hex),
      "rows": .integer(Int64(rows)),
      "kind": .string(kind.rawValue),
      "message": .string(message),
      "createdAt": .integer(createdAt.microseconds),
    ]
    if let parent { members["parent"] = .integer(Int64(parent)) }
    if !lineage.isEmpty { members["from"] = .array(lineage.map(\.json)) }
    if !attributes.isEmpty { members["attributes"] = .object(attributes.mapValues { .string($0) }) }
    if let idempotencyKey { members["idempotencyKey"] = .string(idempotencyKey) }
    return .object(members)
  }

  fileprivate init?(_ json: CanonicalJSON) {
    guard let members = json.object, let number = members["number"]?.integer, number > 0,
      let snapshot = members["snapshot"]?.string.flatMap(Digest.init(parsing:)),
      let rows = members["rows"]?.integer, rows >= 0,
      let kind = members["kind"]?.string.flatMap(DatasetKind.init(rawValue:)),
      let message = members["message"]?.string, let createdAt = members["createdAt"]?.integer
    else { return nil }
    let lineageItems = members["from"]?.array ?? []
    let lineage = lineageItems.compactMap(Lineage.init)
    let attributeItems = members["attributes"]?.object ?? [:]
    let attributes = attributeItems.compactMapValues(\.string)
    guard lineage.count == lineageItems.count, attributes.count == attributeItems.count
    else { return nil }
    self.init(
      number: Int(number), snapshot: snapshot, rows: Int(rows),
      parent: members["parent"]?.integer.map { Int($0) }, kind: kind, message: message,
      createdAt: Timestamp(microseconds: createdAt), lineage: lineage, attributes: attributes,
      idempotencyKey: members["idempotencyKey"]?.string)
  }
}

extension VersionRecord.Lineage {
  var json: CanonicalJSON {
    .object([
      "dataset": .string(dataset.text), "number": .integer(Int64(number)),
      "snapshot": .string(snapshot.hex),
    ])
  }

  init?(_ json: CanonicalJSON) {
    guard let members = json.object, let name = members["dataset"]?.string,
      let dataset = try? DatasetName(name), let number = members["number"]?.integer,
      let snapshot = members["snapshot"]?.string.flatMap(Digest.init(parsing:))
    else { return nil }
    self.init(dataset: dataset, number: Int(number), snapshot: snapshot)
  }
}

extension TagRecord {
  fileprivate var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = ["name": .string(name), "message": .string(message)]
    if let number { members["number"] = .integer(Int64(number)) }
    return .object(members)
  }

  fileprivate init?(_ json: CanonicalJSON) {
    guard let members = json.object, let name = members["name"]?.string,
      let message = members["message"]?.string
    else { return nil }
    self.init(name: name, number: members["number"]?.integer.map { Int($0) }, message: message)
  }
}
