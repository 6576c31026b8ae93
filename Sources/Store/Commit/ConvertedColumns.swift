import Columns
import Formats
import Model

extension Snapshot {
  /// The first value of the column at `position` that is not of `type`, quoted for messages; nil
  /// when all are.
  func value(otherThan type: ColumnType, column position: Int) throws(StoreError) -> String? {
    let decoder = try ChunkDecoder()
    for index in manifest.groups.indices {
      let vector = try vector(column: position, of: try group(index, decoder), decoder)
      do throws(OtherValue) {
        _ = try vector.converted(as: type)
      } catch {
        return ReadRemarks.quoted(vector, error.row)
      }
    }
    return nil
  }
}

extension RowBatch {
  /// The rows of a version with exactly `columns`, whose types hold its values, or were named for
  /// all of them.
  /// - Throws: ``StoreError`` of kind `invalid` for a value that is not of its column's type.
  func joined(to wanted: [ColumnDefinition]) throws(StoreError) -> RowBatch {
    var (columns, vectors) = (columns, vectors)
    for column in wanted {
      guard let position = columns.position(of: column.name),
        ColumnVector.canRetell(columns[position].type, as: column.type)
      else { continue }
      do throws(OtherValue) {
        vectors[position] = try vectors[position].converted(as: column.type)
      } catch {
        throw StoreError(
          .invalid,
          "\(ReadRemarks.quoted(vectors[position], error.row)) in the column '\(column.name)' is not "
            + "of the type \(column.type.rawValue), which is named for it: name another type or none"
        )
      }
      columns[position] = column
    }
    return try RowBatch(columns: columns, vectors: vectors, count: count).conformed(to: wanted)
  }
}
