import Columns
import Foundation
import Model

/// Hands damaged files to the readers and looks for a crash, a hang or memory without bound.
///
/// `fuzz FORMAT COUNT [FIRST]` runs so many cases from the seed FIRST on. A case that ends the
/// process prints its seed first: `fuzz FORMAT 1 SEED` runs it again.
@main
struct Fuzz {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let formats =
      arguments.first.map {
        $0 == "all" ? FileFormat.allCases : [FileFormat(rawValue: $0)].compactMap(\.self)
      } ?? []
    guard !formats.isEmpty, let count = arguments.dropFirst().first.flatMap({ UInt64($0) }) else {
      print(
        "usage: fuzz all|\(FileFormat.allCases.map(\.rawValue).joined(separator: "|")) COUNT [FIRST]"
      )
      exit(64)
    }
    let first = arguments.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
    Watch.start()
    for format in formats {
      let samples = try Samples(format)
      var refused = 0
      for seed in first..<first + count {
        Watch.begin(seed, format)
        var mutation = Mutation(seed: seed)
        do throws(StoreError) {
          try samples.read(mutation.damaged(samples.files))
        } catch {
          refused += 1
        }
      }
      Watch.end()
      print(
        "\(format): \(count) cases from \(first), \(refused) refused, peak \(Watch.peakMebibytes) MiB"
      )
    }
  }
}
