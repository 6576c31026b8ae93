import GRDBSQLite
import Model

/// `median(x)` and `quantile(x, p)`: exact, interpolating linearly between the two nearest values
/// (type 7 of Hyndman and Fan, as DuckDB's quantile_cont and NumPy do).
final class Quantile {
  private var values: [Double] = []
  private let fraction: Double
  private let state: QueryState
  private var heldBytes = 0

  private init(fraction: Double, state: QueryState) {
    self.fraction = fraction
    self.state = state
  }

  deinit { state.hold(bytes: -heldBytes) }

  private func append(_ value: Double) {
    if values.count == values.capacity {
      values.reserveCapacity(max(64, values.count * 2))
      state.hold(bytes: values.capacity * 8 - heldBytes)
      heldBytes = values.capacity * 8
    }
    values.append(value)
  }

  /// The place in SQLite's memory for an aggregate: a reference that `finish` gives back.
  private typealias Place = UnsafeMutablePointer<Unmanaged<Quantile>?>

  private static func place(_ context: OpaquePointer?, makes: Bool) -> Place? {
    // SQLite zeroes the memory, and a zero word is nil.
    let size = unsafe Int32(makes ? MemoryLayout<Unmanaged<Quantile>?>.size : 0)
    return unsafe sqlite3_aggregate_context(context, size)?
      .assumingMemoryBound(to: Unmanaged<Quantile>?.self)
  }

  static func step(
    _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?, hasFraction: Bool
  ) {
    let name = hasFraction ? "quantile" : "median"
    let fraction = hasFraction ? unsafe sqlite3_value_double(arguments?[1]) : 0.5
    guard let place = unsafe place(context, makes: true) else {
      unsafe sqlite3_result_error_nomem(context)
      return
    }
    if unsafe place.pointee == nil {
      let type = unsafe sqlite3_value_numeric_type(arguments?[hasFraction ? 1 : 0])
      guard (0...1).contains(fraction), !hasFraction || type != SQLITE_NULL,
        let owner = unsafe sqlite3_user_data(context)
      else {
        unsafe Aggregates.fail(context, "the second argument of quantile() is a number from 0 to 1")
        return
      }
      let state = unsafe Unmanaged<QueryState>.fromOpaque(owner).takeUnretainedValue()
      unsafe place.pointee = .passRetained(Quantile(fraction: fraction, state: state))
    }
    guard let quantile = unsafe place.pointee?.takeUnretainedValue() else { return }
    guard fraction == quantile.fraction else {
      unsafe Aggregates.fail(context, "the second argument of quantile() is the same for all rows")
      return
    }
    if let value = unsafe Aggregates.number(arguments?[0], of: name, context) {
      quantile.append(value)
    }
  }

  static func finish(_ context: OpaquePointer?) {
    guard let place = unsafe place(context, makes: false),
      let quantile = unsafe place.pointee?.takeRetainedValue(), !quantile.values.isEmpty
    else {
      unsafe sqlite3_result_null(context)
      return
    }
    unsafe place.pointee = nil
    unsafe sqlite3_result_double(context, quantile.result())
  }

  private func result() -> Double {
    let position = Double(values.count - 1) * fraction
    let below = Int(position)
    let low = values.select(below, in: 0..<values.count)
    let share = position - Double(below)
    guard share > 0 else { return low }
    // Selection leaves nothing smaller to the right.
    let high = values[(below + 1)...].min() ?? low
    // Equal neighbours need no arithmetic, which infinities would not survive.
    return low == high ? low : low + (high - low) * share
  }
}

extension [Double] {
  /// Moves the value that sorting `range` would put at `position` there, and returns it.
  ///
  /// Within the range values left of it are no greater, right of it no smaller. Takes linear time
  /// on average: quickselect whose pivots are a sample's values near the position (Floyd and
  /// Rivest, https://doi.org/10.1145/360680.360691).
  mutating func select(_ position: Int, in range: Range<Int>) -> Double {
    var values = mutableSpan
    var range = range
    while range.count > 1 {
      let pivot = values.pivot(for: position, in: range)
      let below = values.partition(range) { $0 < pivot }
      guard position >= below else {
        range = range.lowerBound..<below
        continue
      }
      // Values equal to the pivot have their places now, so that many of them take no more rounds.
      let upTo = values.partition(below..<range.upperBound) { $0 <= pivot }
      guard position >= upTo else { return pivot }
      range = upTo..<range.upperBound
    }
    return values[position]
  }
}

extension MutableSpan<Double> {
  /// Moves the values that `isLeft` to the front of a range; returns where they end.
  ///
  /// Which way a value goes cannot be foretold, so all are moved and none is jumped over.
  @inline(__always)
  fileprivate mutating func partition(_ range: Range<Int>, _ isLeft: (Double) -> Bool) -> Int {
    var end = range.lowerBound
    for index in range {
      let value = self[index]
      self[index] = self[end]
      self[end] = value
      end += isLeft(value) ? 1 : 0
    }
    return end
  }

  /// A value of the range that is likely to leave `position` in the smaller part.
  fileprivate func pivot(for position: Int, in range: Range<Int>) -> Double {
    let count = Swift.min(255, range.count / 64)
    guard count > 2 else { return self[range.lowerBound + range.count / 2] }
    let step = range.count / count
    var sample: [Double] = []
    sample.reserveCapacity(count)
    for index in 0..<count { sample.append(self[range.lowerBound + index * step + step / 2]) }
    sample.sort()
    // The sample's rank is uncertain by the root of its size: stay that far on the longer side.
    let share = Double(position - range.lowerBound) / Double(range.count)
    let slack = 1.5 * (Double(count) * share * (1 - share)).squareRoot()
    let rank = Double(count) * share + (share < 0.5 ? slack : -slack)
    return sample[Swift.min(count - 1, Swift.max(0, Int(rank)))]
  }
}
