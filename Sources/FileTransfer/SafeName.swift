package import Model

/// Names that files get on this machine, made of what cells call them, which may be anything.
package enum SafeName {
  /// The most bytes of a name, so that what comes before it still fits.
  private static let byteLimit = 180
  /// Names that Windows gives to devices, whatever their extension.
  private static let devices: Set<String> = {
    var names: Set = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    for port in ["COM", "LPT"] {
      for digit in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"] {
        names.insert(port + digit)
      }
    }
    return names
  }()

  /// One component of a path, the same for the same file: no folder, nothing hidden, nothing that a
  /// shell or another system takes for something else.
  package static func name(_ file: FileValue) -> String {
    let last = file.name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    var name = String(
      String.UnicodeScalarView(last.unicodeScalars.map { isHarmless($0) ? $0 : "_" }))
    while let end = name.last, end == "." || end == " " { name.removeLast() }
    if let start = name.first, start == "." || start == "-" || start == " " || start == "~" {
      name = "_" + name.dropFirst()
    }
    let stem = name.prefix { $0 != "." }
    if devices.contains(stem.trimmingSpaces.uppercased()) { name = "_" + name }
    name = shortened(name)
    return name.isEmpty ? String(file.digest.hex.prefix(16)) : name
  }

  /// The names that a file may have, from the plain one to one that no other file can have.
  static func names(_ file: FileValue) -> [String] {
    let name = name(file)
    return [name, file.digest.hex.prefix(12) + "-" + name, file.digest.hex + "-" + name]
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "<", ">", ":", "\"", "|", "?", "*": return false
    // What joins emoji.
    case "\u{200D}": return true
    default: break
    }
    switch scalar.properties.generalCategory {
    // Among formatting characters are those that turn the direction of what follows.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      return false
    default: return true
    }
  }

  /// The name with fewer characters before its extension, when it is too long.
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > byteLimit else { return name }
    var end = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
    if end.utf8.count > 20 { end = "" }
    var stem = name.dropLast(end.count)
    while stem.utf8.count + end.utf8.count > byteLimit { stem.removeLast() }
    return stem + end
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
