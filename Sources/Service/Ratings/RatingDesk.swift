package import Model
import Objects
import Store
import Synchronization
package import Wire

/// The addresses under which raters see the media of their tasks.
///
/// An address is 128 random bits and discloses nothing. It is valid only for the caller who got it,
/// until the task is answered, the store is closed, or so many others were given that it is
/// forgotten. Lives with the open store.
final class RatingDesk: Sendable {
  /// The media that an address stands for.
  struct Entry: Sendable {
    let dataset: DatasetName
    /// The token of the caller; nil for a caller without one.
    let caller: String?
    let rater: String
    let task: String
    let file: FileValue
  }

  /// The most addresses that are remembered; the oldest are forgotten first.
  private static let capacity = 1 << 14

  private struct State {
    var entries: [String: Entry] = [:]
    /// In the order in which they were given, including forgotten ones.
    var order: [String] = []
  }

  private let state = Mutex(State())

  /// A new address.
  func address(_ entry: Entry) -> String {
    let address = WriteID.make()
    state.withLock { state in
      if state.order.count >= 2 * Self.capacity {
        state.order.removeFirst(state.order.count - Self.capacity)
        let kept = Set(state.order)
        state.entries = state.entries.filter { kept.contains($0.key) }
      }
      state.entries[address] = entry
      state.order.append(address)
    }
    return address
  }

  /// The media that an address stands for; nil unless the address belongs to this caller.
  func entry(_ address: String, in dataset: DatasetName, caller: String?) -> Entry? {
    state.withLock { state in
      state.entries[address].flatMap { $0.dataset == dataset && $0.caller == caller ? $0 : nil }
    }
  }

  /// Forgets the addresses of a task that its rater has answered.
  func end(_ task: String, of rater: String, in dataset: DatasetName) {
    state.withLock { state in
      state.entries = state.entries.filter { _, entry in
        entry.task != task || entry.rater != rater || entry.dataset != dataset
      }
    }
  }
}

extension LocalStoreService {
  /// The addresses that were given out.
  var ratingDesk: RatingDesk { store.companion { RatingDesk() } }

  package func ratingMedia(
    in dataset: DatasetName, _ address: String, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    let entry = try ratingEntry(dataset, address)
    return try store.file(entry.file.digest).read(at: offset, count: count)
  }

  package func ratingMedia(
    in dataset: DatasetName, _ address: String
  ) throws(StoreError) -> RatingTask.Media {
    let file = try ratingEntry(dataset, address).file
    return RatingTask.Media(address: address, mediaType: file.mediaType, size: file.byteCount)
  }

  private func ratingEntry(
    _ dataset: DatasetName, _ address: String
  ) throws(StoreError) -> RatingDesk.Entry {
    guard let entry = ratingDesk.entry(address, in: dataset, caller: callerID) else {
      throw StoreError(.missing, "the address is none of a task that waits; ask for the task again")
    }
    return entry
  }
}
