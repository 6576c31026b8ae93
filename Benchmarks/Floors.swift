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
    // posix_spawn and not Process, which notices the end of a child only every 50 ms.
    var actions = posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child = pid_t()
    var status: Int32 = 0
    let start = Clock.now()
    let failure = unsafe posix_spawn(&child, path, &actions, nil, &words, environ)
    if failure == 0 { unsafe waitpid(child, &status, 0) }
    let seconds = Clock.now() - start
    guard failure == 0, status == 0 else {
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
