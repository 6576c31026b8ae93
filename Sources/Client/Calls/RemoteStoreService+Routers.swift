package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  private static func router(_ name: DatasetName, _ below: String...) -> Resource {
    Resource(["v1", "routers", name.text] + below)
  }

  package func pushRules(
    _ name: DatasetName, _ document: [UInt8], _ request: RulesPushRequest
  ) throws(StoreError) -> RulesPushDocument {
    var resource = Self.router(name, "versions")
    resource.add("message", request.message.isEmpty ? nil : request.message)
    resource.add("author", request.author.isEmpty ? nil : request.author)
    resource.add("expect", request.expect.map(String.init))
    resource.add("dry_run", request.isDryRun ? "true" : nil)
    return try self.document(
      RulesPushDocument.self, HTTPRequest(.post, resource, json: document).changing())
  }

  package func ruleSet(_ reference: Reference) throws(StoreError) -> RuleSetDocument {
    let resource = Self.router(reference.dataset, "versions", reference.selectorText)
    return try document(RuleSetDocument.self, HTTPRequest(.get, resource))
  }

  package func router(_ name: DatasetName) throws(StoreError) -> RouterDocument {
    try document(RouterDocument.self, HTTPRequest(.get, Self.router(name)))
  }

  package func deployments(
    of name: DatasetName, limit: Int?
  ) throws(StoreError) -> [DeploymentDocument] {
    try list(DeploymentDocument.self, Self.router(name, "deployments"), limit: limit)
  }

  package func deploy(
    _ name: DatasetName, _ request: DeployRequest
  ) throws(StoreError) -> DeploymentDocument {
    let body = Documents.encode(request)
    return try document(
      DeploymentDocument.self,
      HTTPRequest(.post, Self.router(name, "deployments"), json: body).changing())
  }

  package func rollback(
    _ name: DatasetName, _ request: RollbackRequest
  ) throws(StoreError) -> DeploymentDocument {
    let body = Documents.encode(request)
    return try document(
      DeploymentDocument.self,
      HTTPRequest(.post, Self.router(name, "rollback"), json: body).changing())
  }

  package func compareRules(
    _ old: Reference, _ new: Reference, _ request: RuleDiffRequest
  ) throws(StoreError) -> RuleDiffDocument {
    guard old.dataset == new.dataset else {
      throw StoreError(.usage, "rule sets are compared with versions of the same router")
    }
    var resource = Self.router(old.dataset, "diff", old.selectorText, new.selectorText)
    resource.add("rows", request.rows?.description)
    resource.add("limit", String(request.limit))
    return try document(RuleDiffDocument.self, HTTPRequest(.get, resource))
  }

  package func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8] {
    var body = Array("{\"dry\":true,".utf8)
    if let version {
      body += Array("\"version\":".utf8) + Documents.encode(version) + Array(",".utf8)
    }
    body += Array("\"context\":".utf8) + context + Array("}".utf8)
    return try send(HTTPRequest(.post, Self.router(name, "evaluate"), json: body)).body
  }
}
