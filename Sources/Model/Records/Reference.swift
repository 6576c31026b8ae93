/// A reference to one version: `name`, `name@3`, `name@baseline`, `name@latest~2`,
/// `name@2026-10-01`, `name@2026-10-01T12:00:00Z` or `name@sha256:ab12…`.
package struct Reference: Hashable, Sendable {
  /// The rule that picks a version of a dataset.
  package enum Selector: Hashable, Sendable {
    case latest
    case number(Int)
    case tag(String)
    /// The newest version at that moment; `text` is the time as the user wrote it.
    case time(Timestamp, text: String)
    /// The version whose snapshot digest begins with these (8 to 64) hexadecimal digits.
    case digest(prefix: String)
  }

  package let dataset: DatasetName
  package let selector: Selector
  /// The number of versions to go back from the selected one.
  package let back: Int

  /// A reference to the version `back` before the one that `selector` picks.
  package init(dataset: DatasetName, selector: Selector = .latest, back: Int = 0) {
    self.dataset = dataset
    self.selector = selector
    self.back = back
  }

  /// Reads a reference.
  /// - Throws: ``StoreError`` of kind `usage` that says what was expected.
  package init(parsing text: String) throws(StoreError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let dataset = try DatasetName(String(parts[0]))
    guard parts.count == 2 else {
      self.init(dataset: dataset)
      return
    }
    try self.init(dataset: dataset, parsing: String(parts[1]))
  }

  /// Reads the part of a reference after the `@`.
  package init(dataset: DatasetName, parsing text: String) throws(StoreError) {
    var body = text[...]
    var back = 0
    if let tilde = text.lastIndex(of: "~") {
      guard let count = Self.number(text[text.index(after: tilde)...]) else {
        throw Self.malformed(dataset, text)
      }
      back = count
      body = text[..<tilde]
    }
    self.init(dataset: dataset, selector: try Self.selector(body, of: dataset), back: back)
  }

  private static func selector(
    _ body: Substring, of dataset: DatasetName
  ) throws(StoreError) -> Selector {
    if body == "latest" { return .latest }
    if let number = number(body), number > 0 { return .number(number) }
    if body.hasPrefix("sha256:") {
      let digits = body.dropFirst(7).lowercased()
      guard (8...64).contains(digits.utf8.count), digits.utf8.allSatisfy({ Hex.digit($0) != nil })
      else { throw malformed(dataset, String(body)) }
      return .digest(prefix: digits)
    }
    if let time = Timestamp(parsing: body) {
      return .time(body.utf8.count == 10 ? endOfDay(time) : time, text: String(body))
    }
    guard TagName.isValid(body) else { throw malformed(dataset, String(body)) }
    return .tag(String(body))
  }

  /// `name@2026-10-01` means the newest version of that day, so the moment is the day's last.
  private static func endOfDay(_ time: Timestamp) -> Timestamp {
    Timestamp(microseconds: time.nextDay.microseconds - 1)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9,
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func malformed(_ dataset: DatasetName, _ text: String) -> StoreError {
    StoreError(
      .usage,
      "'\(dataset)@\(text)' is not a reference: after '@' comes a version number (3), a tag "
        + "(baseline), latest, a date (2026-10-01), a time (2026-10-01T12:00:00Z) or a digest "
        + "(sha256:… with at least 8 digits), each with ~N for N versions earlier")
  }
}

extension Reference: CustomStringConvertible {
  package var description: String {
    let body: String? =
      switch selector {
      case .latest: back > 0 ? "latest" : nil
      case .number(let number): String(number)
      case .tag(let name): name
      case .time(_, let text): text
      case .digest(let prefix): "sha256:" + prefix
      }
    return dataset.text + (body.map { "@" + $0 } ?? "") + (back > 0 ? "~\(back)" : "")
  }
}

/// The rules for names of tags.
package enum TagName {
  /// Returns true when `text` can be a tag: `[A-Za-z][A-Za-z0-9._-]{0,127}`, not `latest`.
  package static func isValid(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128, text != "latest" else {
      return false
    }
    return isLetter(first)
      && text.utf8.allSatisfy {
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
      }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
