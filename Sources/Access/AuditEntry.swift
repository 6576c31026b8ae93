package import Model

/// A line of the audit log: who changed what, and when.
package struct AuditEntry: Codable, Sendable, Hashable {
  package let time: Timestamp
  /// The id of their token; nil for a user of this machine.
  package let token: String?
  package let name: String
  /// The operation, as `schema/openapi.yaml` calls it.
  package let operation: String
  /// The object of the action: a dataset, a token, a file.
  package let target: String
  /// The result of the action: a reference, a digest.
  package let result: String?
  package let requestID: String

  /// An entry with all its members.
  package init(
    time: Timestamp, caller: Caller, operation: String, target: String, result: String?,
    requestID: String
  ) {
    self.time = time
    token = caller.tokenID
    name = caller.name
    self.operation = operation
    self.target = target
    self.result = result
    self.requestID = requestID
  }
}
