import Model

/// Anthropic's Messages.
///
/// https://docs.anthropic.com/en/api/messages
enum AnthropicMessages {
  /// The version of the interface that is asked for.
  private static let version = "2023-06-01"

  static func body(_ order: CallOrder) throws(ProviderError) -> CallBody {
    var order = order
    try order.refuse(
      [
        "n", "seed", "logprobs", "presence_penalty", "frequency_penalty", "response_format",
        "reasoning_effort",
      ], in: .anthropicMessages)
    guard let limit = order.take("max_tokens") else {
      throw ProviderError(
        .unsupported,
        "anthropic.messages needs max_tokens: give the provider a 'defaults': {\"max_tokens\": …}; "
          + "nothing was sent")
    }
    let (system, messages) = try conversation(order.request.messages)
    var body = JSON.Object()
    body.append("model", .string(order.model))
    body.append("max_tokens", limit)
    if !system.isEmpty { body.append("system", .array(system)) }
    body.append("messages", .array(messages))
    if let stops = order.stops() { body.append("stop_sequences", stops) }
    if let tools = order.take("tools") {
      let list = try ToolDefinition.list(tools).map { tool -> JSON in
        members([
          ("name", .string(tool.name)), ("description", tool.description),
          ("input_schema", tool.parameters ?? ["type": "object"]),
        ])
      }
      body.append("tools", .array(list))
    }
    if let choice = try toolChoice(&order) { body.append("tool_choice", choice) }
    for member in order.params.members where !member.value.isNull {
      body.append(member.name, member.value)
    }
    if order.streams { body.append("stream", .bool(true)) }
    return CallBody(
      path: "/v1/messages", headers: [("anthropic-version", version)], json: .object(body))
  }

  private static func toolChoice(_ order: inout CallOrder) throws(ProviderError) -> JSON? {
    let isParallel = order.take("parallel_tool_calls")?.bool
    var choice: JSON?
    if let json = order.take("tool_choice") {
      choice =
        switch try ToolChoice(json) {
        case .auto: ["type": "auto"]
        case .none: ["type": "none"]
        case .required: ["type": "any"]
        case .named(let name): ["type": "tool", "name": .string(name)]
        }
    }
    guard isParallel == false else { return choice }
    var object = choice?.object ?? ["type": "auto"]
    object["disable_parallel_tool_use"] = .bool(true)
    return .object(object)
  }

  /// The system's texts, and the other messages, where those of the same role are merged.
  private static func conversation(
    _ messages: [ChatRequest.Message]
  ) throws(ProviderError) -> (system: [JSON], messages: [JSON]) {
    var system: [JSON] = []
    var turns: [(role: String, blocks: [JSON])] = []
    for message in messages {
      if message.role == .system {
        guard turns.isEmpty else {
          throw ProviderError(
            .unsupported,
            "anthropic.messages has system messages at the beginning only; nothing was sent")
        }
        system.append(["type": "text", "text": .string(message.text)])
        continue
      }
      let role = message.role == .assistant ? "assistant" : "user"
      let blocks = try self.blocks(message)
      if turns.last?.role == role {
        turns[turns.count - 1].blocks += blocks
      } else {
        turns.append((role, blocks))
      }
    }
    return (
      system,
      turns.map { ["role": .string($0.role), "content": .array($0.blocks)] }
    )
  }

  private static func blocks(_ message: ChatRequest.Message) throws(ProviderError) -> [JSON] {
    if message.role == .tool {
      return [
        [
          "type": "tool_result", "tool_use_id": .string(message.toolCallID ?? ""),
          "content": .string(message.text),
        ]
      ]
    }
    var blocks = message.parts.compactMap { part -> JSON? in
      switch part {
      // An empty block of text is an error there.
      case .text(let text): text.isEmpty ? nil : ["type": "text", "text": .string(text)]
      case .image(let base64, let mediaType):
        [
          "type": "image",
          "source": [
            "type": "base64", "media_type": .string(mediaType), "data": .string(base64),
          ],
        ]
      case .imageURL(let url):
        ["type": "image", "source": ["type": "url", "url": .string(url)]]
      }
    }
    for call in message.toolCalls {
      guard let input = try? JSON(parsing: Array(call.arguments.utf8)), input.object != nil else {
        throw ProviderError(
          .unsupported,
          "a call of the tool '\(call.name)' in the conversation has arguments that are no JSON "
            + "object; nothing was sent")
      }
      blocks.append([
        "type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": input,
      ])
    }
    return blocks
  }

  /// A reader of messages.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    private(set) var isEnded = false
    private var calls = ToolCallPieces()
    private var usage = JSON.Object()

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      let json = try json(event)
      let index = json["index"]?.count ?? 0
      switch json["type"]?.string {
      case "message_start":
        answer.modelReported = json["message"]?["model"]?.string
        take(usage: json["message"]?["usage"])
      case "content_block_start":
        guard let block = json["content_block"] else { return false }
        if block["type"]?.string == "tool_use" {
          calls.add(
            index, id: block["id"]?.string, name: block["name"]?.string, arguments: nil)
          answer.toolCalls = finishedCalls
          return true
        }
        return add(block)
      case "content_block_delta":
        guard let delta = json["delta"] else { return false }
        if let piece = delta["partial_json"]?.string {
          calls.add(index, arguments: piece)
          answer.toolCalls = finishedCalls
          return true
        }
        return add(delta)
      case "message_delta":
        finish(json["delta"])
        take(usage: json["usage"])
      case "message_stop":
        isComplete = answer.finishReason != nil
        isEnded = true
      // A ping, the end of a block, or what a later version adds.
      default: break
      }
      return false
    }

    mutating func take(whole json: JSON) throws(ProviderError) {
      guard let blocks = json["content"]?.array else {
        throw ProviderError(.malformed, "the answer has no list 'content'")
      }
      answer.modelReported = json["model"]?.string
      for (index, block) in blocks.enumerated() {
        if block["type"]?.string == "tool_use" {
          calls.add(
            index, id: block["id"]?.string, name: block["name"]?.string,
            arguments: block["input"]?.text)
        } else {
          _ = add(block)
        }
      }
      answer.toolCalls = finishedCalls
      take(usage: json["usage"])
      finish(json)
      isComplete = answer.finishReason != nil
    }

    /// A tool without arguments has none in pieces either: its input is an empty object.
    private var finishedCalls: [ToolCall] {
      calls.calls.map {
        ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments.isEmpty ? "{}" : $0.arguments)
      }
    }

    private mutating func add(_ block: JSON) -> Bool {
      answer.text.add(block["text"]?.string)
      answer.reasoning.add(block["thinking"]?.string)
      return [block["text"]?.string, block["thinking"]?.string].contains {
        $0?.isEmpty == false
      }
    }

    private mutating func finish(_ json: JSON?) {
      guard let raw = json?["stop_reason"]?.string else { return }
      answer.finishRaw = raw
      answer.finishReason =
        switch raw {
        case "end_turn", "stop_sequence": .stop
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .contentFilter
        case "pause_turn": .pause
        default: .other
        }
    }

    /// Later counts replace earlier ones: they are of the whole message so far.
    private mutating func take(usage json: JSON?) {
      guard let members = json?.object?.members else { return }
      for member in members where !member.value.isNull { usage[member.name] = member.value }
      let json = JSON.object(usage)
      var counts = UsageCounts(json)
      var found = Usage()
      found.input = counts.take("input_tokens")
      found.output = counts.take("output_tokens")
      found.cacheRead = counts.take("cache_read_input_tokens")
      found.cacheWrite1h = counts.take("cache_creation.ephemeral_1h_input_tokens")
      found.cacheWrite5m = counts.take(
        "cache_creation.ephemeral_5m_input_tokens", "cache_creation_input_tokens")
      answer.usage = counts.usage(found)
    }
  }
}
