import Foundation
import GRDB
import Model

/// Turns rows of the index into records, and checks that they are what was written.
enum RecordRows {
  static let headQuery = """
    SELECT dataset.name, head_sequence, head_digest, record.digest FROM dataset
    LEFT JOIN record ON record.dataset = dataset.id AND record.sequence = head_sequence
    """

  static func head(_ row: Row) throws -> DatasetHead {
    let digest = try digest(row["head_digest"])
    guard let name = try? DatasetName(row["name"]), try self.digest(row["digest"]) == digest else {
      throw IndexDamage(what: "a dataset's head is not its newest record")
    }
    return DatasetHead(dataset: name, sequence: row["head_sequence"], digest: digest)
  }

  static func record(_ row: Row, of dataset: DatasetName) throws -> LogRecord {
    let digest = try digest(row["digest"])
    let texts: Data? = row["texts"]
    let record: LogRecord
    do throws(StoreError) {
      record = try LogRecord(
        parsing: [UInt8](row["json"] as Data), texts: texts.map { [UInt8]($0) })
    } catch {
      // Whoever wrote the index could read the record, so this is not it.
      throw IndexDamage(what: "a record is not what was written")
    }
    guard record.digest == digest, record.dataset == dataset, record.sequence == row["sequence"]
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
