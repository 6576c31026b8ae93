import Providers

/// Text that makes a prompt as long as is asked for, without meaning.
///
/// It is the same for the same length: plain words, each of which common tokenizers take for one
/// token, so that it has at least as many tokens as words.
package enum PromptFiller {
  private static let words = [
    "stone", "river", "window", "paper", "garden", "light", "table", "winter", "road", "music",
    "silver", "market", "letter", "cloud", "bridge", "summer", "glass", "field", "hour", "wood",
    "water", "night", "house", "train", "island", "color", "bread", "morning", "shadow",
  ]

  /// A filler of so many words, between lines that say what it is.
  package static func text(words count: Int) -> String {
    var text = "The words up to END OF FILLER mean nothing; pass over them.\n"
    text.reserveCapacity(count * 7 + 100)
    for place in 0..<count {
      // Not in a period of the list, which a model could compress in its attention.
      text += words[(place + place / words.count) % words.count]
      text += (place + 1) % 16 == 0 ? "\n" : " "
    }
    return text + "\nEND OF FILLER\n\n"
  }
}
