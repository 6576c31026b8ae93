import GRDBSQLite
import Model

/// The collation of columns of timestamps: texts that write moments compare as these.
///
/// RFC 3339 has as many digits of a second as a moment needs, so `…:01Z`, `…:01.250Z` and
/// `…:01.5+02:00` do not order by their bytes. A text that writes a moment in a form that a push
/// takes stands for it, a date for its first moment. Any other text, `2026-10` say, compares byte
/// by byte with the moment's text in six digits, so that it orders as what it begins.
package enum MomentOrder {
  /// What the collation is called in SQL.
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

  private static func compare(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int32 {
    switch unsafe (moment(left), moment(right)) {
    case (let first?, let second?): first == second ? 0 : first < second ? -1 : 1
    case (let first?, nil): unsafe order(Array(first.sixDigits.utf8), right)
    case (nil, let second?): unsafe order(left, Array(second.sixDigits.utf8))
    case (nil, nil): unsafe order(left, right)
    }
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
