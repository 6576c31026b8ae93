import Wire

/// The sentence about one metric.
struct MetricSentence {
  private let metric: MetricDocument
  /// The number of tests that were counted in.
  private let tests: Int

  init(_ metric: MetricDocument, tests: Int) {
    self.metric = metric
    self.tests = tests
  }

  /// The format of a change: points of per cent for rates, per cent where it is relative.
  static func change(_ scale: GateResult.Scale) -> (Double) -> String {
    { value in
      switch scale {
      case .share: Figures.signed(Figures.percent(value).replacingLast("%", with: "pp"))
      case .number: Figures.signed(Figures.number(value))
      case .relative: Figures.signed(Figures.percent(value))
      }
    }
  }

  private func value(_ estimate: EstimateDocument?) -> String {
    guard let estimate else { return "" }
    return metric.scale == .binary
      ? Figures.percent(estimate.value) : Figures.number(estimate.value)
  }

  private var verdict: String {
    switch metric.verdict {
    case .better: "better"
    case .worse: "WORSE"
    case .unclear: "no difference shown"
    case .noData: "no data"
    }
  }

  private var changed: String {
    guard let difference = metric.difference else { return "" }
    let form = Self.change(metric.scale == .binary ? .share : .number)
    return "\(form(difference.value)) \(Figures.interval(difference, form))"
  }

  /// A size without a sign.
  private func size(_ value: Double) -> String {
    metric.scale == .binary
      ? Figures.percent(value).replacingLast("%", with: "pp") : Figures.number(value)
  }

  /// The smallest difference that so many items would have shown with a chance of 80 %; nil where
  /// that is not known.
  var detectable: String? { metric.detectable.map(size) }

  /// The verdict, by how much, whether it is noise, and what so many items could have shown.
  var text: String {
    guard metric.verdict != .noData else { return "\(metric.metric): no data" }
    var text = "\(metric.metric): \(verdict), \(value(metric.base)) → \(value(metric.candidate))"
    text += ", by \(changed)"
    if let test = metric.test {
      text += ", \(Figures.pValue(test.pValue))"
      if let adjusted = metric.adjustedPValue, tests > 1 {
        text += " (\(Figures.pValue(adjusted)) with \(tests) tests)"
      }
    }
    if metric.verdict == .unclear, let detectable = metric.detectable {
      text += "; \(metric.items) items would have shown \(size(detectable)) or more"
    }
    return text
  }

  /// The cells of the table of differences.
  var cells: [String] {
    [
      metric.metric, String(metric.items), String(metric.wins), String(metric.losses),
      String(metric.ties), changed,
      metric.test.map { "\($0.name), \(Figures.pValue($0.pValue))" } ?? "",
      metric.adjustedPValue.map(Figures.pValue) ?? "",
      metric.effect.map { "\($0.name) \(Figures.number($0.value))" } ?? "",
      metric.detectable.map { size($0) } ?? "",
    ]
  }

  /// The cells of a part of the items.
  var shortCells: [String] {
    [metric.metric, value(metric.base), value(metric.candidate), changed, verdict]
  }
}

extension String {
  /// With the last `text` replaced.
  func replacingLast(_ text: Character, with other: String) -> String {
    guard let place = lastIndex(of: text) else { return self }
    return self[..<place] + other + self[index(after: place)...]
  }
}
