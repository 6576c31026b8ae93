import Model

/// Chat completions as OpenAI and most other servers have them.
///
/// https://platform.openai.com/docs/api-reference/chat
enum OpenAIChat {
  static func body(_ order: CallOrder) throws(ProviderError) -> CallBody {
    var order = order
    try order.refuse(["n"], in: .openAIChat)
    var body = JSON.Object()
    body.append("model", .string(order.model))
    body.append("messages", messages(order.request))
    for member in order.params.members where !member.value.isNull {
      body.append(member.name, member.value)
    }
    if order.streams {
      body.append("stream", .bool(true))
      body.append("stream_options", ["include_usage": .bool(true)])
    }
    return CallBody(path: "/chat/completions", json: .object(body))
  }

  /// The messages of a request.
  static func messages(_ request: ChatRequest) -> JSON { .array(request.messages.map(message)) }

  private static func message(_ message: ChatRequest.Message) -> JSON {
    var content: JSON?
    if message.parts.count == 1, case .text(let text) = message.parts[0] {
      content = .string(text)
    } else if !message.parts.isEmpty {
      content = .array(message.parts.map(part))
    }
    let calls = message.toolCalls.map { call -> JSON in
      [
        "id": .string(call.id), "type": "function",
        "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
      ]
    }
    return members([
      ("role", .string(message.role.rawValue)), ("content", content),
      ("tool_calls", calls.isEmpty ? nil : .array(calls)),
      ("tool_call_id", message.toolCallID.map(JSON.string)),
    ])
  }

  private static func part(_ part: ChatRequest.Part) -> JSON {
    switch part {
    case .text(let text): ["type": "text", "text": .string(text)]
    case .image(let base64, let mediaType):
      ["type": "image_url", "image_url": ["url": .string("data:\(mediaType);base64,\(base64)")]]
    case .imageURL(let url): ["type": "image_url", "image_url": ["url": .string(url)]]
    }
  }

  static func usage(_ json: JSON) -> Usage {
    var counts = UsageCounts(json)
    var usage = Usage()
    let input = counts.take("prompt_tokens", "input_tokens")
    usage.cacheRead = counts.take(
      "prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens")
    usage.cacheWrite5m = counts.take(
      "prompt_tokens_details.cache_write_tokens", "input_tokens_details.cache_write_tokens")
    // OpenAI's input includes what came from a cache and what went into one.
    usage.input = input.map { max(0, $0 - (usage.cacheRead ?? 0) - (usage.cacheWrite5m ?? 0)) }
    usage.output = counts.take("completion_tokens", "output_tokens")
    usage.reasoning = counts.take(
      "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens")
    return counts.usage(usage)
  }

  /// A reader of chat completions.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    private(set) var isEnded = false
    private var calls = ToolCallPieces()

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      if event.data.starts(with: "[DONE]".utf8) {
        isEnded = true
        return false
      }
      let json = try json(event)
      head(json)
      guard let choice = first(json) else { return false }
      let delta = choice["delta"] ?? [:]
      var hasContent = try message(delta)
      for (place, call) in (delta["tool_calls"]?.array ?? []).enumerated() {
        calls.add(
          call["index"]?.count ?? place, id: call["id"]?.string,
          name: call["function"]?["name"]?.string,
          arguments: call["function"]?["arguments"]?.string)
        hasContent = true
      }
      answer.toolCalls = calls.calls
      finish(choice)
      // Its usage may follow, and `[DONE]`; without those the answer is whole too.
      if answer.finishReason != nil { isComplete = true }
      return hasContent
    }

    mutating func take(whole json: JSON) throws(ProviderError) {
      head(json)
      guard let choice = first(json), let message = choice["message"] else {
        throw ProviderError(.malformed, "the answer has no choices[0].message")
      }
      _ = try self.message(message)
      for (index, call) in (message["tool_calls"]?.array ?? []).enumerated() {
        calls.add(
          index, id: call["id"]?.string, name: call["function"]?["name"]?.string,
          arguments: call["function"]?["arguments"]?.string)
      }
      answer.toolCalls = calls.calls
      finish(choice)
      isComplete = answer.finishReason != nil
    }

    private func first(_ json: JSON) -> JSON? {
      json["choices"]?.array?.first { ($0["index"]?.count ?? 0) == 0 }
    }

    private mutating func head(_ json: JSON) {
      if let model = json["model"]?.string { answer.modelReported = model }
      if let print = json["system_fingerprint"]?.string { answer.fingerprint = print }
      if let usage = json["usage"], !usage.isNull { answer.usage = OpenAIChat.usage(usage) }
    }

    /// Adds the texts of a message or of a piece of one.
    private mutating func message(_ json: JSON) throws(ProviderError) -> Bool {
      let reasoning = json["reasoning_content"]?.string ?? json["reasoning"]?.string
      let text = try content(json["content"])
      answer.text.add(text)
      answer.refusal.add(json["refusal"]?.string)
      answer.reasoning.add(reasoning)
      return [text, json["refusal"]?.string, reasoning].contains { $0?.isEmpty == false }
    }

    /// The text of a content, which some servers send as a list of parts.
    /// - Throws: ``ProviderError`` of kind `malformed` for a content of another kind, which would
    ///   be lost.
    private mutating func content(_ json: JSON?) throws(ProviderError) -> String? {
      guard let json, !json.isNull else { return nil }
      if let text = json.string { return text }
      guard let parts = json.array else {
        throw ProviderError(
          .malformed, "the message's content is neither a text nor a list of parts")
      }
      var text: String?
      for part in parts {
        switch part["type"]?.string {
        case "text", "output_text":
          guard let piece = part["text"]?.string else {
            throw ProviderError(.malformed, "the message has a part without its text")
          }
          text.add(piece)
        case "refusal": answer.refusal.add(part["refusal"]?.string)
        case "thinking", "reasoning":
          answer.reasoning.add(part["thinking"]?.string ?? part["text"]?.string)
        case "image_url":
          let url = part["image_url"]?["url"]?.string ?? part["image_url"]?.string ?? ""
          try add(image: url)
        case let type:
          throw ProviderError(
            .malformed,
            "the message has a part of type '\(TerminalText.line(type ?? "none"))', which is not "
              + "understood")
        }
      }
      return text
    }

    /// Takes an image, in the answer itself or by its URL.
    private mutating func add(image url: String) throws(ProviderError) {
      guard url.hasPrefix("data:") else {
        guard !url.isEmpty else {
          throw ProviderError(.malformed, "the message has an image without a URL")
        }
        answer.mediaURLs.append(url)
        return
      }
      let parts = url.dropFirst("data:".count).split(separator: ",", maxSplits: 1)
      guard parts.count == 2, parts[0].hasSuffix(";base64") else {
        throw ProviderError(.malformed, "the message has an image that is not in Base64")
      }
      answer.media.append(
        try Answer.Media(
          base64: String(parts[1]), String(parts[0].dropLast(";base64".count))))
    }

    private mutating func finish(_ choice: JSON) {
      guard let raw = choice["finish_reason"]?.string else { return }
      answer.finishRaw = raw
      answer.finishReason =
        switch raw {
        case "stop": .stop
        case "length": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .other
        }
    }
  }
}

extension String? {
  /// Appends a piece; nil stays nil until there is one.
  mutating func add(_ piece: String?) {
    guard let piece else { return }
    self = (self ?? "") + piece
  }
}

extension JSON: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = .string(text) }
}
