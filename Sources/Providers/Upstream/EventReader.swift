/// An event of a stream.
package struct ServerEvent: Equatable, Sendable {
  /// The value of its field `event`; empty without one.
  package var name = ""
  package var data: [UInt8] = []
}

/// A reader of server-sent events, over bytes as they come.
///
/// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream: lines
/// end with CR, LF or both, a byte order mark at the start is passed over, lines that begin with a
/// colon are comments, several `data` lines are joined by LF, one space after the colon is no part
/// of a value. Bytes that are not UTF-8 are for the reader of the data to refuse.
package struct EventReader {
  /// An event that is larger than all that are taken.
  package struct TooLarge: Error {}

  private let limit: Int
  private var line: [UInt8] = []
  private var event = ServerEvent()
  private var hasData = false
  private var size = 0
  private var isAfterReturn = false
  private var isAtStart = true

  /// A reader that takes events of at most `limit` bytes.
  package init(limit: Int = 8 << 20) { self.limit = limit }

  /// Takes bytes, and returns the events that are complete with them.
  package mutating func take(_ bytes: [UInt8]) throws(TooLarge) -> [ServerEvent] {
    var events: [ServerEvent] = []
    for byte in bytes {
      let wasReturn = isAfterReturn
      isAfterReturn = byte == 0x0D
      switch byte {
      case 0x0A where wasReturn: continue
      case 0x0A, 0x0D:
        if let event = endLine() { events.append(event) }
      default:
        size += 1
        guard size <= limit else { throw TooLarge() }
        line.append(byte)
      }
    }
    return events
  }

  /// The event that the stream's end cut off from its empty line; nil when there is none.
  ///
  /// The standard drops it; providers forget the last empty line, so that it is given to who can
  /// see from the data whether it is whole.
  package mutating func end() -> ServerEvent? {
    if !line.isEmpty, let event = endLine() { return event }
    return endLine()
  }

  private mutating func endLine() -> ServerEvent? {
    if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    isAtStart = false
    guard !line.isEmpty else {
      defer {
        event = ServerEvent()
        hasData = false
        size = 0
      }
      return hasData ? event : nil
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "data":
      if hasData { event.data.append(0x0A) }
      event.data.append(contentsOf: value)
      hasData = true
    case "event": event.name = String(decoding: value, as: UTF8.self)
    // A comment, an id, a time to wait, or an unknown field.
    default: size -= line.count
    }
    line.removeAll(keepingCapacity: true)
    return nil
  }
}
