import Foundation
import Testing

/// A temporary folder in which the built binary is run, as a shell would run it.
///
/// Used by one test; removed when the test lets go of it.
final class Workplace {
  /// What a command left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let error: String

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let folder: URL
  /// Behind which the store is, when the test is about a server's.
  private var server: ServerProcess?

  /// The binary: `$ASSAY`, else the one that was built along with the tests.
  static let binary: String = {
    if let named = ProcessInfo.processInfo.environment["ASSAY"] { return named }
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let products =
      bundle.map { URL(filePath: $0).deletingLastPathComponent() }
      ?? package.appending(path: ".build/debug")
    return products.appending(path: "assay").path
  }()

  /// The folder of the package.
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The example states, in order of time.
  static let examples: [URL] = {
    let folder = package.appending(path: "Examples/polyglot")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }()

  /// A folder of real outputs that may not be shipped, where there is one.
  static let outputs = ProcessInfo.processInfo.environment["ASSAY_ALPACA"]

  /// An empty folder, or one with an empty store in `.assay`, served when the test wants it so.
  init(hasStore: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-end-to-end-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard hasStore else { return }
    try #require(try run("init").status == 0)
    if Door.current == .server { server = try ServerProcess(folder, "--allow-commands") }
  }

  deinit {
    server = nil
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs `assay` with these arguments.
  @discardableResult
  func run(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try start(Self.binary, arguments, input: input, environment: environment)()
  }

  /// Runs `assay` with a list of arguments.
  @discardableResult
  func run(all arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    try start(Self.binary, arguments, input: nil, environment: environment)()
  }

  /// Runs a line of shell in which `assay` is the binary.
  @discardableResult
  func shell(_ line: String) throws -> Outcome {
    try start("/bin/bash", ["-c", line], input: nil, environment: [:])()
  }

  /// Starts `assay`; the function returned waits for it.
  func start(_ arguments: String...) throws -> () throws -> Outcome {
    try start(all: arguments)
  }

  /// Starts `assay` with a list of arguments, as ``start(_:)``.
  func start(all arguments: [String]) throws -> () throws -> Outcome {
    try start(Self.binary, arguments, input: nil, environment: [:])
  }

  private func start(
    _ program: String, _ arguments: [String], input: String?, environment: [String: String]
  ) throws -> () throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let bin = URL(filePath: Self.binary).deletingLastPathComponent().path
    process.environment = [
      "PATH": "\(bin):/usr/bin:/bin", "ASSAY_AUTHOR": "ann", "COLUMNS": "80",
    ].merging(server.map { ["ASSAY_STORE": $0.url] } ?? [:]) { $1 }
      .merging(environment) { $1 }
    // Files, not pipes: nobody has to read while the process runs.
    let stem = folder.appending(path: ".run-\(UUID().uuidString)").path
    let files = ["in", "out", "err"].map { "\(stem).\($0)" }
    try write(input ?? "", to: URL(filePath: files[0]))
    for file in files[1...] { try write("", to: URL(filePath: file)) }
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    try process.run()
    return {
      process.waitUntilExit()
      let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
      for file in files { try FileManager.default.removeItem(atPath: file) }
      return Outcome(status: process.terminationStatus, output: texts[1], error: texts[2])
    }
  }

  /// Writes a file into the folder.
  func write(_ text: String, as name: String) throws {
    try write(text, to: folder.appending(path: name))
  }

  /// Writes bytes into the folder.
  func write(_ bytes: [UInt8], as name: String) throws {
    try Data(bytes).write(to: folder.appending(path: name))
  }

  private func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file)
  }

  /// The rows of a JSON lines file of the folder, or of a path.
  static func rows(_ text: String) throws -> [[String: JSONCell]] {
    try text.split(separator: "\n").map { line in
      try JSONDecoder().decode([String: JSONCell].self, from: Data(line.utf8))
    }
  }

  /// The member of a JSON object printed on one line.
  static func object(_ line: String) throws -> [String: JSONCell] {
    try JSONDecoder().decode([String: JSONCell].self, from: Data(line.utf8))
  }

  /// The text of a file of the folder.
  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }
}
