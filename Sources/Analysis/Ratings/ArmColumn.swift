/// The columns that name the arm of an output, such as its model.
package enum ArmColumn {
  private static let arms: Set = [
    "model", "models", "modelid", "modelname", "modelversion", "target", "provider", "vendor",
    "arm", "engine", "deployment", "candidate", "variant", "checkpoint", "llm",
  ]
  /// Words behind such a word that leave its meaning as it is: `model_name`, `output_model_id`.
  private static let traits: Set = [
    "id", "ids", "name", "names", "version", "revision", "snapshot", "label", "tag", "key", "slug",
    "family", "used", "a", "b", "left", "right",
  ]

  /// Returns true when a column of this name identifies the arm of an output: some word of it names
  /// an arm, and none behind it is of something else, as in `model_output`.
  package static func isNamed(_ column: String) -> Bool {
    let words = MetricDirection.words(of: column).map { word in
      word.allSatisfy(\.isNumber) ? word : String(word.trimmingSuffix(while: \.isNumber))
    }
    guard let place = words.lastIndex(where: { arms.contains($0) || $0.hasSuffix("model") }) else {
      return arms.contains(Comparability.plain(column))
    }
    return words[(place + 1)...].allSatisfy { traits.contains($0) || $0.allSatisfy(\.isNumber) }
  }
}

extension String {
  /// Without the characters at its end that meet a condition.
  fileprivate func trimmingSuffix(while isLeftOut: (Character) -> Bool) -> Substring {
    self[..<(lastIndex { !isLeftOut($0) }.map { index(after: $0) } ?? startIndex)]
  }
}
