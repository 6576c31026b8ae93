import Columns
import Formats
import Model

/// Reads all of a Parquet file.
func readParquet(
  _ bytes: some Sequence<UInt8>, options: ReadOptions = ReadOptions()
) throws(StoreError) -> TestTable {
  try readAll(SeekableFile(name: "test.parquet", bytes: Array(bytes)), options: options)
}

/// Reads all of a Parquet file.
func readAll(
  _ file: SeekableFile, options: ReadOptions = ReadOptions()
) throws(StoreError) -> TestTable {
  var reader = try ParquetReader(file, options: options)
  var table = TestTable()
  while let batch = try reader.next() {
    table.columns = batch.rows.columns
    table.lines += batch.lines
    table.batches.append(batch.rows)
  }
  return table
}
