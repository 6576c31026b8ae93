import Model

extension DocumentReader {
  /// Members that every provider may have.
  private static let members = [
    "protocol", "base_url", "auth", "headers", "prices", "priced_as", "rate_headers", "limits",
    "timeouts", "retry", "capabilities", "defaults", "egress", "command", "template",
    "comment",
  ]

  mutating func provider(_ name: String, _ place: Place) -> ProviderDefinition? {
    guard
      let members = object(
        place, required: ["protocol"], optional: Array(Self.members.dropFirst()))
    else { return nil }
    if !Self.isName(name) {
      note(
        "is no name of a provider: letters, digits, '.', '_' and '-', 64 at most", at: place)
    }
    let kinds = ProviderProtocol.allCases.map(\.rawValue)
    guard let kind = choice(members["protocol"], kinds).flatMap(ProviderProtocol.init) else {
      return nil
    }
    let program = members["command"].flatMap { self.program($0) }
    let url = members["base_url"].flatMap { baseURL($0) }
    let template = members["template"].flatMap { self.template($0) }
    if kind == .httpTemplate, members["template"] == nil {
      note("is missing", at: place.member("template", .null))
    } else if kind != .httpTemplate, let other = members["template"] {
      note("goes with protocol 'http.template' only", at: other)
    }
    if kind == .command {
      if members["command"] == nil { note("is missing", at: place.member("command", .null)) }
      for name in ["base_url", "auth", "headers"] {
        if let other = members[name] { note("goes with protocols over HTTP only", at: other) }
      }
    } else {
      if members["base_url"] == nil { note("is missing", at: place.member("base_url", .null)) }
      if let other = members["command"] { note("goes with protocol 'command' only", at: other) }
    }
    _ = text(members["comment"])
    let forms = RateReport.Form.allCases.map(\.rawValue)
    let form = choice(members["rate_headers"], forms).flatMap(RateReport.Form.init)
    let egress = members["egress"].flatMap {
      object($0, optional: ["allow_private", "fetch_hosts"])
    }
    return ProviderDefinition(
      name: name, protocol: kind, baseURL: url,
      authentication: members["auth"].flatMap { authentication($0, of: kind) },
      headers: members["headers"].map { headers($0) } ?? [],
      prices: reference(members["prices"]), pricedAs: text(members["priced_as"]) ?? name,
      timeouts: timeouts(members["timeouts"]), rateForm: form ?? kind.usualRateForm,
      pace: limits(members["limits"]),
      retry: retry(members["retry"]),
      streams: capabilities(members["capabilities"], of: kind),
      defaults: members["defaults"].map { parameters($0) } ?? JSON.Object(),
      allowsPrivate: flag(egress?["allow_private"], or: false),
      fetchHosts: texts(egress?["fetch_hosts"], atMost: 253), program: program,
      template: template, json: place.value)
  }

  mutating func model(
    _ name: String, _ place: Place, of providers: [String]
  ) -> ModelDefinition? {
    guard
      let members = object(
        place, required: ["provider", "model"],
        optional: ["params", "context_tokens", "attributes", "comment"])
    else { return nil }
    if name.isEmpty || name.contains(":") || name.utf8.count > 128 {
      note("is no name of a model: 1 to 128 bytes without a colon", at: place)
    }
    _ = text(members["comment"])
    let context = integer(members["context_tokens"], in: 1...1_000_000_000, or: 0)
    guard let provider = choice(members["provider"], providers),
      let model = text(members["model"], atMost: 256)
    else { return nil }
    return ModelDefinition(
      name: name, provider: provider, model: model,
      params: members["params"].map { parameters($0) } ?? JSON.Object(),
      contextTokens: context == 0 ? nil : context,
      attributes: members["attributes"].map { attributes($0) } ?? JSON.Object())
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_.".utf8.contains(byte)
      }
  }

  /// A URL of scheme, host, port and path, without a slash at the end.
  private mutating func baseURL(_ place: Place) -> String? {
    guard var text = text(place) else { return nil }
    guard
      let rest = ["https://", "http://"].first(where: text.hasPrefix).map({
        text.dropFirst($0.count)
      }), rest.first.map({ $0 != "/" && $0 != ":" }) == true
    else {
      note("is no URL that begins with https:// or http://", at: place)
      return nil
    }
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    if !isPlain || text.contains("?") || text.contains("#") || text.contains("@") {
      note(
        "has a query, a fragment, a user or other than ASCII: keys go into 'auth', and parameters "
          + "into 'defaults'", at: place)
    }
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  private mutating func authentication(
    _ place: Place, of kind: ProviderProtocol
  ) -> ProviderDefinition.Authentication? {
    guard let members = object(place, required: ["secret"], optional: ["header", "scheme"]) else {
      return nil
    }
    let usual = kind.usualAuthentication
    let header = members["header"].map { fieldName($0) } ?? usual.header
    var scheme = header == usual.header ? usual.scheme : ""
    if let place = members["scheme"] {
      // Empty for a header field that has the key only.
      scheme = place.value.string?.isEmpty == true ? "" : text(place, atMost: 32) ?? ""
    }
    guard let secret = members["secret"].flatMap({ self.secret($0) }) else { return nil }
    return .init(header: header, scheme: scheme, secret: secret)
  }

  private mutating func secret(_ place: Place) -> SecretReference? {
    guard let members = object(place, optional: ["env", "file"]) else { return nil }
    let environment = text(members["env"], atMost: 256)
    let file = text(members["file"], atMost: 4_096)
    switch (environment, file) {
    case (let name?, nil):
      let isName =
        name.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } == true
        && name.utf8.allSatisfy {
          $0 == UInt8(ascii: "_")
            || ($0 < 0x80 && (Character(UnicodeScalar($0)).isLetter || 0x30...0x39 ~= $0))
        }
      if !isName {
        note("is no name of a variable of the environment, such as OPENAI_API_KEY", at: place)
      }
      return .environment(name)
    case (nil, let path?):
      if !path.hasPrefix("/") { note("has a path that does not begin with '/'", at: place) }
      return .file(path)
    default:
      note("has to be {\"env\": \"NAME\"} or {\"file\": \"/path\"}", at: place)
      return nil
    }
  }

  private mutating func fieldName(_ place: Place) -> String {
    let name = text(place, atMost: 128) ?? ""
    let isToken = name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || "-_".utf8.contains(byte)
    }
    if !isToken { note("is no name of a header field in lower case", at: place) }
    return name
  }

  /// Fields that carry credentials, or that the client itself sets.
  private static let keptFields = [
    "authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization",
    "host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding",
  ]

  private mutating func headers(_ place: Place) -> [(name: String, value: String)] {
    anyMembers(place).compactMap { name, member in
      let field = fieldName(Place(value: .string(name), pointer: member.pointer))
      if Self.keptFields.contains(field) {
        note(
          "is not for 'headers': a key goes into 'auth', the others are set by the call",
          at: member)
      }
      guard let value = text(member) else { return nil }
      if !value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
        note("has characters that no header field may have", at: member)
      }
      return (field, value)
    }
  }

  private mutating func reference(_ place: Place?) -> String? {
    guard let place, let text = text(place) else { return nil }
    if (try? Reference(parsing: text)) == nil {
      note("is no reference of a version, such as prices@7", at: place)
    }
    return text
  }
}

extension DocumentReader {
  private mutating func timeouts(_ place: Place?) -> ProviderDefinition.Timeouts {
    let members = place.flatMap {
      object($0, optional: ["connect_ms", "ttft_ms", "idle_ms", "total_ms"])
    }
    func milliseconds(_ reader: inout DocumentReader, _ name: String, _ usual: Int) -> Duration {
      .milliseconds(reader.integer(members?[name], in: 1...86_400_000, or: usual))
    }
    return .init(
      connect: milliseconds(&self, "connect_ms", 5_000),
      firstContent: milliseconds(&self, "ttft_ms", 60_000),
      idle: milliseconds(&self, "idle_ms", 60_000),
      total: milliseconds(&self, "total_ms", 600_000))
  }

  private mutating func limits(_ place: Place?) -> ProviderDefinition.Pace {
    let names = [
      "max_concurrency", "start_concurrency", "requests_per_minute", "tokens_per_minute",
      "max_cost_per_call_usd_micros",
    ]
    let members = place.flatMap { object($0, optional: names) }
    func bound(_ reader: inout DocumentReader, _ name: String) -> Int? {
      members?[name].map { reader.integer($0, in: 1...1_000_000_000_000, or: 1) }
    }
    return .init(
      maxConcurrency: integer(members?["max_concurrency"], in: 1...10_000, or: 64),
      startConcurrency: bound(&self, "start_concurrency"),
      requestsPerMinute: bound(&self, "requests_per_minute"),
      tokensPerMinute: bound(&self, "tokens_per_minute"),
      maxCostPerCall: bound(&self, "max_cost_per_call_usd_micros"))
  }

  private mutating func retry(_ place: Place?) -> ProviderDefinition.Retry {
    let members = place.flatMap {
      object($0, optional: ["max_retries", "base_ms", "max_ms", "jitter", "on"])
    }
    let names = list(members?["on"]).compactMap { choice($0, ProviderError.Kind.retryable) }
    return .init(
      maxRetries: integer(members?["max_retries"], in: 0...100, or: 3),
      base: .milliseconds(integer(members?["base_ms"], in: 1...3_600_000, or: 500)),
      longest: .milliseconds(integer(members?["max_ms"], in: 1...3_600_000, or: 30_000)),
      hasJitter: choice(members?["jitter"], ["full", "none"]) != "none",
      classes: members?["on"] == nil ? ProviderError.Kind.retryable : names)
  }

  private mutating func capabilities(_ place: Place?, of kind: ProviderProtocol) -> Bool {
    let names = ["stream", "tools", "json_schema", "seed", "n", "images"]
    let members = place.flatMap { object($0, optional: names) }
    for name in names.dropFirst().dropLast() { _ = flag(members?[name], or: false) }
    _ = texts(members?["images"], atMost: 128)
    let streams = flag(members?["stream"], or: kind.canStream)
    if streams, !kind.canStream, let place = members?["stream"] {
      note("is true, but \(kind.rawValue) has no answers in pieces", at: place)
    }
    return streams
  }

  /// Parameters of calls; those that every call sets itself are noted.
  private mutating func parameters(_ place: Place) -> JSON.Object {
    for (name, member) in anyMembers(place)
    where ["model", "messages", "input", "contents", "stream", "stream_options"].contains(name) {
      note("is set by each call itself", at: member)
    }
    return place.value.object ?? JSON.Object()
  }

  private mutating func attributes(_ place: Place) -> JSON.Object {
    for (_, member) in anyMembers(place) {
      switch member.value {
      case .string, .integer, .bool: break
      default:
        note(
          "is \(member.value.kind), where a text, an integer, true or false is expected",
          at: member)
      }
    }
    return place.value.object ?? JSON.Object()
  }

  private mutating func program(_ place: Place) -> ProviderDefinition.Program? {
    guard let members = object(place, required: ["argv"], optional: ["env", "mode"]) else {
      return nil
    }
    let argv = texts(members["argv"], atMost: 4_096)
    if argv.isEmpty, let place = members["argv"] { note("is empty", at: place) }
    let mode = members["mode"].map { choice($0, ["once", "lines"]) ?? "once" } ?? "once"
    return .init(
      argv: argv, environment: texts(members["env"], atMost: 256), isLongLived: mode == "lines")
  }
}
