import Foundation

/// The user at the keyboard.
enum Author {
  /// The name given, or `$ASSAY_AUTHOR`; empty without either, for the store to fill in.
  static func name(_ given: String?) -> String {
    given ?? ProcessInfo.processInfo.environment["ASSAY_AUTHOR"] ?? ""
  }

  /// `user@host`.
  static var local: String {
    let environment = ProcessInfo.processInfo.environment
    let user = environment["USER"] ?? environment["LOGNAME"] ?? account ?? "uid \(getuid())"
    var host = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&host, host.count - 1) == 0 else { return user }
    let name = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return user + "@" + String(decoding: name, as: UTF8.self)
  }

  /// The account name of the user; nil where the system has none.
  private static var account: String? {
    guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else {
      return nil
    }
    return unsafe String(cString: name)
  }
}
