/// One committed change of a dataset: a version published, a tag moved, or a rule set deployed.
///
/// A record names the digest of the record before it, so the newest record's digest fixes the whole
/// history of its dataset.
package struct LogRecord: Hashable, Sendable {
  /// The change that a record describes.
  package enum Change: Hashable, Sendable {
    case version(VersionRecord)
    case tag(TagRecord)
    case deployment(DeploymentRecord)
  }

  package let dataset: DatasetName
  /// 1 for a dataset's first record, and one more for each that follows.
  package let sequence: Int
  /// The digest of the record before this one; all zeros for the first.
  package let previous: Digest
  package let author: String
  package let time: Timestamp
  /// A random text that distinguishes this writer's record from a rival's with otherwise equal
  /// content.
  package let writeID: String
  package let change: Change
  /// The canonical JSON of the record, as it was read or as it is to be written.
  package let bytes: [UInt8]
  /// The SHA-256 of ``bytes``.
  ///
  /// Never of a second encoding: another program may have written members that this one cannot.
  package let digest: Digest
  /// The canonical JSON of the object that holds author, message and attributes of a saved version;
  /// nil for records that hold these themselves.
  package let texts: [UInt8]?

  /// A record to be written; `sequence` counts from 1.
  /// - Parameter salt: 32 random hexadecimal digits, without which the digest of a version's texts
  ///   would disclose them to a reader who guesses; other changes need none.
  package init(
    dataset: DatasetName, sequence: Int, previous: Digest, author: String, time: Timestamp,
    writeID: String, salt: String = "", change: Change
  ) {
    self.dataset = dataset
    self.sequence = sequence
    self.previous = previous
    self.author = author
    self.time = time
    self.writeID = writeID
    self.change = change
    var members: JSON.Object = [
      "dataset": .string(dataset.text),
      "previous": .string(previous.hex),
      "sequence": .integer(Int64(sequence)),
      "time": .integer(time.microseconds),
      "writeId": .string(writeID),
    ]
    var texts: [UInt8]?
    switch change {
    case .version(let version):
      let object = VersionTexts(
        author: author, message: version.message, attributes: version.attributes, salt: salt
      ).json.canonicalBytes
      texts = object
      members["save"] = version.json(texts: Digest(hashing: object))
    case .tag(let tag):
      members["author"] = .string(author)
      members["tag"] = tag.json
    case .deployment(let deployment):
      members["author"] = .string(author)
      members["deployment"] = deployment.json
    }
    self.texts = texts
    bytes = JSON.object(members).canonicalBytes
    digest = Digest(hashing: bytes)
  }

  /// Reads a record.
  /// - Parameter texts: The object that lies beside the record in its log file, if one does.
  /// - Throws: ``StoreError``: `corrupt` when `bytes` are not canonical JSON or `texts` are not
  ///   those that the record names, `unavailable` for a record of a newer program.
  package init(parsing bytes: [UInt8], texts: [UInt8]?) throws(StoreError) {
    guard let json = JSON(canonical: bytes) else {
      throw StoreError(.corrupt, "the record is not canonical JSON; restore it from a copy")
    }
    var members = try Members(json, of: "record")
    dataset = try members.take("dataset", \.datasetName)
    sequence = try members.take("sequence", \.positive)
    previous = try members.take("previous", \.digest)
    time = try members.take("time", \.time)
    writeID = try members.take("writeId", \.string)
    for kind in ReservedChange.allCases where members.has(kind.rawValue) {
      throw .newer("it describes \(kind.name), which this program cannot follow yet")
    }
    var held: VersionTexts?
    if let saved = try members.nestedIfThere("save", VersionRecord.saved) {
      let object = try VersionTexts(parsing: texts, named: saved.texts)
      held = object
      change = .version(saved.record(object))
    } else if let version = try members.nestedIfThere("version", VersionRecord.init(parsing:)) {
      change = .version(version)
    } else if let deployment = try members.nestedIfThere(
      "deployment", DeploymentRecord.init(parsing:))
    {
      change = .deployment(deployment)
    } else if let tag = try members.nestedIfThere("tag", TagRecord.init(parsing:)) {
      change = .tag(tag)
    } else {
      throw .newer("it describes a change that this program does not know")
    }
    if let held {
      author = held.author
    } else {
      author = try members.take("author", \.string)
    }
    try members.finish()
    guard held != nil || texts == nil else {
      throw .newer(
        "its record has an object beside it, of which this program does not know the use")
    }
    self.bytes = bytes
    self.texts = texts
    digest = Digest(hashing: bytes)
  }
}

/// A kind of change whose name is reserved and that this program cannot follow yet.
private enum ReservedChange: String, CaseIterable {
  case setting, redaction, removal, hold, moved

  /// The change as part of a sentence.
  var name: String {
    switch self {
    case .setting: "a setting of the dataset"
    case .redaction: "a redaction"
    case .removal: "the removal of versions"
    case .hold: "a hold on versions"
    case .moved: "a dataset that moved"
    }
  }
}

/// A move of a tag, kept forever.
package struct TagRecord: Hashable, Sendable {
  package let name: String
  /// The version the tag names from now on; nil when it was removed.
  package let number: Int?
  package let message: String

  /// A move of the tag `name` to version `number`, or its removal.
  package init(name: String, number: Int?, message: String) {
    self.name = name
    self.number = number
    self.message = message
  }

  fileprivate var json: JSON {
    var members: JSON.Object = ["name": .string(name), "message": .string(message)]
    if let number { members["number"] = .integer(Int64(number)) }
    return .object(members)
  }

  fileprivate init(parsing json: JSON) throws(StoreError) {
    var members = try Members(json, of: "tag")
    name = try members.take("name", \.string)
    message = try members.take("message", \.string)
    number = try members.takeIfThere("number", \.positive)
    try members.finish()
  }
}
