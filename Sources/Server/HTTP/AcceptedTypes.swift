/// The media types that a client accepts, by its `Accept` headers.
struct AcceptedTypes {
  /// True when the client says what it accepts.
  let areStated: Bool
  /// The types in lower case and without their parameters, the most wanted first.
  private let types: [String]

  /// Reads the values of all `Accept` headers of a request.
  init(_ fields: [String]) {
    let items = fields.joined(separator: ",").split(separator: ",")
    areStated = !items.isEmpty
    let wishes = items.map { item in
      let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
      return (type: parts.first ?? "", quality: quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1)
    }
    types = wishes.filter { $0.quality > 0 }.sorted { $0.quality > $1.quality }.map(\.type)
  }

  /// The form of the most wanted type that has one; nil when none has.
  func best<Form>(_ form: (String) -> Form?) -> Form? {
    for type in types {
      if let form = form(type) { return form }
    }
    return nil
  }
}
