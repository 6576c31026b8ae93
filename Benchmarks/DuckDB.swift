import Foundation

/// DuckDB over the same rows, in a process of its own that answers between our repetitions, so that
/// what else the machine does hits both.
final class DuckDB {
  /// How the runs are kept.
  enum Table: String {
    /// All in one Parquet file.
    case merged
    /// In a Parquet file each.
    case files
  }

  /// What a query took, and what it gave.
  struct Answer: Decodable {
    let seconds: Double
    /// By aggregate, the sum over all groups.
    let sums: [Double]
  }

  private(set) var version = ""
  private let questions = Pipe()
  private let answers = Pipe()
  private var unread = Data()

  /// Runs the script with the Python that `BENCH_DUCKDB` names; nil when it names none.
  init?(_ workloads: Workloads) throws {
    guard let python = ProcessInfo.processInfo.environment["BENCH_DUCKDB"] else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["Benchmarks/beside_duckdb.py", "answer", workloads.existing("duckdb")]
    process.standardInput = questions
    process.standardOutput = answers
    try process.run()
    version = try JSONDecoder().decode(String.self, from: line())
  }

  /// Asks for the means and sums of the runs: query a by model, b by run and model.
  func answer(_ query: String, from table: Table) throws -> Answer {
    try questions.fileHandleForWriting.write(contentsOf: Data("\(table) \(query)\n".utf8))
    return try JSONDecoder().decode(Answer.self, from: line())
  }

  private func line() throws -> Data {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return Data(unread[..<end])
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchError("DuckDB ended before it answered") }
      unread += more
    }
  }
}
