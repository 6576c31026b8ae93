import Foundation
import Model
import Synchronization

/// The progress of a long command: a line on standard error, when that is a terminal.
///
/// Any thread may update it.
final class ProgressLine: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private let shown = Mutex<ContinuousClock.Instant?>(nil)

  /// The time that a command stays silent, and the interval between later updates.
  private static let silence = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)
  /// The control sequence that returns to the start of the line and clears it.
  private static let erased = "\r\u{1B}[K"

  /// Shows `text`, unless the command is young or another text was shown just now.
  func show(_ text: @autoclosure () -> String) {
    guard isTerminal else { return }
    let now = ContinuousClock.now
    guard now - start > Self.silence else { return }
    shown.withLock { shown in
      guard shown.map({ now - $0 > Self.interval }) ?? true else { return }
      shown = now
      StandardError.write(Self.erased + TerminalText.line(text()))
    }
  }

  /// Shows the part of the resampling that is done, from 0 to 1.
  func show(part: Double) { show("drawing, \(Int(part * 100)) % done") }

  /// Removes the line.
  func clear() {
    shown.withLock { shown in
      if shown != nil { StandardError.write(Self.erased) }
      shown = nil
    }
  }
}
