/// Names in one text: a record of CSV (https://www.rfc-editor.org/rfc/rfc4180#section-2).
///
/// `a,b` are two names, and so are `"a,b",c`: a name with a comma, a quote or a line break stands in
/// quotes, in which a quote is written twice. Names are taken byte by byte; spaces belong to them.
package enum NameList {
  /// The names of several lists, one after another; nil when there are none.
  /// - Throws: ``StoreError`` of kind `usage` for an empty name and for quotes that do not match.
  package static func names(in texts: [String]) throws(StoreError) -> [String]? {
    var names: [String] = []
    for text in texts { names += try Self.names(in: text) }
    return names.isEmpty ? nil : names
  }

  /// The names of a list; the empty text is one without names.
  /// - Parameters:
  ///   - allowsWords: Whether words may follow a name in quotes, of which they are a part:
  ///     `"a,b" desc`.
  ///   - allowsValues: Whether a value behind the first `=` may stand in quotes: `value="a,b"`.
  /// - Throws: ``StoreError`` of kind `usage` for an empty name and for quotes that do not match.
  package static func names(
    in text: String, allowsWords: Bool = false, allowsValues: Bool = false
  ) throws(StoreError) -> [String] {
    var names: [String] = []
    var rest = Array(text.utf8)[...]
    while !text.isEmpty {
      var name: [UInt8] = []
      if rest.first == quote {
        name = try quoted(&rest, in: text)
        while allowsWords, let byte = rest.first, byte != comma, byte != quote {
          name.append(byte)
          rest.removeFirst()
        }
        try requireEnd(rest, in: text)
      } else {
        while let byte = rest.first, byte != comma {
          if byte == quote, allowsValues, name.firstIndex(of: equals) == name.count - 1,
            !name.isEmpty
          {
            name += try quoted(&rest, in: text)
            try requireEnd(rest, in: text)
            break
          }
          guard byte != quote else {
            throw malformed(text, "a quote stands within a name")
          }
          name.append(byte)
          rest.removeFirst()
        }
      }
      guard !name.isEmpty else { throw malformed(text, "a name is empty") }
      names.append(String(decoding: name, as: UTF8.self))
      guard rest.popFirst() != nil else { break }
    }
    return names
  }

  /// Takes a text in quotes, in which a quote stands twice.
  private static func quoted(
    _ rest: inout ArraySlice<UInt8>, in text: String
  ) throws(StoreError) -> [UInt8] {
    var name: [UInt8] = []
    rest.removeFirst()
    while true {
      guard let byte = rest.popFirst() else { throw malformed(text, "a quote is not closed") }
      if byte == quote {
        guard rest.first == quote else { return name }
        rest.removeFirst()
      }
      name.append(byte)
    }
  }

  private static func requireEnd(
    _ rest: ArraySlice<UInt8>, in text: String
  ) throws(StoreError) {
    guard rest.first ?? comma == comma else {
      throw malformed(text, "something follows a closing quote")
    }
  }

  /// The names of a list of `column=type`; the comma in `x=vector(384,f32)` ends no name.
  /// - Throws: ``StoreError`` of kind `usage` as ``names(in:)``.
  package static func typedNames(in text: String) throws(StoreError) -> [String] {
    var names: [String] = []
    for name in try Self.names(in: text) {
      if let last = names.last, last.contains("=vector("), !last.hasSuffix(")") {
        names[names.count - 1] = last + "," + name
      } else {
        names.append(name)
      }
    }
    return names
  }

  /// The text that ``names(in:)`` reads these names from.
  package static func text(_ names: [String]) -> String {
    names.map { name in
      guard name.utf8.contains(where: { [comma, quote, 0x0A, 0x0D].contains($0) }) else {
        return name
      }
      var quoted = [quote]
      for byte in name.utf8 { quoted += byte == quote ? [byte, byte] : [byte] }
      return String(decoding: quoted + [quote], as: UTF8.self)
    }.joined(separator: ",")
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let equals = UInt8(ascii: "=")

  private static func malformed(_ text: String, _ why: String) -> StoreError {
    StoreError(
      .usage,
      "'\(text.prefix(100))' is not a list of names, since \(why): write a,b, and a name that has "
        + #"a comma or a quote as "a,b" or "say ""hi""""#)
  }
}
