import Model

/// A provider of jobs, as its document describes it: a request that submits one, requests that ask
/// for its state, and the place of its result.
struct HTTPTemplate: Sendable {
  /// The request that submits a job.
  struct Submit: Sendable {
    let path: String
    /// JSON in which a text `{{name}}` stands for a value.
    let body: JSON
  }

  /// The requests that ask for a job's state.
  struct Poll: Sendable {
    let path: String
    let interval: Duration
    /// The bound to which the interval grows.
    let longest: Duration
    /// The JSON Pointer of the state.
    let state: String
    /// The states of a job that has a result, and of one that has none.
    let done: [String]
    let failed: [String]
  }

  /// The place and form of a result.
  struct Result: Sendable {
    /// The form of the output.
    enum Form: String, Sendable, CaseIterable {
      case text, json
      /// A URL, or a list of them, to be fetched at once: providers delete what they name.
      case url
      case base64
      /// The answer's own body.
      case body
    }

    /// The path to get it from; nil when it is in the last answer.
    let path: String?
    /// The JSON Pointer of the output.
    let output: String
    let form: Form
    let mediaType: String?
    /// The JSON Pointer of the reason for which a job failed.
    let error: String?
  }

  let submit: Submit
  /// Nil for a provider whose first answer has the result.
  let poll: Poll?
  let result: Result
  /// The JSON Pointer of the job's id in the first answer.
  let requestID: String?
}

extension HTTPTemplate {
  /// The name in a text that is `{{name}}` as a whole; nil for any other text.
  static func name(in text: String) -> String? {
    guard text.hasPrefix("{{"), text.hasSuffix("}}"), text.count > 4 else { return nil }
    let name = text.dropFirst(2).dropLast(2)
    return name.contains("{") || name.contains("}") ? nil : String(name)
  }

  /// The value of a name: `input`, `model`, `messages`, or `params.NAME`; nil when there is none.
  private static func value(_ name: String, of order: CallOrder) -> JSON? {
    switch name {
    case "input": .string(order.request.prompt)
    case "model": .string(order.model)
    case "messages": OpenAIChat.messages(order.request)
    default: name.hasPrefix("params.") ? order.params[String(name.dropFirst(7))] : nil
    }
  }

  /// The body of a call: each `{{name}}` with its value, as a value of JSON and not as text in one.
  ///
  /// A member whose name ends with a question mark, `{{params.seed?}}`, is left out where the call
  /// has no such value.
  /// - Throws: ``ProviderError`` of kind `unsupported` for a value that the call lacks, and for a
  ///   parameter that the body has no place for.
  func body(_ order: CallOrder) throws(ProviderError) -> JSON {
    var used: [String] = []
    let body = try Self.filled(submit.body, order, &used) ?? .null
    for name in order.params.names where !used.contains(where: { $0.hasBytes(of: name) }) {
      throw ProviderError(
        .unsupported, "the template has no place for the parameter '\(name)'; nothing was sent")
    }
    return body
  }

  private static func filled(
    _ json: JSON, _ order: CallOrder, _ used: inout [String]
  ) throws(ProviderError) -> JSON? {
    switch json {
    case .string(let text):
      guard var name = name(in: text) else { return json }
      let isOptional = name.hasSuffix("?")
      if isOptional { name.removeLast() }
      if name.hasPrefix("params.") { used.append(String(name.dropFirst(7))) }
      if let value = value(name, of: order) { return value }
      if isOptional { return nil }
      throw ProviderError(
        .unsupported, "the template needs '\(name)', which the call does not have; nothing was sent"
      )
    case .array(let items):
      var out: [JSON] = []
      for item in items { if let item = try filled(item, order, &used) { out.append(item) } }
      return .array(out)
    case .object(let object):
      var out = JSON.Object()
      for member in object.members {
        if let value = try filled(member.value, order, &used) { out.append(member.name, value) }
      }
      return .object(out)
    default: return json
    }
  }

  /// A path with the id of a job and the model in their places.
  static func path(_ path: String, job: String, model: String) -> String {
    path.replacing("{{request_id}}", with: URLPath.escaped(job, keeping: "-_.~"))
      .replacing("{{model}}", with: URLPath.escaped(model))
  }
}

/// Parts of a URL's path.
enum URLPath {
  /// The text with all other bytes than letters, digits and `signs` percent-encoded.
  static func escaped(_ text: String, keeping signs: String = "-_.~/@") -> String {
    var out = ""
    for byte in text.utf8 {
      let isPlain =
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || signs.utf8.contains(byte)
      out += isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
    }
    return out
  }
}
