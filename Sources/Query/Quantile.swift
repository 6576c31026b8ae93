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
  /// on average (Hoare's quickselect with the median of three).
  mutating func select(_ position: Int, in range: Range<Int>) -> Double {
    var low = range.lowerBound
    var high = range.upperBound - 1
    while low < high {
      let pivot = medianOfThree(low, low + (high - low) / 2, high)
      var left = low
      var right = high
      while left <= right {
        while self[left] < pivot { left += 1 }
        while self[right] > pivot { right -= 1 }
        if left <= right {
          swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if position <= right {
        high = right
      } else if position >= left {
        low = left
      } else {
        break
      }
    }
    return self[position]
  }

  private func medianOfThree(_ first: Int, _ second: Int, _ third: Int) -> Double {
    let (a, b, c) = (self[first], self[second], self[third])
    return Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
  }
}
