import Model
import Objects

/// The rule that an object of the tokens' file has only members that this program knows: it
/// rewrites the file, and would drop the others.
enum KnownMembers {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Throws unless `keys` name all members of the object that `decoder` reads.
  /// - Throws: ``StoreError`` of kind `unavailable` that names the first one that is not known.
  static func require<Keys: CodingKey & CaseIterable>(
    _ keys: Keys.Type, of decoder: any Decoder
  ) throws {
    let known = keys.allCases.map { DataText($0.stringValue) }
    let there = try decoder.container(keyedBy: Name.self).allKeys.map { DataText($0.stringValue) }
    guard let name = there.filter({ !known.contains($0) }).min() else { return }
    throw newer("an object has a member '\(name.string)'")
  }

  /// The error for a file that says what this program does not know.
  static func newer(_ what: String) -> StoreError {
    .newer("\(StoreLayout.accessTokens): \(what), which this program does not know")
  }
}
