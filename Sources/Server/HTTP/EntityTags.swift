package import HTTPTypes
package import Model
package import Wire

/// The value of `If-Match` and `If-None-Match` (RFC 9110, sections 13.1.1 and 13.1.2): `*`, or a
/// list of entity tags.
package enum EntityTags: Hashable, Sendable {
  /// Any representation that there is.
  case any
  case listed([EntityTag])

  /// Reads the field, whose lines are joined by commas; nil when it is neither of the two.
  package init?(parsing text: String) {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    var rest = text[...].trimming(isSpace)
    if rest == "*" {
      self = .any
      return
    }
    var tags: [EntityTag] = []
    while true {
      rest = rest.drop { isSpace($0) || $0 == "," }
      if rest.isEmpty { break }
      let isWeak = rest.hasPrefix("W/")
      if isWeak { rest = rest.dropFirst(2) }
      guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
      let opaque = rest[rest.index(after: rest.startIndex)..<end]
      guard opaque.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x7E).contains($0) || $0 >= 0x80 })
      else { return nil }
      tags.append(EntityTag(text: String(opaque), isWeak: isWeak))
      rest = rest[rest.index(after: end)...].drop(while: isSpace)
      guard rest.isEmpty || rest.first == "," else { return nil }
    }
    guard !tags.isEmpty else { return nil }
    self = .listed(tags)
  }

  /// Returns true when one of them names the bytes called `tag`, byte for byte: a weak one never
  /// does.
  package func namesStrongly(_ tag: String) -> Bool {
    switch self {
    case .any: true
    case .listed(let tags): tags.contains { !$0.isWeak && $0.text == tag }
    }
  }

  /// Returns true when one of them, and no weak one, is of a version with this snapshot: of all its
  /// rows, of a part of them, or of its record.
  func namesStrongly(snapshot: Digest) -> Bool {
    switch self {
    case .any: true
    case .listed(let tags): tags.contains { !$0.isWeak && $0.isOf(snapshot) }
    }
  }

  /// Returns true when one of them is of a version with this snapshot.
  func namesWeakly(snapshot: Digest) -> Bool {
    switch self {
    case .any: true
    case .listed(let tags): tags.contains { $0.isOf(snapshot) }
    }
  }

  /// Returns true when one of them names a representation equivalent to the bytes called `tag`.
  package func namesWeakly(_ tag: String) -> Bool {
    switch self {
    case .any: true
    case .listed(let tags): tags.contains { $0.text == tag }
    }
  }
}

/// One entity tag.
package struct EntityTag: Hashable, Sendable {
  /// Without quotes.
  package let text: String
  package let isWeak: Bool

  /// Returns true for the digest of a snapshot, with the suffix of a part or without.
  fileprivate func isOf(_ snapshot: Digest) -> Bool {
    text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)[0]
      .hasBytes(of: snapshot.description)
  }
}

/// The conditions of a write on the latest version of its dataset.
package struct WriteConditions: Hashable, Sendable {
  private let match: EntityTags?
  private let noneMatch: EntityTags?

  /// The precondition that no dataset meets.
  package static let unmet = PushRequest.Precondition.number(.max)

  /// Reads the conditions of a request; nil when it has none.
  /// - Throws: ``StoreError`` of kind `usage` for a field that holds no entity tags.
  package init?(_ headers: HTTPFields) throws(StoreError) {
    match = try Self.tags(headers, .ifMatch)
    noneMatch = try Self.tags(headers, .ifNoneMatch)
    if match == nil, noneMatch == nil { return nil }
  }

  /// The precondition for writing the version, so that the conditions hold; nil when they hold
  /// whatever is written meanwhile.
  /// - Parameter latest: The digest of the latest version's snapshot; nil without versions.
  package func precondition(at latest: Digest?) -> PushRequest.Precondition? {
    if let match, !(latest.map(match.namesStrongly(snapshot:)) ?? false) { return Self.unmet }
    if let noneMatch, latest.map(noneMatch.namesWeakly(snapshot:)) ?? false { return Self.unmet }
    guard let latest else { return .number(0) }
    // A dataset that has a version has one for ever.
    if match == .any, noneMatch == nil { return nil }
    return .snapshot(latest)
  }

  private static func tags(
    _ headers: HTTPFields, _ name: HTTPField.Name
  ) throws(StoreError) -> EntityTags? {
    guard let text = headers[name] else { return nil }
    guard let tags = EntityTags(parsing: text) else {
      throw StoreError(
        .usage,
        "\(name.rawName) is '*', or entity tags with commas between, as ETag has them")
    }
    return tags
  }
}
