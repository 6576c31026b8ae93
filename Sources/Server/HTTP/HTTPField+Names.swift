import HTTPTypes

extension HTTPField.Name {
  // Of requests.

  /// The name of a request in logs, also in its answer.
  static let xRequestID = Self.own("X-Request-Id")
  static let idempotencyKey = Self.own("Idempotency-Key")
  static let secFetchSite = Self.own("Sec-Fetch-Site")
  static let secFetchMode = Self.own("Sec-Fetch-Mode")
  static let secFetchDest = Self.own("Sec-Fetch-Dest")
  /// The trace that a request is part of (https://www.w3.org/TR/trace-context/).
  static let traceparent = Self.own("traceparent")
  /// The reason why ``RequestHeadRules`` refuses a request; it never comes from outside.
  static let requestFault = Self.own("Assay-Request-Fault")

  // Of answers.

  static let wwwAuthenticate = Self.own("WWW-Authenticate")
  static let assayRows = Self.own("Assay-Rows")
  static let assayVersion = Self.own("Assay-Version")
  static let assayDiffers = Self.own("Assay-Differs")
  static let assayChanges = Self.own("Assay-Changes")
  static let assayCutShort = Self.own("Assay-Cut-Short")
  static let assayNotes = Self.own("Assay-Notes")
  static let uploadOffset = Self.own("Upload-Offset")
  static let reprDigest = Self.own("Repr-Digest")
  /// The version of the rules that decided.
  static let routeVersion = Self.own("X-Route-Version")

  private static func own(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header") }
    return name
  }
}
