package import Model

/// A document `route.rules/1`, found to be sound: which model serves a request.
///
/// docs/routing.md explains every member.
package struct RuleSet: Sendable, Hashable {
  /// The value of a rule set's member `schema`.
  package static let schema = "route.rules/1"

  package let route: String
  /// The version it was written over; nil when it does not say.
  package let parentVersion: Int?
  package let comment: String
  /// Roots of fields that the server or its trusted callers state.
  package let trusted: [String]
  /// Roots of fields that any caller may state.
  package let untrusted: [String]
  /// In the order of their names.
  package let targets: [Target]
  /// The first that is true serves.
  package let rules: [Rule]
  /// The target that serves when no rule is true.
  package let fallback: Target.Name
  package let fallbackChain: [Fallback]
  package let gate: BacktestGate?
  /// The whole document in its canonical form (RFC 8785).
  package let json: JSON
  /// SHA-256 of ``json``'s bytes.
  package let digest: Digest

  /// A model behind a provider.
  package struct Target: Sendable, Hashable {
    package typealias Name = String

    package let name: Name
    package let provider: String
    package let model: String
    /// All its members.
    package let json: JSON
  }

  /// One of the ordered rules.
  package struct Rule: Sendable, Hashable {
    package let name: String
    package let isEnabled: Bool
    package let condition: Condition
    package let serve: Serve
    package let fallbacks: [Fallback]
    package let shadows: [Shadow]
  }

  /// The target, or the split over targets, that a rule gives a request to.
  package enum Serve: Sendable, Hashable {
    case target(Target.Name)
    case split(Split)
  }

  /// Shares of the units of a rule.
  package struct Split: Sendable, Hashable {
    package let salt: String
    /// The first of them that is a text, and not an empty one, is the unit; else `request.id`.
    package let fields: [FieldPath]
    package let variants: [Variant]
  }

  /// A share and what it gets.
  package struct Variant: Sendable, Hashable {
    package let name: String
    package let target: Target.Name
    /// In basis points.
    package let weight: Int
    /// The buckets whose units get it.
    package let ranges: [BucketRange]
  }

  /// The next target for a request whose target failed.
  package struct Fallback: Sendable, Hashable {
    package let target: Target.Name
    package let classes: [FailureClass]
  }

  /// Ways to fail that a fallback may be for.
  package enum FailureClass: String, Sendable, Hashable, CaseIterable {
    case timeout, connect
    case rateLimited = "rate_limited"
    case serverError = "server_error"
    case contextLengthExceeded = "context_length_exceeded"
    case contentFiltered = "content_filtered"
    case schemaInvalid = "schema_invalid"
  }

  /// A target that gets copies of some requests, and whose answers reach no client.
  package struct Shadow: Sendable, Hashable {
    package let target: Target.Name
    /// The share of requests that are copied, in basis points.
    package let sample: Int
    package let salt: String
  }

  /// The results that a backtest must show before a version may be deployed.
  package struct BacktestGate: Sendable, Hashable {
    /// The reference of the rows it has to be on.
    package let dataset: String
    package let minimumCoveragePercent: Int
    package let nonInferiority: [Metric]
    package let maximumCostIncreasePercent: Int?

    /// A metric that must not be worse by more than a margin.
    package struct Metric: Sendable, Hashable {
      package let metric: String
      package let marginPPM: Int
      package let alphaPPM: Int
    }
  }
}

/// Buckets `lower` up to, but not including, `upper`.
package struct BucketRange: Sendable, Hashable {
  package let lower: Int
  package let upper: Int

  /// Buckets from `lower` to below `upper`.
  package init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  package var count: Int { upper - lower }
}
