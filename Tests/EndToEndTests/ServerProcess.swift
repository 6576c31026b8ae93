import Foundation
import TestSupport
import Testing

/// `assay serve` on a store, as a process of its own; ended when it is let go of.
final class ServerProcess {
  /// Where it listens.
  let url: String
  /// What it was asked to log.
  let log: URL
  private let process = Process()

  /// Starts a server and waits until it listens.
  init(_ folder: URL, _ arguments: String..., environment: [String: String] = [:]) throws {
    let output = folder.appending(path: ".serve-\(UUID().uuidString).out")
    log = output.deletingPathExtension().appendingPathExtension("err")
    for file in [output, log] { try Data().write(to: file) }
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = ["serve", "--port", "0", "--log-level", "warning"] + arguments
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    var line = ""
    try eventually("the server says where it is, or ends") { [process] in
      line = try String(contentsOf: output, encoding: .utf8)
      return line.hasSuffix("\n") || !process.isRunning
    }
    url = String(line.dropLast())
    let complaint = try String(contentsOf: log, encoding: .utf8)
    try #require(url.hasPrefix("http"), "\(complaint)")
  }

  /// Sends it a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Ends it by a signal, and waits for that.
  func end(by signal: Int32) {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
  }

  deinit {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }
}
