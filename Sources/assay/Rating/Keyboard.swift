import Foundation

/// Keys of a terminal, one at a time, without Return and without an echo.
enum Keyboard {
  /// The next key: a character, or the sequence of an arrow; nil when the terminal is gone.
  ///
  /// Control-C comes as a character too, so that the terminal is always left as it was.
  static func key() -> String? {
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return readLine() }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    guard unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return readLine() }
    defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before) }
    // An arrow's sequence, and a letter of several bytes, come in one read.
    var bytes = [UInt8](repeating: 0, count: 16)
    var count = 0
    repeat {
      count = unsafe bytes.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, 16) }
    } while count < 0 && errno == EINTR
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  /// The number of columns of the terminal; nil when it reports none.
  static var columns: Int? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}
