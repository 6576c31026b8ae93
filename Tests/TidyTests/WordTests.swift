import Foundation
import Testing

/// The words of comments: those of the field, in sentences that begin with a definition.
@Suite struct WordTests {
  /// Words with which a relative clause begins in the place of a definition.
  static let openers: Set = ["What", "How", "Whether", "Where", "Who", "Which", "Why"]

  /// Phrases of the older idiom, each with its replacement; `*` is any word of the text, and `noun`
  /// one of ``nouns``.
  static let phrases: [(words: [String], instead: String)] = [
    (["told"], "reported, returned, described, distinguished"),
    (["tell"], "report, return, describe, distinguish"),
    (["tells"], "reports, returns, describes, distinguishes"),
    (["alone"], "only"),
    (["anew"], "again, rebuilt"),
    (["elsewhere"], "remote, in another place"),
    (["here"], "local, in this module"),
    (["door"], "interface"), (["doors"], "interfaces"),
    (["whoever"], "a caller who, a process that"),
    (["nobody"], "no caller, no other process"), (["somebody"], "a user, another process"),
    (["nobody", "waits"], "the request was cancelled"),
    (["goes", "on", "when"], "Throws unless"),
    (["that", "is", "none"], "an invalid one, not a valid one"),
    (["it", "is", "none"], "it is not one, it is invalid"),
    (["one", "*", "a", "noun"], "one per"), (["one", "*", "an", "noun"], "one per"),
    (["drawn", "again"], "resampled"), (["draws", "of", "items"], "resamples"),
  ]

  static let nouns: Set = [
    "arm", "chunk", "column", "file", "group", "item", "key", "line", "model", "page", "row",
    "slice", "version",
  ]

  /// Words between "one" and "a" that make no noun of it: "one of a column".
  private static let joints: Set = [
    "as", "at", "by", "for", "from", "has", "in", "is", "of", "on", "or", "that", "to", "with",
  ]

  struct Fault: Hashable {
    let line: Int
    let message: String
  }

  @Test(arguments: EdgeTests.modules.map(\.name))
  func `comments have the words of the field, and begin with a definition`(module: String) throws {
    let target = try #require(EdgeTests.modules.first { $0.name == module })
    for file in Tree.swiftFiles(below: target.path) {
      for fault in Self.faults(try Tree.lines(target.path + "/" + file)) {
        Issue.record("\(target.path)/\(file):\(fault.line): \(fault.message)")
      }
    }
  }

  @Test func `the rules see openers and phrases in comments only`() {
    let text = """
      /// Whether it is open.
      let isOpen = true
      /// A door.
      ///
      /// What it says is not an opener.
      let door = "nobody here"  // one value an item
      // Goes on
      // when it is one of a column.
      let path = "https://nobody"
      """
    let faults = Self.faults(text.split(separator: "\n", omittingEmptySubsequences: false))
    #expect(faults.map(\.line) == [1, 3, 6, 7])
  }

  /// The faults in the comments of a file.
  static func faults(_ lines: [Substring]) -> [Fault] {
    var faults: [Fault] = []
    var words: [(text: String, line: Int)] = []
    var isText = false
    var isDocumented = false
    for (index, line) in lines.enumerated() {
      let isInText = isText
      if line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2) { isText.toggle() }
      let comment = isInText ? nil : comment(in: line)
      let isDoc = comment?.hasPrefix("///") == true
      if comment == nil || (isDoc && !isDocumented) {
        faults += phraseFaults(words)
        words = []
      }
      let found = comment.map(self.words) ?? []
      if isDoc, !isDocumented, let first = found.first, openers.contains(first) {
        faults.append(Fault(line: index + 1, message: "begin with a definition, not '\(first)'"))
      }
      words += found.map { ($0.lowercased(), index + 1) }
      isDocumented = isDoc
    }
    return (faults + phraseFaults(words)).sorted { $0.line < $1.line }
  }

  /// The comment in a line, from its slashes on; nil without one.
  private static func comment(in line: Substring) -> Substring? {
    var quotes = 0
    var last: Character = " "
    for index in line.indices {
      let character = line[index]
      if character == "\"", last != "\\" { quotes += 1 }
      if character == "/", last == " ", quotes.isMultiple(of: 2), line[index...].hasPrefix("//") {
        return line[index...]
      }
      last = character
    }
    return nil
  }

  private static func words(_ comment: Substring) -> [String] {
    comment.split { !($0.isLetter || $0 == "'" || $0 == "-") }.map(String.init)
  }

  private static func phraseFaults(_ words: [(text: String, line: Int)]) -> [Fault] {
    var faults: [Fault] = []
    for (phrase, instead) in phrases {
      guard phrase.count <= words.count else { continue }
      for start in 0...words.count - phrase.count {
        let isFound = phrase.indices.allSatisfy { place in
          let word = words[start + place].text
          return switch phrase[place] {
          case "*": !joints.contains(word)
          case "noun": nouns.contains(word)
          default: word == phrase[place]
          }
        }
        guard isFound else { continue }
        let text = words[start..<start + phrase.count].map(\.text).joined(separator: " ")
        faults.append(
          Fault(line: words[start].line, message: "for '\(text)' write: \(instead)"))
      }
    }
    return faults
  }
}
