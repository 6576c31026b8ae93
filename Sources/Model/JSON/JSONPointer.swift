/// An RFC 6901 JSON Pointer that grows on the way down; empty for the whole value.
package struct JSONPointer {
  package private(set) var text = ""

  /// The whole value.
  package init() {}

  private init(text: String) { self.text = text }

  package static func / (pointer: JSONPointer, name: String) -> JSONPointer {
    var text = pointer.text + "/"
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return JSONPointer(text: text)
  }

  package static func / (pointer: JSONPointer, index: Int) -> JSONPointer {
    JSONPointer(text: pointer.text + "/\(index)")
  }
}
