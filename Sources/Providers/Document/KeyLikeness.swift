import Model

/// A search for texts that look like credentials, which no document may hold.
enum KeyLikeness {
  /// Beginnings of keys that providers give out, each with the least number of characters behind
  /// it.
  private static let beginnings: [(text: String, rest: Int)] = [
    ("sk-", 16), ("rk-", 16), ("AIza", 20), ("Bearer ", 8), ("bearer ", 8), ("Basic ", 12),
    ("gsk_", 16), ("xai-", 16), ("hf_", 16), ("r8_", 16), ("pplx-", 16), ("ghp_", 16),
    ("AKIA", 12), ("eyJ", 32), ("fal-", 16),
  ]
  /// The shortest run of letters and digits that is taken for a random one.
  private static let randomRun = 32

  /// Returns true for a text that begins as keys do.
  static func hasBeginning(_ text: String) -> Bool {
    beginnings.contains { beginning in
      guard let start = text.firstRange(of: beginning.text) else { return false }
      return text[start.upperBound...].prefix(while: isOfKeys).count >= beginning.rest
    }
  }

  /// Returns true for a text that also may be a key without a known beginning: one with a long run
  /// of letters and digits.
  ///
  /// The path of a file is none, whatever its folders are called.
  static func looksRandom(_ text: String) -> Bool {
    if text.hasPrefix("/") { return false }
    return text.split { !isOfKeys($0) || $0 == "-" || $0 == "." }.contains { run in
      run.count >= randomRun && run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
    }
  }

  private static func isOfKeys(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "-_.+/=".contains(character))
  }
}

extension DocumentReader {
  /// Notes all texts that look like keys; the faults do not repeat them.
  package mutating func refuseKeys(_ place: Place, alsoRandom: Bool = false) {
    switch place.value {
    case .string(let text):
      guard KeyLikeness.hasBeginning(text) || (alsoRandom && KeyLikeness.looksRandom(text)) else {
        return
      }
      note(
        "looks like a key, which is never written into a document: put it into the environment or a "
          + "file, and name that in 'auth': {\"secret\": {\"env\": \"NAME\"}}", at: place)
    case .array: for item in place.items { refuseKeys(item, alsoRandom: alsoRandom) }
    case .object:
      for (name, member) in anyMembers(place) {
        refuseKeys(member, alsoRandom: alsoRandom || name == "headers" || name == "argv")
      }
    default: break
    }
  }
}
