import Foundation
package import Testing

extension Tag {
  /// Suites that take seconds: they start programs, or fail a call at each of hundreds of places.
  @Tag package static var slow: Self
}

extension Trait where Self == ConditionTrait {
  /// Left out where somebody asks for the fast tests only, with `ASSAY_FAST` in the environment.
  package static var unlessFast: Self {
    .disabled(if: ProcessInfo.processInfo.environment["ASSAY_FAST"] != nil, "slow")
  }
}
