import Foundation
import GRDB
import Model

/// Turns rows of the index into records, and checks that they are what was written.
enum RecordRows {
  static func checksum(
    _ dataset: Int64, _ sequence: Int, _ digest: Digest, _ key: RowChecksum
  ) -> Int64 {
    var sum = key.of(.record)
    sum.combine(Int(dataset))
    sum.combine(sequence)
    sum.combine(digest)
    return sum.value
  }

  static func record(
    _ row: Row, of dataset: DatasetRow, _ key: RowChecksum
  ) throws -> LogRecord {
    let digest = try digest(row.decode(forColumn: "digest"))
    let texts: Data? = try row.decode(forColumn: "texts")
    let json: Data = try row.decode(forColumn: "json")
    let record: LogRecord
    do throws(StoreError) {
      record = try LogRecord(
        parsing: [UInt8](json), texts: texts.map { [UInt8]($0) })
    } catch {
      // The process that wrote the index could read the record, so this is not that record.
      throw IndexDamage(what: "a record is not what was written")
    }
    guard record.digest == digest, record.dataset == dataset.name,
      try row.decode(forColumn: "sequence") == record.sequence,
      try row.decode(forColumn: "checksum") == checksum(dataset.id, record.sequence, digest, key)
    else { throw IndexDamage(what: "a record is not what was written") }
    return record
  }

  static func digest(_ value: Data?) throws -> Digest {
    guard let value else { throw IndexDamage(what: "a digest is missing") }
    return try digest(bytes: [UInt8](value))
  }

  static func digest(bytes: [UInt8]) throws -> Digest {
    guard bytes.count == Digest.byteCount, let digest = Digest(bytes) else {
      throw IndexDamage(what: "a digest has not 32 bytes")
    }
    return digest
  }

  static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
