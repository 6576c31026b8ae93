/// The members of one JSON object of a record or manifest, taken by name.
///
/// ``finish()`` refuses an object with members that were not taken: an unknown member may change
/// the meaning of the others.
struct Members {
  private let what: String
  private var rest: JSON.Object

  /// The members of `json`; `what` is the object's name in messages, such as "record".
  init(_ json: JSON?, of what: String) throws(StoreError) {
    guard let members = json?.object else { throw .newer("its \(what) is not an object") }
    self.what = what
    rest = members
  }

  /// Returns true when there is a member of that name that was not taken yet.
  func has(_ name: String) -> Bool { rest[name] != nil }

  /// Takes a required member, which `read` must accept.
  mutating func take<Value>(
    _ name: String, _ read: (JSON) -> Value?
  ) throws(StoreError) -> Value {
    guard let value = try takeIfThere(name, read) else {
      throw .newer("its \(what) lacks the member '\(name)'")
    }
    return value
  }

  /// Takes an optional member, which `read` must accept when it is there.
  mutating func takeIfThere<Value>(
    _ name: String, _ read: (JSON) -> Value?
  ) throws(StoreError) -> Value? {
    guard let json = rest.remove(name) else { return nil }
    guard let value = read(json) else {
      throw .newer("its \(what) has a '\(name)' that this program cannot read")
    }
    return value
  }

  /// Takes an optional object, and reads it by `read`, which throws its own errors.
  mutating func nestedIfThere<Value>(
    _ name: String, _ read: (JSON) throws(StoreError) -> Value
  ) throws(StoreError) -> Value? {
    guard let json = rest.remove(name) else { return nil }
    return try read(json)
  }

  /// Ends the reading.
  /// - Throws: ``StoreError`` of kind `unavailable` when members are left.
  func finish() throws(StoreError) {
    guard let name = rest.names.min(by: { $0.precedes($1) }) else { return }
    throw .newer("its \(what) has a member '\(name)', which this program does not know")
  }
}

extension StoreError {
  /// The error for a record or manifest whose digest is right and that this program cannot read.
  package static func newer(_ what: String) -> StoreError {
    var error = StoreError(
      .unavailable, "\(what): a newer program wrote it; upgrade the program")
    error.detail = .newer
    return error
  }
}

extension JSON {
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
    guard let object else { return nil }
    let texts = Dictionary(
      object.members.compactMap { member in member.value.string.map { (member.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    return texts.count == object.count ? texts : nil
  }

  /// An object whose members are all texts.
  static func texts(_ members: [String: String]) -> JSON {
    .object(JSON.Object(members.map { ($0, .string($1)) }))
  }
}
