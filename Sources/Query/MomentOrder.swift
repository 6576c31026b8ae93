import GRDBSQLite
import Model

/// The collation of columns of timestamps: texts that write moments compare as these.
///
/// RFC 3339 has as many digits of a second as a moment needs, so `…:01Z`, `…:01.250Z` and
/// `…:01.5+02:00` do not order by their bytes. A text that writes a moment in a form that a push
/// takes stands for it, a date for its first moment. Any other text, `2026-10` say, compares byte
/// by byte with the moment's text in six digits, so that it orders as what it begins.
package enum MomentOrder {
  /// The name of the collation in SQL.
  package static let name = "MOMENT"

  /// The most bytes of a text that writes a moment.
  private static let mostBytes = 40

  /// Makes the collation known on a connection.
  package static func register(on connection: OpaquePointer) {
    unsafe sqlite3_create_collation_v2(
      connection, name, SQLITE_UTF8, nil,
      { _, leftCount, left, rightCount, right in
        let first = unsafe UnsafeRawBufferPointer(start: left, count: Int(leftCount))
        let second = unsafe UnsafeRawBufferPointer(start: right, count: Int(rightCount))
        return unsafe MomentOrder.compare(first, second)
      }, nil)
  }

  /// The moment that a text writes; nil for any other text.
  static func moment(_ text: some Collection<UInt8>) -> Timestamp? {
    guard text.count <= mostBytes else { return nil }
    return Timestamp(iso8601: String(decoding: text, as: UTF8.self))
  }

  /// The order of two texts: negative, 0 or positive.
  package static func compare(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int32 {
    if unsafe isPlain(left) && isPlain(right) {
      // What is written alike to the second orders by its bytes when it differs there; so does what
      // is of one length. No moment has to be read, which costs fifty times as much.
      let count = left.count == right.count ? left.count : secondBytes
      for position in 0..<count where unsafe left[position] != right[position] {
        return unsafe left[position] < right[position] ? -1 : 1
      }
      if left.count == right.count { return 0 }
    }
    return switch unsafe (moment(left), moment(right)) {
    case (let first?, let second?): first == second ? 0 : first < second ? -1 : 1
    case (let first?, nil): unsafe order(Array(first.sixDigits.utf8), right)
    case (nil, let second?): unsafe order(left, Array(second.sixDigits.utf8))
    case (nil, nil): unsafe order(left, right)
    }
  }

  /// The bytes of a moment without its fraction and zone: `2026-10-01T12:00:00`.
  private static let secondBytes = 19

  /// Returns true when a text has the form in which this program writes moments,
  /// `2026-10-01T12:00:00.250Z`, whether or not such a moment exists.
  private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    let count = text.count
    guard count > secondBytes, count <= secondBytes + 8 else { return false }
    let end = UInt8(ascii: "Z")
    guard unsafe text[count - 1] == end,
      unsafe text[secondBytes] == (count == secondBytes + 1 ? end : UInt8(ascii: "."))
    else { return false }
    for position in 0..<secondBytes {
      let byte = unsafe text[position]
      switch position {
      case 4, 7: if byte != UInt8(ascii: "-") { return false }
      case 10: if byte != UInt8(ascii: "T") { return false }
      case 13, 16: if byte != UInt8(ascii: ":") { return false }
      default: if byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") { return false }
      }
    }
    return true
  }

  private static func order(
    _ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>
  ) -> Int32 {
    left.lexicographicallyPrecedes(right) ? -1 : right.lexicographicallyPrecedes(left) ? 1 : 0
  }
}

extension Timestamp {
  /// RFC 3339 with six digits of a second, whatever they are.
  fileprivate var sixDigits: String {
    let text = description.dropLast()
    guard let point = text.firstIndex(of: ".") else { return text + ".000000Z" }
    let digits = text[point...].utf8.count - 1
    return text + String(repeating: "0", count: 6 - digits) + "Z"
  }
}
