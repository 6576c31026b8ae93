import CSimdjson
import Model

/// The messages about JSON text that was refused.
enum JSONRowFault {
  /// The kind and message for `reason`; `byte` is what stands at the place, nil at the end.
  /// - Parameter isSingle: True in a file that is one object.
  static func error(
    _ reason: assay_json_fault, byte: UInt8?, isSingle: Bool = false,
    at location: StoreError.Location
  ) -> StoreError {
    switch reason {
    case ASSAY_JSON_TRAILING_TEXT where isSingle:
      StoreError(
        .invalid,
        "there is text after the object; send several rows as one array, or as an object per line "
          + "(application/x-ndjson)", at: location)
    case ASSAY_JSON_NO_MEMORY:
      StoreError(.exhausted, "there is not enough memory to parse JSON", at: location)
    case ASSAY_JSON_TOO_MANY_COLUMNS:
      tooManyColumns(at: location)
    case ASSAY_JSON_ROW_TOO_LONG:
      rowTooLong(at: location)
    default:
      StoreError(.invalid, message(reason, byte: byte), at: location)
    }
  }

  /// A table wider than the limit.
  static func tooManyColumns(at location: StoreError.Location) -> StoreError {
    StoreError(
      .invalid,
      "the rows have more than \(Schema.columnLimit) different keys, the most columns a table may "
        + "have; put varying keys into one nested object", at: location)
  }

  /// A row longer than the limit.
  static func rowTooLong(at location: StoreError.Location) -> StoreError {
    StoreError(
      .invalid,
      "the row is longer than \(ASSAY_JSON_ROW_LIMIT >> 20) MiB, the most a row may have; keep "
        + "large content in files", at: location)
  }

  private static func message(_ reason: assay_json_fault, byte: UInt8?) -> String {
    switch reason {
    case ASSAY_JSON_INVALID_UTF8: "this byte is not UTF-8; convert the file to UTF-8"
    case ASSAY_JSON_CONTROL_CHARACTER:
      "a string holds the control character \(hex(byte)); write it as "
        + "\\u00\(hex(byte).dropFirst(2))"
    case ASSAY_JSON_UNCLOSED_STRING: "the string that begins here is not closed on its line"
    case ASSAY_JSON_INVALID_ESCAPE: "this is not a JSON escape"
    case ASSAY_JSON_LONE_SURROGATE:
      "this surrogate has no other half, so it is not a character; write U+FFFD in its place"
    case ASSAY_JSON_NOT_AN_OBJECT:
      byte == UInt8(ascii: "[")
        ? "a row must be an object; for one array of objects name the format json"
        : "a row must be an object, as {\"id\": 1}"
    case ASSAY_JSON_TRUNCATED_ROW: "the row ends early: it is cut off or spans several lines"
    case ASSAY_JSON_TRAILING_TEXT: "there is text after the row; write one object a line"
    case ASSAY_JSON_EXPECTED_KEY: "expected a key in quotes, \(found(byte))"
    case ASSAY_JSON_EXPECTED_COLON: "expected ':' after the key, \(found(byte))"
    case ASSAY_JSON_EXPECTED_VALUE: "expected a value, \(found(byte))"
    case ASSAY_JSON_EXPECTED_COMMA: "expected ',' or a closing bracket, \(found(byte))"
    case ASSAY_JSON_INVALID_NUMBER: "this is not a JSON number; quote it to keep it as text"
    case ASSAY_JSON_NOT_FINITE:
      "JSON has no NaN and no infinity; write null, or quote it to keep it as text"
    case ASSAY_JSON_DUPLICATE_KEY: "the object has this key twice; remove one of them"
    case ASSAY_JSON_EMPTY_KEY: "a column has the empty name \"\"; give it a name"
    case ASSAY_JSON_TOO_DEEP:
      "values are nested deeper than \(ASSAY_JSON_DEPTH_LIMIT) levels; flatten the row or quote "
        + "the inner value"
    default: "the row cannot be read"
    }
  }

  private static func found(_ byte: UInt8?) -> String {
    guard let byte else { return "found the end" }
    let isPrintable = byte > 0x20 && byte < 0x7F
    return "found " + (isPrintable ? "'\(Character(Unicode.Scalar(byte)))'" : hex(byte))
  }

  private static func hex(_ byte: UInt8?) -> String { "0x" + Hex.encode([byte ?? 0]) }
}
