/// The members of one JSON object of a record or manifest, taken by name.
///
/// ``finish()`` refuses an object that has members nobody took: a member that this program does not
/// know may change what the others mean.
struct Members {
  private let what: String
  private var rest: [DataText: CanonicalJSON]

  /// The members of `json`; `what` is what messages call the object, such as "record".
  init(_ json: CanonicalJSON?, of what: String) throws(StoreError) {
    guard let members = json?.object else { throw .newer("its \(what) is no object") }
    self.what = what
    rest = members
  }

  /// Whether there is a member of that name that was not taken yet.
  func has(_ name: String) -> Bool { rest[name] != nil }

  /// Takes a member that must be there and that `read` must understand.
  mutating func take<Value>(
    _ name: String, _ read: (CanonicalJSON) -> Value?
  ) throws(StoreError) -> Value {
    guard let value = try takeIfThere(name, read) else {
      throw .newer("its \(what) lacks the member '\(name)'")
    }
    return value
  }

  /// Takes a member that may be absent; one that is there must be one that `read` understands.
  mutating func takeIfThere<Value>(
    _ name: String, _ read: (CanonicalJSON) -> Value?
  ) throws(StoreError) -> Value? {
    guard let json = rest.removeValue(forKey: DataText(name)) else { return nil }
    guard let value = read(json) else {
      throw .newer("its \(what) has a '\(name)' that this program cannot read")
    }
    return value
  }

  /// Takes an object that may be absent, and reads it by `read`, which tells its own faults.
  mutating func nestedIfThere<Value>(
    _ name: String, _ read: (CanonicalJSON) throws(StoreError) -> Value
  ) throws(StoreError) -> Value? {
    guard let json = rest.removeValue(forKey: DataText(name)) else { return nil }
    return try read(json)
  }

  /// Ends the reading.
  /// - Throws: ``StoreError`` of kind `unavailable` when members are left.
  func finish() throws(StoreError) {
    guard let name = rest.keys.min() else { return }
    throw .newer("its \(what) has a member '\(name)', which this program does not know")
  }
}

extension StoreError {
  /// The error for something whose digest holds and that this program cannot read.
  package static func newer(_ what: String) -> StoreError {
    StoreError(.unavailable, "\(what): a newer program wrote it; upgrade the program")
  }
}

extension CanonicalJSON {
  /// A count or number of at least 1.
  var positive: Int? { integer.flatMap { $0 > 0 ? Int(exactly: $0) : nil } }
  /// A count of at least 0.
  var count: Int? { integer.flatMap { $0 >= 0 ? Int(exactly: $0) : nil } }
  var time: Timestamp? { integer.map { Timestamp(microseconds: $0) } }
  var digest: Digest? { string.flatMap { Digest(parsing: $0) } }
  var datasetName: DatasetName? { string.flatMap { try? DatasetName($0) } }
  /// An array of texts.
  var strings: [String]? {
    guard let items = array else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }
  /// An object whose members are all texts.
  var stringMembers: [String: String]? {
    guard let members = object else { return nil }
    let texts = Dictionary(
      members.compactMap { name, value in value.string.map { (name.string, $0) } },
      uniquingKeysWith: { first, _ in first })
    return texts.count == members.count ? texts : nil
  }

  /// An object whose members are all texts.
  static func texts(_ members: [String: String]) -> CanonicalJSON {
    .object(Dictionary(uniqueKeysWithValues: members.map { (DataText($0), .string($1)) }))
  }
}
