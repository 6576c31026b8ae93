import Foundation
import Logging
import Model
import Platform

/// Writes log messages to standard error, one a line: text for people, or JSON for machines.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level
  private let isJSON: Bool

  /// Writes messages of `level` and above.
  init(level: Logger.Level, isJSON: Bool) {
    logLevel = level
    self.isJSON = isJSON
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var members = metadata
    members["hb.request.id"] = nil
    members.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { members["error"] = "\(error)" }
    let time = SystemClock.now().description
    let sorted = members.sorted { $0.key < $1.key }
    var line = ""
    if isJSON {
      line += "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"message\":"
      line += Self.quoted(event.message.description)
      for (key, value) in sorted {
        line += "," + Self.quoted(key) + ":" + Self.quoted(value.description)
      }
      line += "}\n"
    } else {
      line += "\(time) \(event.level) \(Self.oneLine(event.message.description))"
      for (key, value) in sorted { line += " \(key)=\(Self.oneLine(value.description))" }
      line += "\n"
    }
    StandardStreams.writeAvailable(line)
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where TerminalText.isUnsafe(scalar):
        // Logs are read in terminals; as an escape it is still the same text to a machine.
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// The text without what would begin another line.
  private static func oneLine(_ text: String) -> String {
    text.unicodeScalars.contains(where: TerminalText.isUnsafe) ? quoted(text) : text
  }
}
