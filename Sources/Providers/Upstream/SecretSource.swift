import Foundation
import Glibc
import Model
import Platform

/// The environment and the files that secrets are read from.
package struct SecretSource: Sendable {
  /// The files that may be read.
  package enum Files: Sendable, Hashable {
    case any, none
    /// Those below a folder, from which paths that are not absolute begin.
    case below(String)
  }

  private let environment: @Sendable (String) -> String?
  private let files: Files

  /// Secrets of this process's environment, and of files.
  package static let process = SecretSource.process(files: .any)

  /// Secrets of this process's environment, and of those files.
  package static func process(files: Files) -> SecretSource {
    SecretSource(files: files) { ProcessInfo.processInfo.environment[$0] }
  }

  /// Secrets of the environment that `environment` looks up, and of files.
  package init(
    files: Files = .any, environment: @escaping @Sendable (String) -> String?
  ) {
    self.files = files
    self.environment = environment
  }

  /// The value of a variable of the environment; nil when there is none.
  func variable(_ name: String) -> String? { environment(name) }

  /// The secret; it is read for every call, so that a new key needs no restart.
  /// - Throws: ``ProviderError`` of kind `auth` when it is not there, may not be read by this
  ///   process, or others may read its file.
  func secret(_ reference: SecretReference) throws(ProviderError) -> String {
    switch reference {
    case .environment(let name):
      guard let secret = environment(name), !secret.isEmpty else {
        throw ProviderError(
          .auth, "the environment has no variable \(name), in which the provider's key is to be")
      }
      return try Self.checked(secret, "the variable \(name)")
    case .file(let path):
      return try Self.checked(Self.read(allowed(path)), "the file \(path)")
    }
  }

  /// The path at which a file is read.
  private func allowed(_ path: String) throws(ProviderError) -> String {
    switch files {
    case .any: return path
    case .none:
      throw ProviderError(
        .auth,
        "this server reads no files with keys; who runs it names their folder with 'assay serve "
          + "--secrets-dir'")
    case .below(let folder):
      let whole = path.hasPrefix("/") ? path : folder + "/" + path
      // What links lead to counts, and not what the path looks like.
      guard let root = Self.resolved(folder), let file = Self.resolved(whole) else {
        throw ProviderError(.auth, "the file \(path) cannot be read: \(systemReason(errno))")
      }
      guard Array(file.utf8).starts(with: Array((root == "/" ? root : root + "/").utf8)) else {
        throw ProviderError(
          .auth, "the file \(path) does not lie below the folder of --secrets-dir")
      }
      return file
    }
  }

  /// A path without links; nil, with the reason in `errno`, for what is not there.
  private static func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  private static func checked(_ secret: String, _ place: String) throws(ProviderError) -> String {
    let secret = String(secret.drop { $0.isWhitespace })
    let end = secret.lastIndex { !$0.isWhitespace }.map { secret.index(after: $0) }
    let trimmed = String(secret[..<(end ?? secret.startIndex)])
    guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw ProviderError(
        .auth, "\(place) holds no key: one line of ASCII without spaces is expected")
    }
    return trimmed
  }

  private static func read(_ path: String) throws(ProviderError) -> String {
    do throws(StoreError) {
      // Of no pipe, for which every call would wait.
      let file = try RegularFile(path)
      guard file.isPrivate else {
        throw StoreError(
          .denied,
          "the file \(path) can be read by others: chmod 600 it, and let it belong to you")
      }
      return String(decoding: try file.rest(limit: 16 << 10), as: UTF8.self)
    } catch {
      throw ProviderError(.auth, error.message)
    }
  }
}
