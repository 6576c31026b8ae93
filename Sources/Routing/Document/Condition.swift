/// The condition of a rule: tests of context fields, combined in Kleene's logic.
package indirect enum Condition: Sendable, Hashable {
  /// True when all are; also for an empty list.
  case all([Condition])
  /// True when one is.
  case any([Condition])
  case not(Condition)
  case test(FieldPath, FieldTest)
}

/// A field of a context, like `principal.plan`: names of members on the way down.
package struct FieldPath: Sendable, Hashable {
  private let exact: ExactText

  /// The roots that a path may begin with.
  package static let roots = ["principal", "request", "metadata", "headers"]

  /// A path as it is written.
  package init(_ text: String) { exact = ExactText(text) }

  /// The path as it is written.
  package var text: String { exact.description }

  /// The names of members, in UTF-8.
  var steps: [[UInt8]] { exact.utf8.split(separator: UInt8(ascii: ".")).map { Array($0) } }

  /// The field that names a request.
  package static let requestID = FieldPath("request.id")

  /// The name of an evaluation's subject in OpenFeature.
  package static let targetingKey = FieldPath("targetingKey")

  /// The fields that name a request when no field of a split does, the preferred one first.
  package static let names = [requestID, targetingKey]
}

/// A test of one field.
///
/// It is unknown when the field is absent or of another type than the test speaks of; only
/// `exists` always knows of a request, and not of a record without the field.
package enum FieldTest: Sendable, Hashable {
  case exists(Bool)
  case equal(RuleScalar)
  case notEqual(RuleScalar)
  case greater(RuleScalar)
  case greaterOrEqual(RuleScalar)
  case less(RuleScalar)
  case lessOrEqual(RuleScalar)
  case among([RuleScalar])
  case notAmong([RuleScalar])
  case prefix(ExactText)
  case suffix(ExactText)
  case contains(ExactText)
}

/// The operand that a field is compared with; texts by their UTF-8 bytes.
package enum RuleScalar: Sendable, Hashable {
  case bool(Bool)
  case integer(Int64)
  case text(ExactText)
}

/// A truth value in Kleene's logic: `and` is the least of them, `or` the greatest.
package enum Truth: UInt8, Sendable, Hashable, Comparable {
  case `false` = 0
  case unknown = 1
  case `true` = 2

  package static func < (left: Truth, right: Truth) -> Bool { left.rawValue < right.rawValue }

  /// The opposite; the opposite of unknown is unknown.
  package static prefix func ! (truth: Truth) -> Truth {
    switch truth {
    case .false: .true
    case .unknown: .unknown
    case .true: .false
    }
  }

  /// The truth of a test whose field was known.
  init(_ holds: Bool) { self = holds ? .true : .false }

  /// The name of the value in a decision.
  package var name: String {
    switch self {
    case .false: "false"
    case .unknown: "unknown"
    case .true: "true"
    }
  }
}
