import Providers

/// The money of a run, in nanodollars: what is spent, what calls under way may cost, and a bound
/// that both together never exceed.
package struct SpendLedger: Sendable {
  private let cap: Int64?
  package private(set) var spent: Int64
  package private(set) var reserved: Int64 = 0

  /// A ledger in which `spent` was spent before, and `reserved` may be by jobs that go on.
  package init(cap: Int64?, spent: Int64, reserved: Int64 = 0) {
    self.cap = cap
    self.spent = spent
    self.reserved = reserved
  }

  /// The most that was spent: what is under way counts as its bounds.
  package var atMost: Int64 { spent + reserved }

  /// Reserves the most that a call can cost; false when the bound does not allow it.
  package mutating func reserve(_ bound: Int64) -> Bool {
    if let cap {
      let (sum, overflows) = spent.addingReportingOverflow(reserved)
      let (all, overflowsToo) = sum.addingReportingOverflow(bound)
      guard !overflows, !overflowsToo, all <= cap else { return false }
    }
    reserved = reserved.adding(bound)
    return true
  }

  /// Replaces a reservation by what the call cost; nil when that is not known, and then it counts
  /// as the bound.
  package mutating func settle(_ bound: Int64, cost: Int64?) {
    reserved -= bound
    spent = spent.adding(cost ?? bound)
  }
}
