import Model

/// OpenAI's Responses.
///
/// https://platform.openai.com/docs/api-reference/responses
enum OpenAIResponses {
  static func body(_ order: CallOrder) throws(ProviderError) -> CallBody {
    var order = order
    try order.refuse(
      ["n", "stop", "seed", "logprobs", "presence_penalty", "frequency_penalty"],
      in: .openAIResponses)
    var body = JSON.Object()
    body.append("model", .string(order.model))
    body.append("input", .array(order.request.messages.flatMap(items)))
    if let limit = order.take("max_tokens") { body.append("max_output_tokens", limit) }
    if let effort = order.take("reasoning_effort") {
      body.append("reasoning", ["effort": effort])
    }
    if let format = order.take("response_format") {
      var inner = format["json_schema"]?.object ?? JSON.Object()
      inner["type"] = format["type"]
      body.append("text", ["format": .object(inner)])
    }
    if let tools = order.take("tools") {
      let list = try ToolDefinition.list(tools).map { tool -> JSON in
        members([
          ("type", "function"), ("name", .string(tool.name)), ("description", tool.description),
          ("parameters", tool.parameters), ("strict", tool.strict),
        ])
      }
      body.append("tools", .array(list))
    }
    if let choice = order.take("tool_choice") {
      if case .named(let name) = try ToolChoice(choice) {
        body.append("tool_choice", ["type": "function", "name": .string(name)])
      } else {
        body.append("tool_choice", choice)
      }
    }
    for member in order.params.members where !member.value.isNull {
      body.append(member.name, member.value)
    }
    if order.streams { body.append("stream", .bool(true)) }
    return CallBody(path: "/responses", json: .object(body))
  }

  private static func items(_ message: ChatRequest.Message) -> [JSON] {
    if message.role == .tool {
      return [
        [
          "type": "function_call_output", "call_id": .string(message.toolCallID ?? ""),
          "output": .string(message.text),
        ]
      ]
    }
    var items: [JSON] = []
    if !message.parts.isEmpty {
      let kind = message.role == .assistant ? "output_text" : "input_text"
      let parts = message.parts.map { part -> JSON in
        switch part {
        case .text(let text): ["type": .string(kind), "text": .string(text)]
        case .image(let base64, let mediaType):
          [
            "type": "input_image",
            "image_url": .string("data:\(mediaType);base64,\(base64)"),
          ]
        case .imageURL(let url): ["type": "input_image", "image_url": .string(url)]
        }
      }
      items.append([
        "type": "message", "role": .string(message.role.rawValue), "content": .array(parts),
      ])
    }
    return items
      + message.toolCalls.map { call in
        [
          "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
          "arguments": .string(call.arguments),
        ]
      }
  }

  /// A reader of responses.
  ///
  /// Pieces are content for the clock only: the last event has the whole answer.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    var isEnded: Bool { isComplete }

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      if event.data.starts(with: "[DONE]".utf8) { return false }
      let json = try json(event)
      switch json["type"]?.string {
      case "response.completed", "response.incomplete":
        try take(whole: json["response"] ?? [:])
      case "response.failed":
        throw ProviderError(reportedIn: json["response"] ?? [:], status: nil)
          ?? ProviderError(.streamError, "the provider reported a failed response without a reason")
      case let type?: return type.hasSuffix(".delta")
      case nil: throw ProviderError(.malformed, "an event of the answer has no type")
      }
      return false
    }

    mutating func take(whole json: JSON) throws(ProviderError) {
      guard let items = json["output"]?.array else {
        throw ProviderError(.malformed, "the answer has no list 'output'")
      }
      var answer = Answer()
      answer.modelReported = json["model"]?.string
      for item in items { Self.add(item, to: &answer) }
      if let usage = json["usage"] { answer.usage = OpenAIChat.usage(usage) }
      let status = json["status"]?.string
      let reason = json["incomplete_details"]?["reason"]?.string
      answer.finishRaw = reason ?? status
      switch (status, reason) {
      case ("completed", _): answer.finishReason = answer.toolCalls.isEmpty ? .stop : .toolCalls
      case ("incomplete", "max_output_tokens"): answer.finishReason = .length
      case ("incomplete", "content_filter"): answer.finishReason = .contentFilter
      case ("incomplete", _): answer.finishReason = .other
      default:
        throw ProviderError(
          .truncated, "the response is '\(status ?? "without a status")', not complete")
      }
      self.answer = answer
      isComplete = true
    }

    private static func add(_ item: JSON, to answer: inout Answer) {
      switch item["type"]?.string {
      case "message":
        for part in item["content"]?.array ?? [] {
          answer.text.add(part["text"]?.string)
          answer.refusal.add(part["refusal"]?.string)
        }
      case "function_call":
        answer.toolCalls.append(
          ToolCall(
            id: item["call_id"]?.string ?? "", name: item["name"]?.string ?? "",
            arguments: item["arguments"]?.string ?? ""))
      case "reasoning":
        for part in item["summary"]?.array ?? [] { answer.reasoning.add(part["text"]?.string) }
      default: break
      }
    }
  }
}
