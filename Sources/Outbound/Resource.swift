/// The path and the query of a request, with everything escaped that has to be.
package struct Resource: Sendable, Hashable {
  /// As it stands in a request.
  package private(set) var text: String
  private var hasQuery = false

  /// The path of these segments.
  package init(_ segments: String...) { self.init(segments) }

  /// The path of these segments.
  package init(_ segments: [String]) {
    text = segments.map { "/" + Self.escape($0) }.joined()
  }

  /// Adds a parameter to the query; one without a value is left out.
  package mutating func add(_ name: String, _ value: String?) {
    guard let value else { return }
    text += (hasQuery ? "&" : "?") + Self.escape(name) + "=" + Self.escape(value)
    hasQuery = true
  }

  /// Percent-encodes all bytes but the unreserved ones
  /// (https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
  static func escape(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
