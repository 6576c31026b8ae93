import Columns
import Model

/// A column of texts that are said to be JSON.
struct ArrowJSONColumn {
  let field: ArrowField

  /// The texts in the one form that values have, which also checks them; `null` becomes empty.
  ///
  /// Each text is read as the value of a row of its own. A text that would end that row and begin
  /// another makes more rows than texts, one that would add a key makes more columns than one.
  func normalized(
    _ texts: TextValues, _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    var lines: [UInt8] = []
    lines.reserveCapacity(texts.bytes.count + texts.count * 8)
    for row in 0..<texts.count {
      lines.append(contentsOf: "{\"v\":".utf8)
      let range = texts.range(row)
      if range.isEmpty, !(validity?[row] ?? true) {
        lines.append(contentsOf: "null".utf8)
      } else {
        lines.append(contentsOf: texts.bytes[range])
      }
      lines.append(contentsOf: "}\n".utf8)
    }
    if texts.count == 0 { return texts }
    var result = TextValues()
    do throws(StoreError) {
      var reader = try JSONReader(
        MemorySource(name: field.name, bytes: lines), layout: .lines,
        options: ReadOptions(types: ["v": .json]))
      while let batch = try reader.next() {
        guard batch.rows.columns.count <= 1 else { throw misfit }
        let vector = batch.rows.vectors.first
        for row in 0..<batch.rows.count {
          guard let vector, vector.hasValue(row), let text = vector.values.text(row) else {
            result.append([])
            continue
          }
          result.append(text.words.bytes[text.range])
        }
      }
    } catch {
      // A batch of only nulls has no column to give a type to.
      if error.kind != .usage { throw error.kind == .invalid ? misfit : error }
    }
    guard result.count == texts.count else { throw misfit }
    return result
  }

  private var misfit: StoreError {
    ArrowFault.unfit(field, "text that is not JSON though it is declared as JSON", "correct it")
  }
}
