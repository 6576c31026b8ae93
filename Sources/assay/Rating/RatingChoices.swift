import Foundation
import Model
import Wire

/// What a rater may answer, and how it is typed.
struct RatingChoices {
  /// What an answer asks for.
  enum Answer: Equatable {
    case winner(String)
    case score(Double)
    case label(String)
    case skip, undo, quit
  }

  private let kind: String
  private let labels: [String]

  /// The answers of a kind; labels have the numbers from 1 on.
  init(kind: String, labels: [String]) throws(StoreError) {
    guard kind != "label" || (2...9).contains(Set(labels).count), Set(labels).count == labels.count
    else { throw StoreError(.usage, "--labels takes two to nine different words") }
    self.kind = kind
    self.labels = labels
  }

  /// The line that says what may be typed.
  var prompt: String {
    let own =
      switch kind {
      case "score": "1 to 5"
      case "label": labels.enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ")
      default: "l left, r right, t tie"
      }
    return own + " · s skip, u undo, q quit: "
  }

  /// What was typed: a key, or a line with a word; nil for what is no answer.
  func answer(_ typed: String) -> Answer? {
    let text = typed.trimmingCharacters(in: .whitespaces)
    // A label may be called as a command is; then it is meant.
    if kind == "label", let label = labels.first(where: { $0 == text }) { return .label(label) }
    switch text.lowercased() {
    case "s", "skip": return .skip
    case "u", "undo": return .undo
    case "q", "quit", "\u{3}", "\u{4}": return .quit
    default: break
    }
    switch kind {
    case "score":
      guard text.utf8.count == 1, let score = Int(text), (1...5).contains(score) else { return nil }
      return .score(Double(score))
    case "label":
      guard let number = Int(text), labels.indices.contains(number - 1) else { return nil }
      return .label(labels[number - 1])
    default:
      switch text.lowercased() {
      case "l", "left", "1", "\u{1B}[d": return .winner("left")
      case "r", "right", "2", "\u{1B}[c": return .winner("right")
      case "t", "tie", "0": return .winner("tie")
      default: return nil
      }
    }
  }
}
