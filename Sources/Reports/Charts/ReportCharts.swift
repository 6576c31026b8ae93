import Wire

/// The charts of a report: what its tables say, drawn.
struct ReportCharts {
  private let document: ReportDocument
  private let tables: ReportSections

  private static let width = 760.0
  private static let left = 230.0
  private static let right = 700.0
  private static let rowHeight = 30.0
  private static let top = 14.0

  init(_ document: ReportDocument) {
    self.document = document
    tables = ReportSections(document)
  }

  /// Success of each model as a dot on its interval.
  var success: SVG? {
    let rows = document.models.compactMap { entry in
      entry.summary.success.map { (entry.model, $0) }
    }
    guard !rows.isEmpty else { return nil }
    let values = rows.flatMap { [$0.1.value] + [$0.1.lower, $0.1.upper].compactMap { $0 } }
    let isShare = values.allSatisfy { (0...1).contains($0) }
    let scale = Scale(
      values, from: Self.left,
      to: Self.right, bounds: isShare ? 0...1 : nil, startsAtZero: isShare)
    var svg = SVG(
      "success", width: Self.width, height: Self.height(rows.count),
      title: "\(tables.quality) of each model",
      description: rows.map { "\($0.0): \(tables.success($0.1))" }.joined(separator: "; "))
    axis(&svg, scale, rows: rows.count, tables.figure)
    for (place, (model, estimate)) in rows.enumerated() {
      let y = Self.y(place)
      svg.name(Self.left - 14, y + 4, "end", model)
      interval(&svg, scale, estimate, y)
      svg.dot("dot", scale.place(estimate.value), y, "\(model): \(tables.success(estimate))")
    }
    return svg
  }

  /// The latency of each model from its median to its 95th percentile.
  var latency: SVG? {
    let rows = document.models.compactMap { entry in
      entry.summary.latency.map { (entry.model, $0) }
    }
    guard !rows.isEmpty else { return nil }
    let estimates = rows.flatMap { [$0.1.p50, $0.1.p95] }
    let scale = Scale(
      estimates.flatMap { [$0.value] + [$0.lower, $0.upper].compactMap { $0 } }, from: Self.left,
      to: Self.right, startsAtZero: true, mayBeLogarithmic: true)
    var svg = SVG(
      "latency", width: Self.width, height: Self.height(rows.count),
      title: "Latency of each model, p50 and p95",
      description: rows.map { model, latency in
        "\(model): p50 \(Figures.number(latency.p50.value)), p95 \(Figures.number(latency.p95.value))"
      }.joined(separator: "; "))
    axis(&svg, scale, rows: rows.count, Figures.number)
    for (place, (model, latency)) in rows.enumerated() {
      let y = Self.y(place)
      svg.name(Self.left - 14, y + 4, "end", model)
      svg.line("span", scale.place(latency.p50.value), y, scale.place(latency.p95.value), y)
      interval(&svg, scale, latency.p50, y)
      interval(&svg, scale, latency.p95, y)
      for (name, estimate) in [("p50", latency.p50), ("p95", latency.p95)] {
        let bounds = Figures.interval(estimate, Figures.number)
        let tip = "\(model): \(name) \(Figures.number(estimate.value)) \(bounds)"
        let x = scale.place(estimate.value)
        if name == "p50" { svg.dot("dot", x, y, tip) } else { svg.diamond("far", x, y, tip) }
      }
    }
    return svg
  }

  private static func height(_ rows: Int) -> Double { top + Double(rows) * rowHeight + 34 }

  private static func y(_ row: Int) -> Double { top + (Double(row) + 0.5) * rowHeight }

  private func axis(_ svg: inout SVG, _ scale: Scale, rows: Int, _ write: (Double) -> String) {
    let bottom = Self.top + Double(rows) * Self.rowHeight
    for tick in scale.ticks {
      let x = scale.place(tick)
      svg.line("grid", x, Self.top, x, bottom)
      svg.text("tick", x, bottom + 20, "middle", write(tick))
    }
    svg.line("axis", Self.left, bottom, Self.right, bottom)
  }

  /// An interval with ends; one without an upper bound fades out at the edge.
  private func interval(
    _ svg: inout SVG, _ scale: Scale, _ estimate: EstimateDocument, _ y: Double
  ) {
    let value = scale.place(estimate.value)
    if let lower = estimate.lower.map(scale.place) {
      svg.line("whisker", lower, y, value, y)
      svg.line("whisker", lower, y - 5, lower, y + 5)
    }
    if let upper = estimate.upper.map(scale.place) {
      svg.line("whisker", value, y, upper, y)
      svg.line("whisker", upper, y - 5, upper, y + 5)
    } else if estimate.lower != nil {
      svg.line("open", value, y, Self.right, y)
    }
  }
}
