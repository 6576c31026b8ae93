package import Model

/// A request to a model, as any protocol can carry it.
///
/// Parameters have the names of OpenAI's chat completions where several protocols have them
/// (`max_tokens`, `temperature`, `top_p`, `stop`, `seed`, `tools`, `tool_choice`,
/// `parallel_tool_calls`, `response_format`, `reasoning_effort`); each protocol translates those or
/// refuses them before the call. All others go out as they are.
package struct ChatRequest: Sendable {
  /// A message of a conversation.
  struct Message: Sendable {
    enum Role: String, Sendable { case system, user, assistant, tool }

    let role: Role
    let parts: [Part]
    /// The calls of tools that the assistant made.
    let toolCalls: [ToolCall]
    /// The call that a tool's message answers.
    let toolCallID: String?

    /// The text of all its parts.
    var text: String {
      parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }
  }

  /// A piece of a message.
  enum Part: Sendable {
    case text(String)
    /// An image in Base64.
    case image(base64: String, mediaType: String)
    /// An image that the provider itself fetches.
    case imageURL(String)
  }

  let messages: [Message]
  let params: JSON.Object
  /// False to ask for the answer in one piece, also where the provider has pieces.
  package var streams = true

  /// The messages as OpenAI's chat completions have them.
  package var json: JSON { OpenAIChat.messages(self) }

  /// The number of bytes of all texts, which bounds their tokens; nil with images.
  package var textBytes: Int? {
    var count = 0
    for message in messages {
      for part in message.parts {
        guard case .text(let text) = part else { return nil }
        count += text.utf8.count
      }
      for call in message.toolCalls {
        count += call.name.utf8.count + call.arguments.utf8.count
      }
    }
    return count
  }

  /// The request with further parameters.
  package func adding(_ more: JSON.Object) -> ChatRequest {
    var all = params
    for member in more.members { all[member.name] = member.value }
    return ChatRequest(messages: messages, params: all, streams: streams)
  }

  /// The request with a text before that of its first message of a user.
  package func preceded(by text: String) -> ChatRequest {
    var messages = messages
    let place = messages.firstIndex { $0.role == .user } ?? messages.startIndex
    guard messages.indices.contains(place) else { return self }
    let first = messages[place]
    var parts = first.parts
    if case .text(let own)? = parts.first {
      parts[0] = .text(text + own)
    } else {
      parts.insert(.text(text), at: 0)
    }
    messages[place] = Message(
      role: first.role, parts: parts, toolCalls: first.toolCalls, toolCallID: first.toolCallID)
    return ChatRequest(messages: messages, params: params, streams: streams)
  }

  private init(messages: [Message], params: JSON.Object, streams: Bool) {
    self.messages = messages
    self.params = params
    self.streams = streams
  }

  /// A request with one message of a user.
  package init(prompt: String, params: JSON.Object = JSON.Object()) {
    messages = [
      Message(role: .user, parts: [.text(prompt)], toolCalls: [], toolCallID: nil)
    ]
    self.params = params
  }

  /// Reads the JSON text of a request, as ``init(_:)``.
  package init(parsing bytes: [UInt8]) throws(ProviderError) {
    let json: JSON
    do throws(JSONFault) {
      json = try JSON(parsing: bytes, depth: 64)
    } catch {
      throw ProviderError(
        .unsupported, "the request is not JSON at \(error.description(in: bytes)); nothing was sent"
      )
    }
    try self.init(json)
  }

  /// Reads a request: an object with `messages` as OpenAI's chat completions have them, and
  /// parameters beside them.
  /// - Throws: ``ProviderError`` of kind `unsupported` that says which message is none.
  package init(_ json: JSON) throws(ProviderError) {
    guard var params = json.object, let items = params.remove("messages")?.array, !items.isEmpty
    else {
      throw ProviderError(
        .unsupported, "the request is no object with a list of 'messages': nothing was sent")
    }
    var messages: [Message] = []
    for (index, item) in items.enumerated() {
      messages.append(try Message(item, place: "messages/\(index)"))
    }
    self.messages = messages
    self.params = params
  }

  /// The text of the last message of a user.
  var prompt: String { messages.last { $0.role == .user }?.text ?? "" }
}

extension ChatRequest.Message {
  fileprivate init(_ json: JSON, place: String) throws(ProviderError) {
    let name = json["role"]?.string
    guard let role = name == "developer" ? .system : name.flatMap(Role.init) else {
      throw ProviderError(
        .unsupported,
        "\(place) has no role: system, user, assistant or tool are expected; nothing was sent")
    }
    var parts: [ChatRequest.Part] = []
    switch json["content"] {
    case nil: break
    case .string(let text)?: parts = [.text(text)]
    case .array(let items)?:
      for item in items { parts.append(try ChatRequest.Part(item, place: place)) }
    default:
      throw ProviderError(
        .unsupported, "\(place)/content is neither a text nor a list of parts; nothing was sent")
    }
    var calls: [ToolCall] = []
    for call in json["tool_calls"]?.array ?? [] {
      guard let name = call["function"]?["name"]?.string,
        let arguments = call["function"]?["arguments"]?.string
      else {
        throw ProviderError(
          .unsupported,
          "\(place)/tool_calls has a call without a name or arguments; nothing was sent")
      }
      calls.append(ToolCall(id: call["id"]?.string ?? "", name: name, arguments: arguments))
    }
    self.init(
      role: role, parts: parts, toolCalls: calls, toolCallID: json["tool_call_id"]?.string)
  }
}

extension ChatRequest.Part {
  fileprivate init(_ json: JSON, place: String) throws(ProviderError) {
    switch json["type"]?.string {
    case "text": self = .text(json["text"]?.string ?? "")
    case "image_url":
      let url = json["image_url"]?["url"]?.string ?? ""
      guard url.hasPrefix("data:") else {
        self = .imageURL(url)
        return
      }
      // data:image/png;base64,iVBOR…
      let head = url.dropFirst(5).prefix { $0 != "," }
      guard head.hasSuffix(";base64") else { throw Self.unsupported("data without Base64", place) }
      self = .image(
        base64: String(url.dropFirst(5 + head.count + 1)),
        mediaType: String(head.dropLast(";base64".count)))
    case let type: throw Self.unsupported("a part of type '\(type ?? "none")'", place)
    }
  }

  private static func unsupported(_ what: String, _ place: String) -> ProviderError {
    ProviderError(
      .unsupported,
      "\(place)/content has \(what), which cannot be sent: text, and image_url with a URL or with "
        + "data in Base64 can; nothing was sent")
  }
}

/// A call of a tool that a model asks for.
package struct ToolCall: Sendable, Hashable {
  package let id: String
  package let name: String
  /// JSON text as the model wrote it, which need not be JSON.
  package let arguments: String
}
