import ArgumentParser
import Wire

/// The flags that save a command's result as a version.
struct SaveFlags: ParsableArguments {
  @Option(help: "Save it as the next version of this dataset.") var save: String?
  @Option(help: "Why it is saved, in a sentence.") var message: String?
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?

  /// The request to save the result; nil without `--save`.
  var order: SaveRequest? {
    save.map { SaveRequest(name: $0, message: message, author: Author.name(author)) }
  }
}
