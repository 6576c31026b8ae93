/// Reads heads of responses line by line (https://www.rfc-editor.org/rfc/rfc9112#section-2).
///
/// A response may begin with heads of status 1xx; the last head counts. Fields after a body are
/// taken and forgotten.
package struct HeadReader {
  /// The most bytes of all heads of one response.
  package static let byteLimit = 64 << 10
  /// The most lines of them.
  package static let lineLimit = 256

  /// The head, once all of it is read.
  package private(set) var head: HTTPResponseHead?
  private var unfinished: HTTPResponseHead?
  private var byteCount = 0
  private var lineCount = 0

  /// A reader that has read nothing.
  package init() {}

  /// Takes the next line, with its line end.
  /// - Returns: False when it cannot belong to a head, or when there is too much of it.
  package mutating func read(_ line: [UInt8]) -> Bool {
    byteCount += line.count
    lineCount += 1
    guard byteCount <= Self.byteLimit, lineCount <= Self.lineLimit else { return false }
    let text = String(decoding: line, as: UTF8.self).trimmed
    if text.hasPrefix("HTTP/") { return begin(text) }
    guard unfinished != nil else { return head != nil }
    if text.isEmpty {
      let isFinal = unfinished.map { $0.status >= 200 } ?? false
      head = isFinal ? unfinished : nil
      unfinished = nil
      return true
    }
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
      let first = line.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\t")
    else { return false }
    let name = String(text[..<colon])
    guard !name.contains(where: \.isWhitespace) else { return false }
    unfinished?.add(name, String(text[text.index(after: colon)...]).trimmed)
    return true
  }

  /// `HTTP/1.1 200 OK`, `HTTP/2 200`.
  private mutating func begin(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]),
      (100..<600).contains(status)
    else { return false }
    head = nil
    unfinished = HTTPResponseHead(status: status)
    return true
  }
}

extension String {
  /// Without white space and line ends at both ends.
  fileprivate var trimmed: String {
    let spaces: Set<UInt8> = [0x20, 0x09, 0x0D, 0x0A]
    let start = utf8.firstIndex { !spaces.contains($0) } ?? utf8.endIndex
    let end = utf8.lastIndex { !spaces.contains($0) }.map { utf8.index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
