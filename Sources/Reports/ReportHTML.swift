import Model
package import Wire

/// A report as one page of HTML that needs nothing else: no script, no font, no picture from afar.
package enum ReportHTML {
  /// The page of a report.
  package static func page(_ document: ReportDocument, volume: ReportVolume? = nil) -> String {
    let sections = ReportSections(document, volume: volume)
    return page(
      sections.title, lead: sections.lead,
      sections.all.map { text($0, of: document) }.joined() + footer(document))
  }

  /// A page of sentences and tables, with the versions that it is made of.
  package static func page(_ page: ReportPage, sources: [ComparisonDocument.Source]) -> String {
    let sections = page.sections.map { section in
      let notes = section.lines.map { "<p class=\"quiet\">\(Escaping.markup($0))</p>\n" }.joined()
      return """
        <section>
        <h2>\(Escaping.markup(section.title))</h2>
        \(section.rows.isEmpty ? "" : table(section))\(notes)</section>

        """
    }
    let names = sources.map { source in
      "<p>\(Escaping.markup(source.reference)) · <code>\(source.snapshot)</code></p>\n"
    }
    return self.page(
      page.title, lead: page.lead,
      sections.joined() + "<footer>\n\(names.joined())</footer>\n")
  }

  private static func page(_ title: String, lead: [String], _ body: String) -> String {
    let title = Escaping.markup(title)
    let lead = lead.map { "<p class=\"quiet\">\(Escaping.markup($0))</p>\n" }.joined()
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(title)</h1>
      \(lead)</header>
      \(body)</main>
      </body>
      </html>

      """
  }

  /// A section with its charts, if it has any.
  private static func text(_ section: ReportPage.Section, of document: ReportDocument) -> String {
    var drawn = ""
    let sections = ReportSections(document)
    if section.title == sections.models.title {
      let charts = ReportCharts(document)
      drawn =
        figure(charts.success, "The dot is the estimate, the line its interval.")
        + figure(
          charts.latency,
          "\u{25CF} is the median, \u{25C6} the 95th percentile, the thin lines are their intervals; "
            + "a dotted line has no upper bound.")
    } else if section.title == sections.front?.title {
      drawn = figure(
        FrontChart(document)?.svg,
        "The line is the best there is for a cost. Hollow: too few rows to be sure. Grey: another "
          + "model is at least as good for at most the cost.")
    }
    let notes = section.lines.map { "<p class=\"quiet\">\(Escaping.markup($0))</p>\n" }.joined()
    return """
      <section>
      <h2>\(Escaping.markup(section.title))</h2>
      \(drawn)\(table(section))\(notes)</section>

      """
  }

  private static func figure(_ svg: SVG?, _ caption: String) -> String {
    guard let svg else { return "" }
    return
      "<figure>\n\(svg.text)\n<figcaption>\(Escaping.markup(caption))</figcaption>\n</figure>\n"
  }

  private static func table(_ section: ReportPage.Section) -> String {
    // A column of numbers stands to the right; what is not known does not change that.
    let isNumber = section.columns.indices.map { column in
      column > 0
        && section.rows.contains { $0[column].first?.isNumber ?? false }
        && section.rows.allSatisfy { row in
          row[column].first?.isNumber ?? true || "−nu".contains(row[column].prefix(1))
        }
    }
    func style(_ column: Int) -> String { isNumber[column] ? " class=\"number\"" : "" }
    let head = section.columns.enumerated().map { place, title in
      "<th scope=\"col\"\(style(place))>\(Escaping.markup(title))</th>"
    }.joined()
    let rows = section.rows.map { cells in
      let text = cells.enumerated().map { place, cell in
        place == 0
          ? "<th scope=\"row\">\(Escaping.markup(cell))</th>"
          : "<td\(style(place))>\(Escaping.markup(cell))</td>"
      }.joined()
      return "<tr>\(text)</tr>\n"
    }.joined()
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(Escaping.markup(section.title))">
      <table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }

  private static func footer(_ document: ReportDocument) -> String {
    let roles = MetricRoles.Role.allCases.compactMap { role in
      document.roles[role].map { "\(role.rawValue) is \($0)" }
    }
    return """
      <footer>
      <p>\(Escaping.markup(document.source.reference)) · \
      <code>\(document.source.snapshot)</code></p>
      <p>\(Escaping.markup(roles.joined(separator: ", ")))</p>
      </footer>

      """
  }

  /// Colours hold a contrast of 4.5 to 1 for text and 3 to 1 for shapes, on light and on dark.
  private static let style = """
    :root {
      --page: #fbfbfa; --card: #ffffff; --ink: #1c1d1f; --quiet: #5b5f66; --rule: #e3e4e6;
      --mark: #1f5fbf; --far: #a8480f; --faint: #7d828a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #141518; --card: #1c1e22; --ink: #ececee; --quiet: #a4a8b0; --rule: #34373d;
        --mark: #7db1ff; --far: #f2a26b; --faint: #8a9099;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
    }
    main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.15rem; margin: 0 0 1rem; }
    section {
      background: var(--card); border: 1px solid var(--rule); border-radius: 12px;
      padding: 1.5rem; margin-top: 1.5rem;
    }
    .quiet, figcaption, footer { color: var(--quiet); font-size: .875rem; }
    .quiet { margin: .75rem 0 0; }
    header .quiet { margin: 0; }
    figure { margin: 0 0 1.5rem; }
    figcaption { margin-top: .25rem; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .9rem; }
    th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--rule); vertical-align: top; }
    thead th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
    tbody th { font-weight: 600; white-space: nowrap; }
    tbody tr:last-child > * { border-bottom: 0; }
    th:first-child, td:first-child { padding-left: 0; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    ul { margin: 0; padding-left: 1.2rem; }
    footer { margin-top: 2rem; overflow-wrap: anywhere; }
    footer p { margin: .25rem 0; }
    code { font: .85em ui-monospace, SFMono-Regular, Menlo, monospace; }
    svg text { fill: var(--ink); font-size: 13px; }
    svg .tick, svg .label { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .axis { stroke: var(--faint); stroke-width: 1; }
    .dot { fill: var(--mark); stroke: var(--card); stroke-width: 1.5; }
    .open-dot { fill: var(--card); stroke: var(--mark); stroke-width: 2.5; }
    .faint { fill: var(--faint); }
    .far { fill: var(--far); stroke: var(--card); stroke-width: 1.5; }
    .whisker { stroke: var(--faint); stroke-width: 2; }
    .open { stroke: var(--faint); stroke-width: 2; stroke-dasharray: 2 5; }
    .span { stroke: var(--rule); stroke-width: 8; stroke-linecap: round; }
    .front { fill: none; stroke: var(--mark); stroke-width: 2; stroke-linejoin: round; opacity: .55; }
    @media print { body { background: #fff; } section { break-inside: avoid; } }
    """
}
