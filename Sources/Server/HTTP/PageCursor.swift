import Foundation
import Model

/// The start of a page, in an opaque form that clients hand back.
struct PageCursor: Hashable {
  /// The position after which a list goes on; each list has its own meaning for the parts.
  let parts: [String]

  /// A place named by `parts`, none of which holds a line break.
  init(_ parts: String...) { self.parts = parts }

  /// The text that clients see.
  var text: String {
    Data(parts.joined(separator: "\n").utf8).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }

  /// Reads a cursor of a list whose cursors have `count` parts, the first of them `list`.
  /// - Throws: ``StoreError`` of kind `usage` for any other text.
  init(parsing text: String, list: String, count: Int) throws(StoreError) {
    var padded = text.replacingOccurrences(of: "-", with: "+")
      .replacingOccurrences(of: "_", with: "/")
    while padded.utf8.count % 4 != 0 { padded += "=" }
    guard let data = Data(base64Encoded: padded), let plain = String(data: data, encoding: .utf8)
    else { throw Self.foreign }
    parts = plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == count, parts.first == list else { throw Self.foreign }
  }

  /// A part that is a number of 0 or more.
  /// - Throws: ``StoreError`` of kind `usage` when it is not such a number.
  func number(_ index: Int) throws(StoreError) -> Int {
    guard let number = Int(parts[index]), number >= 0, number < 1 << 50 else {
      throw Self.foreign
    }
    return number
  }

  private static let foreign = StoreError(
    .usage, "the cursor is not one of this list; begin again without a cursor")
}
