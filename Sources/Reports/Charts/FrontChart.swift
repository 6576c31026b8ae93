import Wire

/// Cost against quality, with the models that are worth their price joined by a line.
struct FrontChart {
  /// A rectangle that no other text should cross.
  private struct Box {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double

    func meets(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private let front: ReportDocument.Front
  private let tables: ReportSections
  private let costName: String
  private let across: Scale
  private let up: Scale

  private static let width = 760.0
  private static let height = 440.0
  private static let left = 84.0
  private static let right = 716.0
  private static let top = 30.0
  private static let bottom = 372.0

  /// Nil where cost or quality is not known.
  init?(_ document: ReportDocument) {
    guard let front = document.front else { return nil }
    self.front = front
    tables = ReportSections(document)
    costName = tables.cost + " a row"
    across = Scale(
      Self.reach(front.points.map(\.cost)).map { max($0, 0) }, from: Self.left, to: Self.right,
      mayBeLogarithmic: true)
    let qualities = Self.reach(front.points.map(\.quality))
    let isShare = front.points.allSatisfy { (0...1).contains($0.quality.value) }
    up = Scale(qualities, from: Self.bottom, to: Self.top, bounds: isShare ? 0...1 : nil)
  }

  /// All numbers and their bounds, as far as bounds do not dwarf what the numbers say.
  private static func reach(_ estimates: [EstimateDocument]) -> [Double] {
    let values = estimates.map(\.value)
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
    let room = (greatest - least) / 4
    let bounds = estimates.flatMap { [$0.lower, $0.upper].compactMap { $0 } }
    guard room > 0 else { return values + bounds }
    return values + bounds.map { min(max($0, least - room), greatest + room) }
  }

  var svg: SVG {
    let descriptions = front.points.map { point in
      "\(point.model): cost \(Figures.number(point.cost.value)), "
        + "\(tables.quality) \(tables.figure(point.quality.value)), \(ReportSections.standing(point))"
    }
    var svg = SVG(
      "front", width: Self.width, height: Self.height,
      title: "Cost and quality of each model, with the Pareto front",
      description: descriptions.joined(separator: "; "))
    axes(&svg)
    let places = front.points.map { (across.place($0.cost.value), up.place($0.quality.value)) }
    path(&svg)
    for (point, place) in zip(front.points, places) { whiskers(&svg, point, place) }
    for (index, point) in front.points.enumerated() {
      let (x, y) = places[index]
      let style = point.isOnFront ? (point.isClear ? "dot" : "dot open-dot") : "dot faint"
      svg.dot(style, x, y, radius: 6, descriptions[index])
    }
    labels(&svg, places)
    return svg
  }

  private func axes(_ svg: inout SVG) {
    for tick in across.ticks {
      let x = across.place(tick)
      svg.line("grid", x, Self.top, x, Self.bottom)
      svg.text("tick", x, Self.bottom + 20, "middle", Figures.number(tick))
    }
    for tick in up.ticks {
      let y = up.place(tick)
      svg.line("grid", Self.left, y, Self.right, y)
      svg.text("tick", Self.left - 10, y + 4, "end", tables.figure(tick))
    }
    svg.line("axis", Self.left, Self.bottom, Self.right, Self.bottom)
    svg.line("axis", Self.left, Self.top, Self.left, Self.bottom)
    let scale = across.kind == .logarithmic ? " (logarithmic)" : ""
    svg.text(
      "label", (Self.left + Self.right) / 2, Self.bottom + 48, "middle", costName + scale)
    svg.text("label", 8, 16, "start", tables.quality)
  }

  /// The best quality for a cost, as steps: between two models there is nothing to buy.
  private func path(_ svg: inout SVG) {
    let best = front.points.filter(\.isOnFront)
    var points: [(Double, Double)] = []
    for point in best {
      let (x, y) = (across.place(point.cost.value), up.place(point.quality.value))
      points.append((x, points.last?.1 ?? Self.bottom))
      points.append((x, y))
    }
    if let last = points.last { points.append((Self.right, last.1)) }
    svg.path("front", through: points)
  }

  private func whiskers(
    _ svg: inout SVG, _ point: ReportDocument.Point, _ place: (Double, Double)
  ) {
    let (x, y) = place
    if let lower = point.cost.lower, let upper = point.cost.upper {
      svg.line("whisker", across.place(lower), y, across.place(upper), y)
    }
    if let lower = point.quality.lower, let upper = point.quality.upper {
      svg.line("whisker", x, up.place(lower), x, up.place(upper))
    }
  }

  /// Names beside their dots, those on the front first, where they cross neither another name nor a
  /// dot; a name without such a place is left to the table.
  private func labels(_ svg: inout SVG, _ places: [(Double, Double)]) {
    var taken = places.map { Box(left: $0.0 - 7, top: $0.1 - 7, right: $0.0 + 7, bottom: $0.1 + 7) }
    let all = Array(zip(front.points, places))
    for (point, (x, y)) in all.filter(\.0.isOnFront) + all.filter({ !$0.0.isOnFront }) {
      let length = Double(min(point.model.count, 28)) * 7.2
      let spots: [(x: Double, y: Double, anchor: String, left: Double)] = [
        (x + 12, y - 6, "start", x + 12), (x - 12, y - 6, "end", x - 12 - length),
        (x + 12, y + 18, "start", x + 12), (x - 12, y + 18, "end", x - 12 - length),
        (x, y - 16, "middle", x - length / 2), (x, y + 28, "middle", x - length / 2),
        (x + 12, y - 22, "start", x + 12), (x - 12, y - 22, "end", x - 12 - length),
      ]
      func box(_ spot: (x: Double, y: Double, anchor: String, left: Double)) -> Box {
        Box(left: spot.left, top: spot.y - 12, right: spot.left + length, bottom: spot.y + 4)
      }
      let free = spots.first { spot in
        let own = box(spot)
        return own.left >= Self.left + 4 && own.right <= Self.width - 2
          && !taken.contains { $0.meets(own) }
      }
      guard let spot = free ?? (point.isOnFront ? spots[0] : nil) else { continue }
      taken.append(box(spot))
      svg.name(spot.x, spot.y, spot.anchor, point.model)
    }
  }
}
