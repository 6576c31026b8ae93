import Model
import Outbound
import Wire

extension StoreError {
  /// The error in a server's answer: with a problem document, the one that a local store would have
  /// thrown.
  /// - Parameter file: The name of the body in errors about a line of it.
  init(_ answer: HTTPAnswer, from address: ServerAddress, hasToken: Bool, file: String? = nil) {
    let status = answer.head.status
    let origin = address.origin
    guard status != 401 else {
      self.init(
        .denied,
        hasToken
          ? "\(origin) does not accept the token in ASSAY_TOKEN: it is unknown, revoked or expired"
          : "\(origin) wants a token: set ASSAY_TOKEN to one that 'assay token create' made there")
      return
    }
    // A gateway that got no answer knows no more than we would, nor does a server that failed after
    // an attempt of which we heard nothing.
    let isUnknown =
      answer.isToChange
      && ([502, 504].contains(status) || status >= 500 && answer.followsInterruption)
    if isUnknown {
      self = .uncertain(
        "what was sent to \(origin)",
        because: StoreError(.unavailable, "it answers with status \(status)"),
        advice: "look whether it is there before you send it again")
    } else if let problem = Self.problem(answer) {
      self.init(problem, file: file)
    } else if let target = answer.head["Location"], (300..<400).contains(status) {
      self.init(
        .usage, "\(origin) sends to \(Self.printable(target)): name that address as the store"
      )
    } else {
      self.init(
        Self.kind(status: status),
        "\(origin) answers with status \(status), not as an Assay server does: check the address")
    }
  }

  /// The error in a problem document.
  init(_ problem: ProblemDocument, file: String? = nil) {
    let name =
      problem.type.hasPrefix(ProblemDocument.typePrefix)
      ? String(problem.type.dropFirst(ProblemDocument.typePrefix.count)) : ""
    let kind = Kind(rawValue: name) ?? Self.kind(status: problem.status)
    // What is wrong with a body as a whole has no line.
    let isAboutFile = problem.line != nil || kind == .invalid && file != nil
    self.init(
      kind, problem.detail,
      at: isAboutFile ? Location(file: file, line: problem.line, column: problem.column) : nil)
    if problem.mayBeSaved == true { detail = .mayBeSaved }
  }

  private static func problem(_ answer: HTTPAnswer) -> ProblemDocument? {
    guard answer.head["Content-Type"]?.hasPrefix("application/problem+json") == true else {
      return nil
    }
    // An unreadable body is reported by its status only.
    return try? Documents.decode(ProblemDocument.self, from: answer.body)
  }

  private static func kind(status: Int) -> Kind {
    switch status {
    case 403: .denied
    case 404, 410: .missing
    case 409, 412: .conflict
    case 413, 507: .exhausted
    case 422: .invalid
    case 429, 500...: .unavailable
    default: .usage
    }
  }

  /// Text of a stranger without what a terminal would act on, and not too much of it.
  private static func printable(_ text: String) -> String {
    String(decoding: text.utf8.filter { $0 >= 0x20 && $0 < 0x7F }.prefix(200), as: UTF8.self)
  }
}
