/// The failure of an operation, classified by what the caller can do about it.
///
/// The message states what happened, to which thing, and what to do next; it never holds row
/// values. The command line maps kinds to exit statuses and the server to HTTP statuses, each in
/// one place.
package struct StoreError: Error, Sendable {
  /// The kind of an error, by which a caller decides what to do.
  package enum Kind: String, Sendable, CaseIterable {
    /// The request itself is malformed: a flag, a name, a reference, SQL.
    case usage
    /// The input data cannot be saved as it is.
    case invalid
    /// A dataset, version, tag, chunk or file is not there.
    case missing
    /// Another writer changed the dataset first, or a precondition does not hold.
    case conflict
    /// Stored bytes are not what was saved.
    case corrupt
    /// A limit (time, memory, size, disk) was reached.
    case exhausted
    /// The operating system refused a read or a write.
    case unavailable
    /// The caller may not do this.
    case denied
  }

  /// The place of an error in an input file; lines and columns count from 1, columns in bytes.
  package struct Location: Sendable, Equatable {
    package var file: String?
    package var line: Int?
    package var column: Int?
    /// True when the file has no lines, so that its rows are counted.
    package var isRow = false

    /// A place in an input file.
    package init(file: String? = nil, line: Int? = nil, column: Int? = nil) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  /// A fact that a caller should know beside the kind.
  package enum Detail: String, Sendable {
    /// It is not known whether the change was made: it may be saved.
    case mayBeSaved
    /// The idempotency key stands for another request.
    case keyReused
    /// The message has a line for each of several faults.
    case faults
    /// A newer program wrote it, and it may be as it was written.
    case newer
    /// The limit is one of the request (time, memory, rows, its client's patience), not of the
    /// machine: another request may be served.
    case requestLimit
  }

  package let kind: Kind
  package let message: String
  package var location: Location?
  package var detail: Detail?
  /// Other things of the store that the caller may have meant, as a clause to end the message with.
  ///
  /// Only for callers who may see the whole store: it is not part of ``message``, and is disclosed
  /// only where the code asks for it (``advised``).
  package var advice: String?

  /// An error of `kind`; `message` is a sentence without a full stop at its end.
  package init(_ kind: Kind, _ message: String, at location: Location? = nil) {
    self.kind = kind
    self.message = message
    self.location = location
  }

  /// The error of a request that reached a limit of its own.
  package static func requestLimit(_ message: String) -> StoreError {
    var error = StoreError(.exhausted, message)
    error.detail = .requestLimit
    return error
  }

  /// The error of a request whose client has gone, or that was given up otherwise.
  package static var cancelled: StoreError { .requestLimit("the request was cancelled") }

  /// The same error in other words.
  package func restated(_ message: String) -> StoreError {
    var error = StoreError(kind, message, at: location)
    error.detail = detail
    return error
  }

  /// The error with its advice in its message, for a caller who may see the whole store.
  package var advised: StoreError {
    guard let advice else { return self }
    var error = StoreError(kind, "\(message); \(advice)", at: location)
    error.detail = detail
    return error
  }

  /// The error about a file of `format`, which messages call `file` unless they have a better name:
  /// rows of a format without lines are counted.
  package func inFile(_ file: String, of format: FileFormat) -> StoreError {
    guard location != nil else { return self }
    var error = self
    error.location?.file = location?.file ?? file
    error.location?.isRow = !format.hasLines
    return error
  }

  /// The error of a change of which it is not known whether it was made; `what` is the subject of a
  /// sentence, `advice` the end of one.
  ///
  /// The reason loses its own advice, which usually is to try again.
  package static func uncertain(
    _ what: String, because reason: StoreError, advice: String
  ) -> StoreError {
    let cause = reason.message.prefix { $0 != ";" }
    var error = StoreError(.unavailable, "\(what) may be saved (\(cause)): \(advice)")
    error.detail = .mayBeSaved
    return error
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    var place = location?.file ?? ""
    if let row = location?.line, location?.isRow == true {
      place += (place.isEmpty ? "" : ": ") + "row \(row)"
    } else if let line = location?.line {
      place += (place.isEmpty ? "line \(line)" : ":\(line)")
      if let column = location?.column {
        place += (location?.file == nil ? ", column \(column)" : ":\(column)")
      }
    }
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
