import Foundation
package import Model

/// A store that an older program left, kept under `Tests/Fixtures`: a copy to work on.
package final class KeptStore: Sendable {
  /// A version of it, as the program that made it told.
  package struct Version: Decodable, Sendable {
    package let number: Int
    package let snapshot: Digest
    package let rows: Int
    /// The SHA-256, in hexadecimal digits, of its rows as JSON lines with nulls written out.
    package let rowsSHA256: String

    private enum CodingKeys: String, CodingKey {
      case number, snapshot, rows
      case rowsSHA256 = "rows_sha256"
    }

    package init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      number = try members.decode(Int.self, forKey: .number)
      rows = try members.decode(Int.self, forKey: .rows)
      rowsSHA256 = try members.decode(String.self, forKey: .rowsSHA256)
      let text = try members.decode(String.self, forKey: .snapshot)
      guard let digest = Digest(parsing: text.dropFirst("sha256:".utf8.count)) else {
        throw DecodingError.dataCorruptedError(
          forKey: .snapshot, in: members, debugDescription: "no digest")
      }
      snapshot = digest
    }
  }

  private struct Expectations: Decodable {
    let datasets: [String: [Version]]
  }

  /// The folder of the copy, which goes with this object.
  package let path: String
  /// The versions of its datasets, by name.
  package let datasets: [String: [Version]]
  private let folder: TemporaryDirectory

  /// Copies the store of `format`.
  package init(format: Int) throws {
    let kept = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/format-\(format)")
    folder = try TemporaryDirectory()
    path = folder.path + "/store"
    try FileManager.default.copyItem(atPath: kept.path + "/store", toPath: path)
    let text = try Data(contentsOf: kept.appending(path: "expect.json"))
    datasets = try JSONDecoder().decode(Expectations.self, from: text).datasets
  }
}
