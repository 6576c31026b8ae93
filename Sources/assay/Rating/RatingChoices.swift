import Foundation
import Model
import Wire

/// The answers that a rater may give, and the keys for them.
struct RatingChoices {
  /// A rater's input: an answer, or a command.
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

  /// The line that lists the possible input.
  var prompt: String {
    let own =
      switch kind {
      case "score": "\(RatingEvent.scores.lowerBound) to \(RatingEvent.scores.upperBound)"
      case "label": labels.enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ")
      default: "l left, r right, t tie"
      }
    return own + " · s skip, u undo, q quit: "
  }

  /// The meaning of the input, a key or a line with a word; nil for an invalid one.
  func answer(_ typed: String) -> Answer? {
    let text = typed.trimmingCharacters(in: .whitespaces)
    // A label may have the name of a command; then the label is meant.
    if kind == "label", let label = labels.first(where: { $0 == text }) { return .label(label) }
    switch text.lowercased() {
    case "s", "skip": return .skip
    case "u", "undo": return .undo
    case "q", "quit", "\u{3}", "\u{4}": return .quit
    default: break
    }
    switch kind {
    case "score":
      guard text.utf8.count == 1, let score = Int(text), RatingEvent.scores.contains(score)
      else { return nil }
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
