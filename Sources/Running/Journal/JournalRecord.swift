package import Model

/// An entry of a run's journal.
package enum JournalRecord: Sendable {
  /// A call is about to be sent for the `send`-th time; `bound` is the most that it can cost.
  case intent(key: Digest, send: Int, bound: Int64?, at: Timestamp)
  /// The provider took it as a job with this id, which can be asked for again.
  case job(key: Digest, send: Int, id: String)
  /// It failed, and is repeated; `charged` is what it counts for in nanodollars.
  case failure(key: Digest, send: Int, charged: Int64)
  /// It ended; the columns of its outcome.
  case result(key: Digest, send: Int, charged: Int64, columns: JSON.Object)
  /// An earlier execution of the same run ended with this.
  case carried(RunHistory.Carried)

  /// The record as a line of JSON, without a line break.
  package var bytes: [UInt8] {
    var members = JSON.Object()
    func head(_ kind: String, _ key: Digest, _ send: Int) {
      members["t"] = .string(kind)
      members["key"] = .string(key.hex)
      members["send"] = .integer(Int64(send))
    }
    switch self {
    case .intent(let key, let send, let bound, let time):
      head("intent", key, send)
      members["bound"] = bound.map(JSON.integer)
      members["at"] = .integer(time.microseconds)
    case .job(let key, let send, let id):
      head("job", key, send)
      members["id"] = .string(id)
    case .failure(let key, let send, let charged):
      head("failure", key, send)
      members["charged"] = .integer(charged)
    case .result(let key, let send, let charged, let columns):
      head("result", key, send)
      members["charged"] = .integer(charged)
      members["columns"] = .object(columns)
    case .carried(let carried):
      members["t"] = .string("carried")
      members["charged"] = .integer(carried.spent)
      members["sends"] = .integer(Int64(carried.sends))
      members["unknown"] = .integer(Int64(carried.unknown))
      members["bound"] = carried.bound.map(JSON.integer)
    }
    return JSON.object(members).compactBytes
  }

  /// Reads a record.
  /// - Throws: ``StoreError``: `corrupt` for bytes that are not one, `unavailable` for a kind that
  ///   a newer program wrote.
  package init(parsing bytes: [UInt8]) throws(StoreError) {
    let json: JSON
    do throws(JSONFault) {
      json = try JSON(parsing: bytes, depth: 128, keepingDuplicates: true)
    } catch {
      throw Self.corrupt
    }
    guard let members = json.object, let kind = members["t"]?.string else { throw Self.corrupt }
    let charged = members["charged"]?.integer ?? 0
    if kind == "carried" {
      func count(_ name: String) -> Int { members[name]?.integer.flatMap { Int(exactly: $0) } ?? 0 }
      self = .carried(
        .init(
          spent: charged, sends: count("sends"), unknown: count("unknown"),
          bound: members["bound"]?.integer))
      return
    }
    guard let key = (members["key"]?.string).flatMap({ Digest(parsing: "sha256:" + $0) }),
      let send = members["send"]?.integer.flatMap({ Int(exactly: $0) })
    else { throw Self.corrupt }
    switch kind {
    case "intent":
      self = .intent(
        key: key, send: send, bound: members["bound"]?.integer,
        at: Timestamp(microseconds: members["at"]?.integer ?? 0))
    case "job":
      guard let id = members["id"]?.string else { throw Self.corrupt }
      self = .job(key: key, send: send, id: id)
    case "failure": self = .failure(key: key, send: send, charged: charged)
    case "result":
      guard let columns = members["columns"]?.object else { throw Self.corrupt }
      self = .result(key: key, send: send, charged: charged, columns: columns)
    default:
      throw StoreError(
        .unavailable, "the journal has a record '\(kind)' of a newer program: upgrade this one")
    }
  }

  private static var corrupt: StoreError {
    StoreError(.corrupt, "the run's journal has a record that is not one; restore it from a copy")
  }
}

/// The place that keeps a run while it goes on.
///
/// Any task may call.
package protocol CallJournal: Sendable {
  /// Keeps records in their order; when it returns, they are durable.
  func append(_ records: [JournalRecord]) async throws(StoreError)

  /// Keeps a file that a model made; when it returns, it is durable.
  func keep(_ bytes: [UInt8], mediaType: String) async throws(StoreError) -> FileValue
}
