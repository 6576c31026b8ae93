import ArgumentParser
import Wire

/// Whether what a command found is kept as a version, and how.
struct KeepFlags: ParsableArguments {
  @Option(help: "Keep it as the next version of this dataset.") var save: String?
  @Option(help: "Why it is kept, in a sentence.") var message: String?
  @Option(help: "Who keeps it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?

  /// What was said; nil where nothing is to be kept.
  var order: SaveOrder? {
    save.map { SaveOrder(name: $0, message: message, author: Author.name(author)) }
  }
}
