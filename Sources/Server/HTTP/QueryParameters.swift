import Foundation
import Model

/// The parameters after the `?` of a URL, each of which must be known.
struct QueryParameters {
  private let values: [String: [String]]

  /// Reads the text after the `?`, in which `+` is a space, as forms have it.
  /// - Throws: ``StoreError`` of kind `usage` for a name that is not among `names`, and for what is
  ///   no UTF-8.
  init(_ query: String?, allowing names: Set<String>) throws(StoreError) {
    var values: [String: [String]] = [:]
    for item in (query ?? "").split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decode(parts[0]), let value = Self.decode(parts.last ?? "") else {
        throw StoreError(
          .usage, "the query of the URL is not UTF-8 in percent encoding, or has a NUL")
      }
      guard names.contains(name) else {
        let known = names.isEmpty ? "it takes none" : names.sorted().joined(separator: ", ")
        throw StoreError(.usage, "there is no parameter '\(name.prefix(100))' here: \(known)")
      }
      values[name, default: []].append(parts.count == 2 ? value : "")
    }
    self.values = values
  }

  /// The text of a parameter; nil when it is not there.
  /// - Throws: ``StoreError`` of kind `usage` when it is there twice.
  func text(_ name: String) throws(StoreError) -> String? {
    guard let all = values[name] else { return nil }
    guard all.count == 1, let value = all.first else {
      throw StoreError(.usage, "the parameter '\(name)' may be given once")
    }
    return value
  }

  /// The texts of a parameter that may be given again.
  func texts(_ name: String) -> [String] { values[name] ?? [] }

  /// The number that a parameter holds.
  /// - Throws: ``StoreError`` of kind `usage` when it is not a number of `range`.
  func number(_ name: String, in range: ClosedRange<Int>) throws(StoreError) -> Int? {
    guard let text = try text(name) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    else {
      throw StoreError(
        .usage, "the parameter '\(name)' is a number of \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Returns true when a parameter is `true`.
  /// - Throws: ``StoreError`` of kind `usage` when it is neither that nor `false`.
  func flag(_ name: String, default fallback: Bool) throws(StoreError) -> Bool {
    switch try text(name) {
    case nil: return fallback
    case "true": return true
    case "false": return false
    default: throw StoreError(.usage, "the parameter '\(name)' is true or false")
    }
  }

  /// The one of some names that a parameter holds.
  /// - Throws: ``StoreError`` of kind `usage` when it holds none of them.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, of type: Choice.Type
  ) throws(StoreError) -> Choice? {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw StoreError(
        .usage,
        "the parameter '\(name)' is one of "
          + type.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The names of a list (``NameList``); nil when the parameter is not there.
  /// - Throws: ``StoreError`` of kind `usage` for a list without names, with an empty one, or with
  ///   quotes that do not match.
  func names(_ name: String) throws(StoreError) -> [String]? {
    guard let text = try text(name) else { return nil }
    guard let names = try NameList.names(in: [text]) else {
      throw StoreError(.usage, "the parameter '\(name)' names columns, with commas between")
    }
    return names
  }

  /// Undoes percent encoding; nil when what comes out is no UTF-8, or has a zero byte.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(Hex.digit),
          let low = rest.popFirst().flatMap(Hex.digit)
        else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
