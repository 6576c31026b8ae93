import CSimdjson
import Columns
import Model

/// The rows of one stretch of JSON text, sorted into columns.
///
/// What was found lives in the parser's memory until it parses again, so blocks reuse memory.
@safe final class JSONBlock: Sendable {
  /// One column of a block.
  struct Column: Sendable {
    let name: String
    let kinds: JSONKinds
    /// The offset at which the column was first met, and its row.
    let firstOffset: Int
    let firstRow: Int
    /// The offset of a number beyond int64 or float64, when `kinds` has one.
    let beyondOffset: Int
    /// The offset of the first number that its double does not represent; nil without one.
    let exactOffset: Int?
  }

  /// The result of a parse.
  struct Summary: Sendable {
    let rowCount: Int
    /// The number of line feeds before each row.
    let rowLines: [UInt32]
    /// The number of line feeds parsed.
    let lineCount: Int
    let columns: [Column]
    /// The reason and offset of a refusal; rows and columns are then incomplete.
    let fault: (reason: assay_json_fault, offset: Int)?
  }

  // Only one thread at a time has a block: the reader hands each one to one task and waits for it.
  private nonisolated(unsafe) let parser: OpaquePointer

  init() throws(StoreError) {
    guard let parser = unsafe assay_json_parser_new() else {
      throw StoreError(.exhausted, "there is not enough memory to parse JSON")
    }
    unsafe self.parser = unsafe parser
  }

  deinit { unsafe assay_json_parser_free(parser) }

  /// Parses the rows in `bytes[range]`.
  func parse(_ bytes: [UInt8], _ range: Range<Int>, _ layout: assay_json_layout) -> Summary {
    let result = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe assay_json_parse(
        parser, buffer.baseAddress, range.lowerBound, range.upperBound, layout,
        Schema.columnLimit)
    }
    var columns: [Column] = []
    for index in unsafe 0..<result.column_count {
      let column = unsafe assay_json_parser_column(parser, index)
      let name = unsafe UnsafeBufferPointer(start: column.name, count: column.name_length)
      unsafe columns.append(
        Column(
          name: String(decoding: name, as: UTF8.self), kinds: JSONKinds(rawValue: column.met),
          firstOffset: column.first_offset, firstRow: Int(column.first_row),
          beyondOffset: column.beyond_offset,
          exactOffset: column.exact_count > 0 ? column.exact_offset : nil))
    }
    let fault = unsafe result.fault
    return unsafe Summary(
      rowCount: result.row_count,
      rowLines: Array(UnsafeBufferPointer(start: result.row_lines, count: result.row_count)),
      lineCount: Int(result.line_count), columns: columns,
      fault: fault == ASSAY_JSON_OK ? nil : (fault, result.fault_offset))
  }

  /// The values of the column at `index` of the last parse of `bytes` at `rows`, as `type`.
  /// - Throws: ``ColumnBuilder/Misfit`` for the first row whose value the type does not take.
  func vector(
    _ index: Int, as type: ColumnType, rows: Range<Int>, in bytes: [UInt8]
  ) throws(ColumnBuilder.Misfit) -> ColumnVector {
    let column = unsafe assay_json_parser_column(parser, index)
    let outcome: Result<ColumnVector, ColumnBuilder.Misfit>? =
      unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let block = buffer.baseAddress, let text = unsafe column.text else { return nil }
        let builder = unsafe ColumnBuilder(
          cells: UnsafeBufferPointer(start: column.cells, count: column.cell_count),
          exacts: UnsafeBufferPointer(start: column.exacts, count: column.exact_count),
          block: block, text: text, textBytes: column.text_bytes,
          kinds: JSONKinds(rawValue: column.met), rows: rows)
        return Result { () throws(ColumnBuilder.Misfit) in try builder.vector(as: type) }
      }
    return try outcome?.get() ?? .nulls(type, count: rows.count)
  }
}
