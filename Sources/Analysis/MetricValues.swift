import Model
import Wire

/// The nature of a metric's values on all arms: by their meaning, then by the values themselves.
struct MetricValues: Sendable {
  /// True when each item's value is 0 or 1 and means no or yes, so that items can be counted.
  private(set) var areBinary: Bool
  /// True when each row's is: means are rates then, also those of attempts.
  let areRates: Bool
  /// True when they lie between 0 and 1 by their meaning, and so do the bounds of their means.
  let areShares: Bool
  /// True when they can lie nowhere else, so that a bound beyond 1 makes no sense.
  let isRate: Bool
  /// True when means of zeros and ones are not rates.
  let areAmounts: Bool
  /// True when points of per cent are no unit of theirs: they are so much of something, or some lie
  /// beyond 0 and 1 on every arm.
  let haveNoPoints: Bool

  /// The values of a column.
  /// - Parameters:
  ///   - types: Those of the column on all arms.
  ///   - items: Each item's value, of all arms.
  ///   - rows: Each row's, where an item has several; nil where it has one.
  init(
    _ name: String, types: [ColumnType], roles: MetricRoles, items: [[Double?]],
    rows: [[Double?]]? = nil
  ) {
    let nature = MetricNature(name, types: types, roles: roles)
    let isFlag = nature != .amount
    let isPart = MetricRoles.shares.contains { roles[$0]?.hasBytes(of: name) == true }
    areBinary = isFlag && Self.areYesOrNo(items)
    areRates = isFlag && (rows.map(Self.areYesOrNo) ?? areBinary)
    let lieInside = items.allSatisfy { $0.allSatisfy { $0.map { (0...1).contains($0) } ?? true } }
    areShares = areRates || (lieInside && (nature == .rate || (isFlag && isPart)))
    isRate = nature == .rate && areShares && items.contains { $0.contains { $0 != nil } }
    areAmounts = !areShares
    haveNoPoints =
      nature == .amount
      || (!items.isEmpty
        && items.allSatisfy { $0.contains { $0.map { !(0...1).contains($0) } ?? false } })
  }

  /// Values by the first edition, for which whatever is 0 or 1 is a rate.
  init(ofFirstEdition items: [[Double?]]) {
    areBinary = Self.areYesOrNo(items)
    (areRates, areShares, isRate, areAmounts) = (false, false, false, false)
    haveNoPoints = false
  }

  /// The same with what `items`, of all arms, are of these rows.
  func ofItems(_ items: [[Double?]]) -> MetricValues {
    var values = self
    values.areBinary = areRates && Self.areYesOrNo(items)
    return values
  }

  private static func areYesOrNo(_ columns: [[Double?]]) -> Bool {
    columns.allSatisfy { $0.allSatisfy { $0 == nil || $0 == 0 || $0 == 1 } }
  }
}
