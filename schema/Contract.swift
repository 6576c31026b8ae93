/// The contract of the REST API, embedded in the program.
package enum Contract {
  /// `openapi.yaml`, in UTF-8.
  package static var openAPI: [UInt8] { PackageResources.openapi_yaml }
  /// The JSON Schema of rule documents, in UTF-8.
  package static var routeRules: [UInt8] { PackageResources.route_rules_json }
}
