import Foundation
import Model

/// A drawing as SVG text: shapes whose looks are classes of the page's style sheet.
struct SVG {
  private var body = ""
  private let width: Double
  private let height: Double
  private let id: String
  private let title: String
  private let description: String

  /// A drawing, which `title` and `description` describe to a reader who cannot see it.
  init(_ id: String, width: Double, height: Double, title: String, description: String) {
    self.id = id
    self.width = width
    self.height = height
    self.title = title
    self.description = description
  }

  /// The element.
  var text: String {
    """
    <svg viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img" \
    aria-labelledby="\(id)-title \(id)-about">
    <title id="\(id)-title">\(Escaping.markup(title))</title>
    <desc id="\(id)-about">\(Escaping.markup(description))</desc>
    \(body)</svg>
    """
  }

  mutating func line(
    _ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double
  ) {
    body += "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" "
    body += "x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>\n"
  }

  /// A dot with a text that pointing at it shows.
  mutating func dot(_ style: String, _ x: Double, _ y: Double, radius: Double = 5, _ tip: String) {
    body += "<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" "
    body += "r=\"\(Self.number(radius))\"><title>\(Escaping.markup(tip))</title></circle>\n"
  }

  /// A square on its corner.
  mutating func diamond(_ style: String, _ x: Double, _ y: Double, _ tip: String) {
    let corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    body += "<polygon class=\"\(style)\" points=\"\(Self.points(corners))\">"
    body += "<title>\(Escaping.markup(tip))</title></polygon>\n"
  }

  mutating func path(_ style: String, through points: [(Double, Double)]) {
    body += "<polyline class=\"\(style)\" points=\"\(Self.points(points))\"/>\n"
  }

  /// A text whose `anchor` (start, middle or end) is at a place.
  mutating func text(_ style: String, _ x: Double, _ y: Double, _ anchor: String, _ text: String) {
    body += "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
    body += "text-anchor=\"\(anchor)\">\(Escaping.markup(text))</text>\n"
  }

  /// A name of at most `width` characters, with the whole of it where it was cut.
  mutating func name(
    _ x: Double, _ y: Double, _ anchor: String, _ name: String, width: Int = 28
  ) {
    guard name.count > width else { return text("name", x, y, anchor, name) }
    body += "<text class=\"name\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
    body += "text-anchor=\"\(anchor)\">\(Escaping.markup(name.prefix(width - 1) + "…"))"
    body += "<title>\(Escaping.markup(name))</title></text>\n"
  }

  private static func points(_ points: [(Double, Double)]) -> String {
    points.map { number($0.0) + "," + number($0.1) }.joined(separator: " ")
  }

  /// Tenths of a pixel are enough.
  private static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
