import Model

/// A measurement that something outside this process makes: a program, a model or people.
///
/// This module has its configuration, the question, and the reading of answers: pure functions. The
/// caller starts programs and calls models.
package protocol OutsideScorer: Measure {}

extension Score {
  /// The parts of a score that a program wrote; nil for a value that is neither a number nor a yes
  /// or no.
  static func parts(_ members: JSON.Object) -> [Part]? {
    var parts: [Part] = []
    for member in members.members {
      guard let value = Value(member.value) else { return nil }
      parts.append(Part(name: member.name, value: value))
    }
    return parts
  }
}

extension Score.Value {
  /// A number or a yes or no; nil for anything else.
  init?(_ json: JSON) {
    if case .bool(let bool) = json {
      self = .bool(bool)
    } else if let number = json.double, number.isFinite {
      self = .number(number)
    } else {
      return nil
    }
  }
}
