import CSimdjson
import Columns
import Model

/// Texts of a Parquet file that are to be text, or JSON.
enum ParquetJSON {
  /// Returns true when each text is UTF-8 by itself.
  static func isUTF8(_ texts: TextValues) -> Bool {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: texts.bytes.span)
    } catch {
      return false
    }
    // Valid as a whole, and none begins amid a character.
    let count = texts.bytes.count
    return texts.offsets.allSatisfy { offset in
      Int(offset) == count || texts.bytes[Int(offset)] & 0xC0 != 0x80
    }
  }

  /// The texts as values of JSON, each in its compact form; `null` is null.
  /// - Throws: ``StoreError`` of kind `invalid` when one is no JSON.
  static func vector(_ texts: TextValues) throws(StoreError) -> ColumnVector {
    guard texts.count > 0 else { return .nulls(.json, count: 0) }
    // One line each of an object with the value in it, so that what reads JSON lines checks them
    // all in one go; a text that held more than one value would make other lines or other columns.
    var lines: [UInt8] = []
    lines.reserveCapacity(texts.bytes.count + texts.count * 8)
    for index in 0..<texts.count {
      lines.append(contentsOf: "{\"v\":".utf8)
      append(texts.bytes[texts.range(index)], to: &lines)
      lines.append(UInt8(ascii: "}"))
      lines.append(UInt8(ascii: "\n"))
    }
    let block = try JSONBlock()
    let summary = block.parse(lines, 0..<lines.count, ASSAY_JSON_LINES)
    guard summary.fault == nil, summary.rowCount == texts.count,
      summary.columns.allSatisfy({ $0.name == "v" })
    else { throw notJSON }
    if summary.columns.isEmpty { return .nulls(.json, count: texts.count) }
    do throws(ColumnBuilder.Misfit) {
      return try block.vector(0, as: .json, rows: 0..<texts.count, in: lines)
    } catch {
      throw notJSON
    }
  }

  /// Appends a text with the line feeds between its tokens made spaces.
  private static func append(_ text: ArraySlice<UInt8>, to lines: inout [UInt8]) {
    guard text.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
      lines.append(contentsOf: text)
      return
    }
    var (isQuoted, isEscaped) = (false, false)
    for byte in text {
      let isBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      lines.append(isBreak && !isQuoted ? UInt8(ascii: " ") : byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = isQuoted
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
    }
  }

  private static var notJSON: StoreError {
    StoreError(
      .invalid,
      "it is marked as JSON and holds a text that is not: correct it, or read the column as string")
  }
}
