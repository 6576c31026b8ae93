import Foundation
import Glibc
import Model

/// The bare work below each operation, measured between its repetitions.
enum Floors {
  /// Reads a file, writes it anew, syncs it and its folder, renames it: the least a durable save
  /// does.
  static func save(_ path: String, in folder: String) -> Double {
    let temporary = folder + "/floor.tmp"
    return Clock.time {
      let bytes = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
      let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
      fsync(file)
      close(file)
      unsafe rename(temporary, folder + "/floor")
      let directory = unsafe open(folder, O_RDONLY)
      fsync(directory)
      close(directory)
    }
  }

  /// Seconds of a command that must succeed, its output discarded.
  static func command(_ path: String, _ arguments: [String]) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.standardError
    let start = Clock.now()
    try process.run()
    process.waitUntilExit()
    let seconds = Clock.now() - start
    guard process.terminationStatus == 0 else {
      throw BenchError("\(path) \(arguments.joined(separator: " ")) failed")
    }
    return seconds
  }

  /// `zstd -3` on one core, to a file that is synced.
  static func compress(_ path: String, in folder: String) throws -> Double {
    try command(
      "/bin/sh",
      ["-c", "zstd -3 -T1 -q -f -o '\(folder)/floor.zst' '\(path)' && sync '\(folder)/floor.zst'"])
  }

  /// `zstd -d` of what ``compress(_:in:)`` made, to a file.
  static func decompress(in folder: String) throws -> Double {
    try command("/usr/bin/zstd", ["-dqfo", folder + "/floor.out", folder + "/floor.zst"])
  }

  /// SHA-256 of all bytes of files, read once.
  static func hash(_ paths: [String]) -> Double {
    Clock.time {
      for path in paths {
        var hasher = DigestHasher()
        hasher.update([UInt8](FileManager.default.contents(atPath: path) ?? Data()))
        _ = hasher.finalize()
      }
    }
  }
}

/// A benchmark that could not run.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
