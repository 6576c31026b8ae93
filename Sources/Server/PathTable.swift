import HTTPTypes
import Hummingbird
import Model

/// The paths of all routes with their methods, for requests that no route answers.
struct PathTable: Sendable {
  private let rows: [(segments: [Substring], methods: [HTTPRequest.Method])]

  /// The paths of `routes`.
  init(_ routes: [Route]) {
    let paths = Dictionary(grouping: routes, by: \.path)
    rows = paths.map { path, routes in (Self.segments(path), routes.flatMap(\.methods)) }
  }

  /// The problem of a missing route: 405 when another method would have one, else 404.
  func problem(for request: Request) -> HTTPProblem {
    let segments = Self.segments(request.uri.path)
    let methods = rows.filter { Self.matches($0.segments, segments) }.flatMap(\.methods)
    guard !methods.isEmpty, !segments.contains("") else {
      return HTTPProblem(
        .notFound, .missing, "there is nothing at this path; /openapi.yaml lists the paths")
    }
    let allowed = Set(methods.map(\.rawValue)).sorted().joined(separator: ", ")
    var problem = HTTPProblem(
      .methodNotAllowed, .usage, "this path takes \(allowed), not \(request.method.rawValue)")
    problem.headers[.allow] = allowed
    return problem
  }

  /// Returns true when a path has two slashes side by side, or one at its end.
  static func hasEmptySegments(_ path: String) -> Bool { segments(path).contains("") }

  /// The segments of a path between its slashes, after the first.
  private static func segments(_ path: String) -> [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func matches(_ template: [Substring], _ path: [Substring]) -> Bool {
    template.count == path.count
      && zip(template, path).allSatisfy { part, segment in
        guard let brace = part.firstIndex(of: "{") else { return part == segment }
        return segment.hasPrefix(part[..<brace])
      }
  }
}
