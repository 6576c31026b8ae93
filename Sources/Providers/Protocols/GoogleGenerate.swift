import Model

/// Google's generateContent.
///
/// https://ai.google.dev/api/generate-content
enum GoogleGenerate {
  static func body(_ order: CallOrder) throws(ProviderError) -> CallBody {
    var order = order
    try order.refuse(
      ["n", "logprobs", "reasoning_effort", "parallel_tool_calls"], in: .googleGenerate)
    let (system, contents) = try conversation(order.request.messages)
    var config = order.take("generationConfig")?.object ?? JSON.Object()
    let names = [
      ("max_tokens", "maxOutputTokens"), ("temperature", "temperature"), ("top_p", "topP"),
      ("seed", "seed"), ("presence_penalty", "presencePenalty"),
      ("frequency_penalty", "frequencyPenalty"),
    ]
    for (name, other) in names {
      if let value = order.take(name) { config[other] = value }
    }
    if let stops = order.stops() { config["stopSequences"] = stops }
    if let format = order.take("response_format") {
      config["responseMimeType"] = "application/json"
      if let schema = format["json_schema"]?["schema"] { config["responseJsonSchema"] = schema }
    }
    var body = JSON.Object()
    if !system.isEmpty { body.append("systemInstruction", ["parts": .array(system)]) }
    body.append("contents", .array(contents))
    if !config.isEmpty { body.append("generationConfig", .object(config)) }
    if let tools = order.take("tools") {
      let list = try ToolDefinition.list(tools).map { tool -> JSON in
        members([
          ("name", .string(tool.name)), ("description", tool.description),
          ("parameters", tool.parameters),
        ])
      }
      body.append("tools", [["functionDeclarations": .array(list)]])
    }
    if let choice = order.take("tool_choice") {
      body.append("toolConfig", ["functionCallingConfig": try self.choice(ToolChoice(choice))])
    }
    for member in order.params.members where !member.value.isNull {
      body.append(member.name, member.value)
    }
    let model = order.model.contains("/") ? order.model : "models/" + order.model
    let call = order.streams ? ":streamGenerateContent?alt=sse" : ":generateContent"
    return CallBody(path: "/" + URLPath.escaped(model) + call, json: .object(body))
  }

  private static func choice(_ choice: ToolChoice) -> JSON {
    switch choice {
    case .auto: ["mode": "AUTO"]
    case .none: ["mode": "NONE"]
    case .required: ["mode": "ANY"]
    case .named(let name): ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
    }
  }

  private static func conversation(
    _ messages: [ChatRequest.Message]
  ) throws(ProviderError) -> (system: [JSON], contents: [JSON]) {
    var system: [JSON] = []
    var turns: [(role: String, parts: [JSON])] = []
    var names: [(id: String, name: String)] = []
    for message in messages {
      if message.role == .system {
        guard turns.isEmpty else {
          throw ProviderError(
            .unsupported,
            "google.generate has system messages at the beginning only; nothing was sent")
        }
        system.append(["text": .string(message.text)])
        continue
      }
      names += message.toolCalls.map { ($0.id, $0.name) }
      let role = message.role == .assistant ? "model" : "user"
      let parts = try self.parts(message, names)
      if turns.last?.role == role {
        turns[turns.count - 1].parts += parts
      } else {
        turns.append((role, parts))
      }
    }
    return (system, turns.map { ["role": .string($0.role), "parts": .array($0.parts)] })
  }

  private static func parts(
    _ message: ChatRequest.Message, _ names: [(id: String, name: String)]
  ) throws(ProviderError) -> [JSON] {
    if message.role == .tool {
      // A result goes to a tool by its name there, not by the id of a call.
      guard let name = names.last(where: { $0.id == message.toolCallID })?.name else {
        throw ProviderError(
          .unsupported, "a tool's message answers no call in the conversation; nothing was sent")
      }
      let result = try? JSON(parsing: Array(message.text.utf8))
      let object = result?.object.map(JSON.object) ?? ["result": .string(message.text)]
      return [["functionResponse": ["name": .string(name), "response": object]]]
    }
    var parts: [JSON] = []
    for part in message.parts {
      switch part {
      case .text(let text): parts.append(["text": .string(text)])
      case .image(let base64, let mediaType):
        parts.append(["inlineData": ["mimeType": .string(mediaType), "data": .string(base64)]])
      case .imageURL(let url): parts.append(["fileData": ["fileUri": .string(url)]])
      }
    }
    for call in message.toolCalls {
      let arguments = try? JSON(parsing: Array(call.arguments.utf8))
      parts.append(["functionCall": ["name": .string(call.name), "args": arguments ?? [:]]])
    }
    return parts
  }

  /// A reader of generated content.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    /// There is no last event: the usage may be in another after the reason to stop.
    let isEnded = false

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      try add(try json(event))
    }

    mutating func take(whole json: JSON) throws(ProviderError) { _ = try add(json) }

    /// Adds a response, which is a piece of the answer or all of it.
    private mutating func add(_ json: JSON) throws(ProviderError) -> Bool {
      if let model = json["modelVersion"]?.string { answer.modelReported = model }
      if let id = json["responseId"]?.string { answer.requestID = id }
      if let usage = json["usageMetadata"] { answer.usage = Self.usage(usage) }
      if let reason = json["promptFeedback"]?["blockReason"]?.string {
        throw ProviderError(.contentFiltered, "the provider blocked the prompt: \(reason)")
      }
      guard let candidate = json["candidates"]?.array?.first else {
        guard json["usageMetadata"] != nil else {
          throw ProviderError(.malformed, "the answer has no candidates")
        }
        return false
      }
      var hasContent = false
      for part in candidate["content"]?["parts"]?.array ?? [] {
        if let call = part["functionCall"] {
          answer.toolCalls.append(
            ToolCall(
              id: call["id"]?.string ?? "", name: call["name"]?.string ?? "",
              arguments: (call["args"] ?? [:]).text))
          hasContent = true
        } else if part["thought"]?.bool == true {
          answer.reasoning.add(part["text"]?.string)
          hasContent = true
        } else if let text = part["text"]?.string {
          answer.text.add(text)
          hasContent = hasContent || !text.isEmpty
        } else if let media = part["inlineData"], let text = media["data"]?.string {
          answer.media.append(try Answer.Media(base64: text, media["mimeType"]?.string))
          hasContent = true
        }
      }
      finish(candidate)
      return hasContent
    }

    private mutating func finish(_ candidate: JSON) {
      guard let raw = candidate["finishReason"]?.string else { return }
      answer.finishRaw = raw
      answer.finishReason =
        switch raw {
        case "STOP": answer.toolCalls.isEmpty ? .stop : .toolCalls
        case "MAX_TOKENS": .length
        case "RECITATION", "IMAGE_RECITATION": .recitation
        case "SAFETY", "IMAGE_SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
          "IMAGE_PROHIBITED_CONTENT":
          .contentFilter
        default: .other
        }
      isComplete = true
    }

    private static func usage(_ json: JSON) -> Usage {
      var counts = UsageCounts(json)
      var usage = Usage()
      usage.cacheRead = counts.take("cachedContentTokenCount")
      let tools = counts.take("toolUsePromptTokenCount") ?? 0
      let input = counts.take("promptTokenCount").map { $0 + tools }
      usage.input = input.map { max(0, $0 - (usage.cacheRead ?? 0)) }
      usage.reasoning = counts.take("thoughtsTokenCount")
      // Reasoning is beside the candidates' tokens there, and a count of 0 may be left out.
      let isEmpty = input != nil && counts.take("totalTokenCount") == input
      if let output = counts.take("candidatesTokenCount")
        ?? (isEmpty ? 0 : usage.reasoning.map { _ in 0 })
      {
        usage.output = output + (usage.reasoning ?? 0)
      }
      return counts.usage(usage)
    }
  }
}
