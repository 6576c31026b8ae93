import Columns
import Model

extension Snapshot {
  /// The values of the column called `name` in the rows at `places`, in their order; nulls where
  /// there is no such column.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  func values(
    _ name: String, at places: [VersionDiff.Place], _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    guard let column = schema.index(of: name) else { return .nulls(.json, count: places.count) }
    var rows: [Int32: [Int32]] = [:]
    var found: [(group: Int32, row: Int32)] = []
    for place in places {
      found.append((place.group, Int32(rows[place.group]?.count ?? 0)))
      rows[place.group, default: []].append(place.row)
    }
    var sources: [ColumnVector] = []
    var sourceOfGroup: [Int32: Int32] = [:]
    for (index, rows) in rows.sorted(by: { $0.key < $1.key }) {
      sourceOfGroup[index] = Int32(sources.count)
      let group = try group(Int(index), decoder)
      sources.append(try values(column: column, at: rows, of: group, decoder))
    }
    return ColumnVector.gather(
      found.compactMap { place in
        sourceOfGroup[place.group].map { RowRun(source: $0, start: place.row, count: 1) }
      }.joined(), from: sources, type: schema.columns[column].type)
  }
}
