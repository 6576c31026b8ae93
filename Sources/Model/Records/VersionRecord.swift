/// A version as its log record describes it.
package struct VersionRecord: Hashable, Sendable {
  /// 1, 2, 3… without gaps within a dataset.
  package let number: Int
  package let snapshot: Digest
  package let rows: Int
  /// The number of the version this one was made from; nil for a dataset's first.
  package let parent: Int?
  package let kind: DatasetKind
  package let message: String
  /// The time of the measurement, from its author or the clock; it may be before the parent's, when
  /// a clock was wrong or older measurements are added later.
  package let createdAt: Timestamp
  /// The exact versions this one was made from.
  package let lineage: [Lineage]
  package let attributes: [String: String]
  package let idempotencyKey: String?
  /// The digest of the request that ``idempotencyKey`` stands for; nil without a key, and in
  /// versions saved before format 2.
  package let request: Digest?
  /// The packs and log files of other datasets that held objects of the version when it was saved;
  /// nil when they were not recorded.
  package let packs: [String]?
  /// The root of a Merkle tree over the rows; nil when none was made.
  package let root: Digest?

  /// A version that another was made from: its reference as number and its snapshot digest.
  package struct Lineage: Hashable, Sendable {
    package let dataset: DatasetName
    package let number: Int
    package let snapshot: Digest

    /// Names version `number` of `dataset`.
    package init(dataset: DatasetName, number: Int, snapshot: Digest) {
      self.dataset = dataset
      self.number = number
      self.snapshot = snapshot
    }
  }

  /// A version's record; `number` counts from 1.
  package init(
    number: Int, snapshot: Digest, rows: Int, parent: Int?, kind: DatasetKind, message: String,
    createdAt: Timestamp, lineage: [Lineage], attributes: [String: String],
    idempotencyKey: String?, request: Digest? = nil, packs: [String]? = nil, root: Digest? = nil
  ) {
    self.number = number
    self.snapshot = snapshot
    self.rows = rows
    self.parent = parent
    self.kind = kind
    self.message = message
    self.createdAt = createdAt
    self.lineage = lineage
    self.attributes = attributes
    self.idempotencyKey = idempotencyKey
    self.request = request
    self.packs = packs
    self.root = root
  }
}

/// Author, message and attributes of a version, in an object of their own.
///
/// The record names the object by its digest, so that the object can be removed later without
/// breaking the chain. The salt keeps a reader from guessing the removed texts.
struct VersionTexts {
  let author: String
  let message: String
  let attributes: [String: String]
  let salt: String

  init(author: String, message: String, attributes: [String: String], salt: String) {
    self.author = author
    self.message = message
    self.attributes = attributes
    self.salt = salt
  }

  var json: JSON {
    var members: JSON.Object = [
      "author": .string(author), "message": .string(message), "salt": .string(salt),
    ]
    if !attributes.isEmpty { members["attributes"] = .texts(attributes) }
    return .object(members)
  }

  /// Reads the object that a record names by `digest`.
  init(parsing bytes: [UInt8]?, named digest: Digest) throws(StoreError) {
    guard let bytes else {
      throw .newer("the texts of its version are not beside its record")
    }
    guard Digest(hashing: bytes) == digest else {
      throw StoreError(
        .corrupt, "the texts beside the record are not those that it names; restore it from a copy")
    }
    var members = try Members(JSON(canonical: bytes), of: "version's texts")
    author = try members.take("author", \.string)
    message = try members.take("message", \.string)
    salt = try members.take("salt", \.string)
    attributes = try members.takeIfThere("attributes", \.stringMembers) ?? [:]
    try members.finish()
  }
}

extension VersionRecord {
  /// A version as its `save` record holds it: all but the texts, which the record names by digest.
  struct Saved {
    let texts: Digest
    /// Completes the version with its texts.
    let record: (VersionTexts) -> VersionRecord
  }

  /// The member `save` of a record whose texts have that digest.
  func json(texts: Digest) -> JSON {
    var members: JSON.Object = [
      "number": .integer(Int64(number)),
      "snapshot": .string(snapshot.hex),
      "rows": .integer(Int64(rows)),
      "kind": .string(kind.rawValue),
      "createdAt": .integer(createdAt.microseconds),
      "texts": .string(texts.hex),
    ]
    if let parent { members["parent"] = .integer(Int64(parent)) }
    if !lineage.isEmpty { members["from"] = .array(lineage.map(\.json)) }
    if let idempotencyKey { members["idempotencyKey"] = .string(idempotencyKey) }
    if let request { members["request"] = .string(request.hex) }
    if let packs { members["packs"] = .array(packs.map { .string($0) }) }
    if let root { members["root"] = .string(root.hex) }
    return .object(members)
  }

  /// Reads the member `save`.
  static func saved(_ json: JSON) throws(StoreError) -> Saved {
    var members = try Members(json, of: "saved version")
    let texts = try members.take("texts", \.digest)
    let request = try members.takeIfThere("request", \.digest)
    let packs = try members.takeIfThere("packs", \.strings)
    let root = try members.takeIfThere("root", \.digest)
    let body = try Body(&members)
    try members.finish()
    return Saved(texts: texts) { texts in
      body.record(
        message: texts.message, attributes: texts.attributes, request: request, packs: packs,
        root: root)
    }
  }

  /// Reads the member `version`, which programs wrote before format 2.
  init(parsing json: JSON) throws(StoreError) {
    var members = try Members(json, of: "version")
    let message = try members.take("message", \.string)
    let attributes = try members.takeIfThere("attributes", \.stringMembers) ?? [:]
    let body = try Body(&members)
    try members.finish()
    self = body.record(message: message, attributes: attributes)
  }

  /// The members that `save` and `version` have in common.
  private struct Body {
    let number: Int
    let snapshot: Digest
    let rows: Int
    let parent: Int?
    let kind: DatasetKind
    let createdAt: Timestamp
    let lineage: [Lineage]
    let idempotencyKey: String?

    init(_ members: inout Members) throws(StoreError) {
      number = try members.take("number", \.positive)
      snapshot = try members.take("snapshot", \.digest)
      rows = try members.take("rows", \.count)
      parent = try members.takeIfThere("parent", \.positive)
      kind = try members.take("kind") { $0.string.flatMap(DatasetKind.init(rawValue:)) }
      createdAt = try members.take("createdAt", \.time)
      idempotencyKey = try members.takeIfThere("idempotencyKey", \.string)
      var lineage: [Lineage] = []
      for item in try members.takeIfThere("from", \.array) ?? [] {
        lineage.append(try Lineage(parsing: item))
      }
      self.lineage = lineage
    }

    func record(
      message: String, attributes: [String: String], request: Digest? = nil,
      packs: [String]? = nil, root: Digest? = nil
    ) -> VersionRecord {
      VersionRecord(
        number: number, snapshot: snapshot, rows: rows, parent: parent, kind: kind,
        message: message, createdAt: createdAt, lineage: lineage, attributes: attributes,
        idempotencyKey: idempotencyKey, request: request, packs: packs, root: root)
    }
  }
}

extension VersionRecord.Lineage {
  var json: JSON {
    .object([
      "dataset": .string(dataset.text), "number": .integer(Int64(number)),
      "snapshot": .string(snapshot.hex),
    ])
  }

  init(parsing json: JSON) throws(StoreError) {
    var members = try Members(json, of: "lineage")
    dataset = try members.take("dataset", \.datasetName)
    number = try members.take("number", \.positive)
    snapshot = try members.take("snapshot", \.digest)
    try members.finish()
  }
}
