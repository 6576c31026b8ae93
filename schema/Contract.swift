private import CContract

/// The contract of the REST API, embedded in the program.
package enum Contract {
  /// `openapi.yaml`, in UTF-8.
  package static let openAPI = unsafe bytes(assay_openapi)
  /// The JSON Schema of rule documents, in UTF-8.
  package static let routeRules = unsafe bytes(assay_route_rules)

  /// The bytes of an embedded file, which are there as long as the program is.
  private static func bytes(
    _ file: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>?
  ) -> [UInt8] {
    var count = 0
    let start = unsafe withUnsafeMutablePointer(to: &count) { unsafe file($0) }
    return unsafe Array(UnsafeBufferPointer(start: start, count: count))
  }
}
