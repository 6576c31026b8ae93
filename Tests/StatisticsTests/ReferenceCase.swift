import Statistics
import Foundation
import Testing

/// One random input with its answers by scipy, statsmodels or fifty-digit arithmetic, as
/// Tests/Interop/statistics_reference.py wrote them.
struct ReferenceCase: Decodable, CustomTestStringConvertible {
  let name: String
  let given: [String: [Double?]]
  let expected: [String: [Double?]]

  var testDescription: String { "\(name) \(given)".prefix(120).description }

  /// All cases of `name`; a file of other cases can be named in the environment.
  static func named(_ name: String) throws -> [ReferenceCase] {
    let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/statistics.json")
    let other = ProcessInfo.processInfo.environment["ASSAY_STATISTICS_FIXTURE"]
    let url = other.map { URL(fileURLWithPath: $0) } ?? committed
    let all = try JSONDecoder().decode([ReferenceCase].self, from: Data(contentsOf: url))
    let cases = all.filter { $0.name == name }
    #expect(!cases.isEmpty, "no reference cases for \(name)")
    return cases
  }

  /// A number that was given.
  func number(_ key: String) throws -> Double {
    let column = try #require(given[key])
    return try #require(column[0])
  }

  /// A whole number that was given.
  func count(_ key: String) throws -> Int {
    let number = try number(key)
    return try #require(Int(exactly: number))
  }

  /// A column that was given, without missing values.
  func column(_ key: String) throws -> [Double] { try #require(given[key]).compactMap { $0 } }

  /// Records where `value` is not the `index`-th expected number under `key`, within `tolerance`
  /// times its size, or within `tolerance` itself where it is smaller than `scale`.
  func check(
    _ value: Double?, _ key: String, _ index: Int = 0, tolerance: Double = 1e-9,
    scale: Double = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let wanted = try #require(expected[key])[index]
    guard let value, let wanted else {
      #expect(value == wanted, "\(key) of \(testDescription)", sourceLocation: sourceLocation)
      return
    }
    let allowed = tolerance * max(abs(wanted), scale)
    #expect(
      abs(value - wanted) <= allowed, "\(key) of \(testDescription): \(value), not \(wanted)",
      sourceLocation: sourceLocation)
  }

  /// As ``check(_:_:_:tolerance:scale:sourceLocation:)`` for both bounds of an interval.
  func check(
    _ interval: Interval?, _ key: String, tolerance: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try check(
      interval?.lower, key, 0, tolerance: tolerance, sourceLocation: sourceLocation)
    try check(
      interval?.upper, key, 1, tolerance: tolerance, sourceLocation: sourceLocation)
  }
}
