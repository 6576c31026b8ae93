package import Model
import Synchronization

/// The bytes that an input may still make of itself: a few bytes of a file can stand for very many.
///
/// Whatever a reader decompresses, repeats or lays out is taken from it before memory is allocated
/// for it. Any thread may take.
package final class InputBudget: Sendable {
  private let limitBytes: Int
  private let excess: StoreError
  private let taken = Atomic(0)

  /// A budget of `limitBytes`; a request beyond it throws `excess`.
  init(limitBytes: Int, excess: StoreError) {
    self.limitBytes = limitBytes
    self.excess = excess
  }

  /// The budget of one pass over an input that errors call `name`.
  package convenience init(limitBytes: Int, name: String) {
    self.init(
      limitBytes: limitBytes,
      excess: StoreError(
        .invalid,
        "\(name) decompresses to more than the \(limitBytes) bytes allowed here; send it in parts"))
  }

  /// The budget of a batch of rows; a reader that exceeds it tries fewer rows.
  static func ofBatch() -> InputBudget {
    InputBudget(
      limitBytes: batchBytes,
      excess: .requestLimit(
        "a single row takes more than \(batchBytes >> 20) MiB in memory: write smaller values"))
  }

  /// The most bytes that the vectors of a batch take.
  static let batchBytes = 256 << 20

  /// Takes `bytes`, which are 0 or more.
  /// - Throws: ``StoreError`` when so many are not left.
  package func take(_ bytes: Int) throws(StoreError) {
    guard limitBytes < .max else { return }
    // Far from overflow, whatever a damaged file says.
    let bytes = min(max(0, bytes), 1 << 50)
    guard taken.add(bytes, ordering: .relaxed).newValue <= limitBytes else { throw excess }
  }

  /// Gives everything back, for another pass over the input.
  func restart() { taken.store(0, ordering: .relaxed) }
}
