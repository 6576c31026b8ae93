import Formats
import Model
import Running
import Store

/// The journal of a run in a store's folder.
struct StoredCallJournal: CallJournal {
  let log: RunLog
  let store: Store

  func append(_ records: [JournalRecord]) async throws(StoreError) {
    try await log.append(records.map(\.bytes))
  }

  func keep(_ bytes: [UInt8], mediaType: String) async throws(StoreError) -> FileValue {
    let (file, _) = try store.putFile(MemorySource(name: "the answer's file", bytes: bytes))
    // What the bytes show is surer than what the answer says, where they show anything.
    let isKnown = file.mediaType != "application/octet-stream"
    return FileValue(
      digest: file.digest, mediaType: isKnown ? file.mediaType : mediaType, name: "",
      byteCount: file.byteCount)
  }
}
