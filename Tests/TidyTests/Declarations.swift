/// The names that source texts declare, and how often each word occurs in them.
///
/// It reads words and not Swift: a name that occurs for any other reason, such as a parameter that
/// is called the same, counts as used. So it misses dead code, and what it finds is dead.
struct Declarations {
  struct Place: Hashable {
    let file: String
    let line: Int
  }

  private(set) var places: [String: [Place]] = [:]
  private var counts: [String: Int] = [:]

  private static let keywords: Set<String> = [
    "func", "var", "let", "struct", "class", "enum", "actor", "protocol", "typealias",
    "associatedtype",
  ]

  /// The names that occur nowhere but where they are declared, each with its first place.
  var unused: [String: Place] {
    places.compactMapValues { $0.first }.filter {
      counts[$0.key] ?? 0 <= places[$0.key]?.count ?? 0
    }
  }

  /// Adds the declarations and words of a file.
  mutating func add(_ lines: [Substring], of file: String) {
    for (index, line) in lines.enumerated() {
      let place = Place(file: file, line: index + 1)
      let words = Self.words(line)
      var before = ""
      for word in words {
        counts[word.text, default: 0] += 1
        if Self.keywords.contains(before) { places[word.text, default: []].append(place) }
        before = word.text
      }
      for name in Self.cases(words, line) { places[name, default: []].append(place) }
    }
  }

  /// The names of a line `case one, two(Int)` of an enumeration; none of a case of a switch, which
  /// has a colon outside parentheses or begins with a pattern.
  private static func cases(_ words: [Word], _ line: Substring) -> [String] {
    let keyword = words.first?.text == "indirect" ? 1 : 0
    guard words.count > keyword + 1, words[keyword].text == "case", !hasOuterColon(line),
      words[keyword + 1].follows == .space, words[keyword + 1].text.first?.isLowercase == true,
      words[keyword + 1].text != "let", words[keyword + 1].text != "var"
    else { return [] }
    return words.dropFirst(keyword + 1).enumerated().filter { index, word in
      word.depth == 0 && (index == 0 || word.follows == .comma)
    }.map(\.element.text)
  }

  /// Whether a line has a colon that is in no parentheses.
  private static func hasOuterColon(_ line: Substring) -> Bool {
    var depth = 0
    for byte in line.utf8 {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if byte == UInt8(ascii: ":"), depth == 0 { return true }
    }
    return false
  }

  private struct Word {
    /// The last sign before a word, other than a space where there is another.
    enum Before { case space, comma, other }

    let text: String
    let follows: Before
    /// How many parentheses are open around it in its line.
    let depth: Int
  }

  /// The words of a line, without those of a comment.
  private static func words(_ line: Substring) -> [Word] {
    var words: [Word] = []
    var word: [UInt8] = []
    var depth = 0
    var before = Word.Before.space
    var last = UInt8(ascii: " ")
    func end() {
      guard let first = word.first else { return }
      if first < UInt8(ascii: "0") || first > UInt8(ascii: "9") {
        let text = String(decoding: word, as: UTF8.self)
        words.append(Word(text: text, follows: before, depth: depth))
      }
      word = []
      before = .space
    }
    let bytes = Array(line.utf8)
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        word.append(byte)
      default:
        end()
        let isSlash = byte == UInt8(ascii: "/")
        if isSlash, last == UInt8(ascii: " "), bytes.dropFirst(index + 1).first == byte {
          return words
        }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "`"): break
        case UInt8(ascii: ","): before = .comma
        case UInt8(ascii: "("):
          depth += 1
          before = .other
        case UInt8(ascii: ")"):
          depth -= 1
          before = .other
        default: before = .other
        }
      }
      last = byte
    }
    end()
    return words
  }
}
