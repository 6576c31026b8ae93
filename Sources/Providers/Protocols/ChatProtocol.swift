import Model

/// The body of a call, where it goes, and the parameters that it needs.
struct CallBody {
  /// The path after the base URL; with a query where the protocol needs one.
  let path: String
  var headers: [(name: String, value: String)] = []
  let json: JSON
}

/// The parts that a protocol builds a call from.
struct CallOrder {
  let model: String
  let request: ChatRequest
  /// True to ask for an answer in pieces.
  let streams: Bool
  /// Parameters that were not translated yet; what is left of them goes out as it is.
  var params: JSON.Object

  /// Takes a parameter out; nil also for null.
  mutating func take(_ name: String) -> JSON? {
    guard let value = params.remove(name), !value.isNull else { return nil }
    return value
  }

  /// Refuses parameters that the protocol has no place for: left out, they would change what is
  /// measured without a word.
  mutating func refuse(_ names: [String], in kind: ProviderProtocol) throws(ProviderError) {
    for name in names {
      guard let value = take(name) else { continue }
      // One answer, and no penalty, are what every protocol does by itself.
      if name == "n", value.integer == 1 { continue }
      if name.hasSuffix("_penalty"), value.double == 0 { continue }
      throw ProviderError(
        .unsupported, "\(kind.rawValue) has no parameter '\(name)'; nothing was sent")
    }
  }

  /// A member's value of `stop` as a list.
  mutating func stops() -> JSON? {
    guard let stop = take("stop") else { return nil }
    return stop.string.map { [.string($0)] } ?? stop
  }
}

/// The tools of a request: names, descriptions and schemas of parameters.
struct ToolDefinition {
  let name: String
  let description: JSON?
  let parameters: JSON?
  let strict: JSON?

  /// Reads a list as OpenAI's chat completions have it.
  static func list(_ json: JSON) throws(ProviderError) -> [ToolDefinition] {
    var tools: [ToolDefinition] = []
    for tool in json.array ?? [] {
      guard let function = tool["function"], let name = function["name"]?.string else {
        throw ProviderError(
          .unsupported, "'tools' has one that is no function with a name; nothing was sent")
      }
      tools.append(
        ToolDefinition(
          name: name, description: function["description"], parameters: function["parameters"],
          strict: function["strict"]))
    }
    return tools
  }
}

/// The choice of a tool: `auto`, `none`, `required`, or one by its name.
enum ToolChoice {
  case auto, none, required
  case named(String)

  init(_ json: JSON) throws(ProviderError) {
    switch (json.string, json["function"]?["name"]?.string) {
    case ("auto", _): self = .auto
    case ("none", _): self = .none
    case ("required", _): self = .required
    case (_, let name?): self = .named(name)
    default:
      throw ProviderError(
        .unsupported,
        "'tool_choice' is neither auto, none, required nor a function; nothing was sent")
    }
  }
}

/// An object's members, of which those that are nil are left out.
func members(_ members: [(String, JSON?)]) -> JSON {
  .object(JSON.Object(members.compactMap { name, value in value.map { (name, $0) } }))
}

/// A reader of a protocol's answers, whole or in pieces.
///
/// It does no I/O: it takes events or a body, and has the answer at the end.
protocol AnswerReader: Sendable {
  var answer: Answer { get }

  /// True when the reason to stop has come, so that the end of the stream is no loss.
  var isComplete: Bool { get }

  /// True after the last event of the protocol.
  var isEnded: Bool { get }

  init()

  /// Takes an event; returns true when it has content, be it of a text, a tool or reasoning.
  mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool

  /// Takes a body that came whole.
  mutating func take(whole json: JSON) throws(ProviderError)
}

extension AnswerReader {
  /// Reads an event's data.
  /// - Throws: ``ProviderError``: `malformed` when it is not JSON, or the error that it reports.
  func json(_ event: ServerEvent) throws(ProviderError) -> JSON {
    let json = try Self.json(event.data)
    if let error = ProviderError(reportedIn: json, status: nil) { throw error }
    return json
  }

  static func json(_ bytes: [UInt8]) throws(ProviderError) -> JSON {
    do throws(JSONFault) {
      return try JSON(parsing: bytes, depth: 128, keepingDuplicates: true)
    } catch {
      throw ProviderError(
        .malformed, "the answer is not JSON (byte \(error.offset + 1): \(error.message))")
    }
  }
}

/// Tools' calls as they come in pieces.
struct ToolCallPieces: Sendable {
  private struct Piece: Sendable {
    let index: Int
    var id: String
    var name: String
    var arguments: String
  }

  private var pieces: [Piece] = []

  /// The calls in the order in which they began.
  var calls: [ToolCall] {
    pieces.map { ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments) }
  }

  /// Adds to the call `index`; another id under the same index begins another call, as some servers
  /// number them.
  mutating func add(_ index: Int, id: String? = nil, name: String? = nil, arguments: String?) {
    let known = pieces.lastIndex { $0.index == index }
    let isSame = known.map { id ?? "" == "" || pieces[$0].id.isEmpty || pieces[$0].id == id }
    if let known, isSame == true {
      if let id, !id.isEmpty { pieces[known].id = id }
      if let name, pieces[known].name.isEmpty { pieces[known].name = name }
      pieces[known].arguments += arguments ?? ""
    } else {
      pieces.append(
        Piece(index: index, id: id ?? "", name: name ?? "", arguments: arguments ?? ""))
    }
  }
}
