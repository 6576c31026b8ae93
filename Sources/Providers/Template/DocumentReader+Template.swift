import Model

extension DocumentReader {
  /// The description of a provider of jobs.
  mutating func template(_ place: Place) -> HTTPTemplate? {
    guard
      let members = object(
        place, required: ["submit", "result"], optional: ["poll", "request_id"])
    else { return nil }
    let requestID = pointer(members["request_id"])
    let poll = members["poll"].flatMap { self.poll($0) }
    if poll != nil, requestID == nil {
      note("is missing", at: place.member("request_id", .null))
    }
    guard let submit = members["submit"].flatMap({ self.submit($0) }),
      let result = members["result"].flatMap({ self.result($0) })
    else { return nil }
    return HTTPTemplate(submit: submit, poll: poll, result: result, requestID: requestID)
  }

  private mutating func submit(_ place: Place) -> HTTPTemplate.Submit? {
    guard let members = object(place, required: ["path", "body"], optional: []),
      let body = members["body"]
    else { return nil }
    names(body)
    return path(members["path"]).map { HTTPTemplate.Submit(path: $0, body: body.value) }
  }

  /// Notes places for values that no call has.
  private mutating func names(_ place: Place) {
    switch place.value {
    case .string(let text) where text.contains("{{"):
      guard let name = HTTPTemplate.name(in: text)?.split(separator: "?").first.map(String.init),
        ["input", "model", "messages"].contains(where: { $0 == name })
          || (name.hasPrefix("params.") && name.count > 7)
      else {
        note(
          "is not {{input}}, {{model}}, {{messages}} or {{params.NAME}} as a whole: values are placed "
            + "as JSON, not within a text", at: place)
        return
      }
    case .array: for item in place.items { names(item) }
    case .object: for (_, member) in anyMembers(place) { names(member) }
    default: break
    }
  }

  private mutating func poll(_ place: Place) -> HTTPTemplate.Poll? {
    guard
      let members = object(
        place, required: ["path", "state", "done"],
        optional: ["interval_ms", "max_interval_ms", "failed"])
    else { return nil }
    let interval = integer(members["interval_ms"], in: 1...3_600_000, or: 1_000)
    let longest = integer(members["max_interval_ms"], in: 1...3_600_000, or: 10_000)
    guard let path = path(members["path"]), let state = pointer(members["state"]) else {
      return nil
    }
    return HTTPTemplate.Poll(
      path: path, interval: .milliseconds(interval), longest: .milliseconds(max(interval, longest)),
      state: state, done: texts(members["done"]), failed: texts(members["failed"]))
  }

  private mutating func result(_ place: Place) -> HTTPTemplate.Result? {
    guard
      let members = object(
        place, required: ["output"], optional: ["path", "media", "media_type", "error"])
    else { return nil }
    let forms = HTTPTemplate.Result.Form.allCases.map(\.rawValue)
    let form = members["media"].flatMap { choice($0, forms) } ?? "text"
    guard let output = pointer(members["output"]) else { return nil }
    return HTTPTemplate.Result(
      path: path(members["path"]), output: output,
      form: HTTPTemplate.Result.Form(rawValue: form) ?? .text,
      mediaType: text(members["media_type"], atMost: 128), error: pointer(members["error"]))
  }

  private mutating func path(_ place: Place?) -> String? {
    guard let place, let path = text(place) else { return nil }
    if !path.hasPrefix("/") || path.contains("#") || !path.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) {
      note("is not a path that begins with '/'", at: place)
    }
    return path
  }

  /// A JSON Pointer (RFC 6901), of which the empty text is the whole value.
  private mutating func pointer(_ place: Place?) -> String? {
    guard let place else { return nil }
    guard case .string(let text) = place.value, text.isEmpty || text.hasPrefix("/") else {
      note("is not a JSON Pointer, such as /images/0/url", at: place)
      return nil
    }
    return text
  }
}
