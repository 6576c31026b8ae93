import Glibc
import Model
import Platform

/// Paths of this machine.
enum LocalPath {
  /// The folder that a file is in; that of the process for standard input and output.
  static func folder(of file: String) -> String {
    guard file != "-", let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// The last component of a path.
  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A path without links and dots; nil when nothing is there.
  static func real(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// The path from a folder to another; both are real paths.
  static func relative(_ path: String, to folder: String) -> String {
    let target = path.split(separator: "/")
    let start = folder.split(separator: "/")
    var common = 0
    while common < min(target.count, start.count), target[common] == start[common] { common += 1 }
    return (Array(repeating: "..", count: start.count - common) + target[common...])
      .joined(separator: "/")
  }

  /// The size of a regular file, or of the target of a link when `follows` is set; nil for anything
  /// else.
  static func size(_ path: String, follows: Bool = true) -> Int? {
    var status = stat()
    let result = unsafe follows ? stat(path, &status) : lstat(path, &status)
    guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Returns true when something exists at a path, be it a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }
}
