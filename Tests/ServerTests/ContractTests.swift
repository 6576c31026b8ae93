import Contract
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import NIOCore
import Server
import Service
import Synchronization
import TestSupport
import Testing
import Wire

/// The contract and the routes, held against each other.
@Suite struct ContractTests {
  /// The operations of `openapi.yaml`, found by its indentation.
  private static let documented: Set<[String]> = {
    var operations: Set<[String]> = []
    var path = ""
    var method = ""
    var isInPaths = false
    let lines = String(decoding: Contract.openAPI, as: UTF8.self).split(separator: "\n")
    for line in lines {
      if !line.hasPrefix(" ") { isInPaths = line == "paths:" }
      guard isInPaths else { continue }
      let text = line.drop { $0 == " " }
      switch line.count - text.count {
      case 2 where text.hasPrefix("/"): path = String(text.dropLast())
      case 4: method = text.dropLast().uppercased()
      case 6 where text.hasPrefix("operationId: "):
        operations.insert([method, path, String(text.dropFirst(13))])
      default: break
      }
    }
    return operations
  }()

  @Test func `every operation of the contract has its route, and no route is without one`() throws {
    let fixture = try ServerFixture()
    let routes = Set(fixture.server.operations.map { [$0.method, $0.path, $0.operation] })
    // HEAD is described where it tells more than the headers of GET, and comes with GET.
    let documented = Self.documented.filter { $0[0] != "HEAD" }
    #expect(documented.count > 20)
    for operation in Self.documented.subtracting(documented) {
      #expect(routes.contains { $0[0] == "GET" && $0[1] == operation[1] }, "\(operation)")
    }
    #expect(routes.subtracting(documented) == [])
    #expect(documented.subtracting(routes) == [])
  }

  @Test func `the contract is served as it is`() async throws {
    let fixture = try ServerFixture()
    let response = try await fixture.send(.get, "/openapi.yaml")
    #expect(response.status == .ok)
    #expect(response.headers[.contentType] == "application/yaml")
    #expect(Array(response.body.readableBytesView) == Contract.openAPI)
  }

  @Test func `a path that is none is 404, and a method that is none 405 with those that are`()
    async throws
  {
    let fixture = try ServerFixture()
    let nowhere = try await fixture.send(.get, "/v1/nowhere")
    #expect(nowhere.status == .notFound)
    #expect(try ServerFixture.problem(nowhere).type.hasSuffix("/missing"))
    let wrong = try await fixture.send(.patch, "/v1/datasets/runs/versions")
    #expect(wrong.status == .methodNotAllowed)
    #expect(wrong.headers[.allow] == "GET, HEAD, POST")
    let data = try await fixture.send(.delete, "/v1/datasets/runs/versions/3/data.csv")
    #expect(data.status == .methodNotAllowed)
    #expect(data.headers[.allow] == "GET, HEAD")
    for uri in ["/v1//datasets", "/v1/datasets/", "//healthz", "/ofrep/v1/evaluate/flags/"] {
      #expect(try await fixture.send(.get, uri).status == .notFound, "\(uri)")
    }
  }

  @Test func `every path that answers GET answers HEAD alike, without the body`() async throws {
    let fixture = try ServerFixture()
    let paths = fixture.server.operations.filter { $0.method == "GET" }.map(\.path)
    #expect(paths.count > 20)
    for path in paths {
      let uri = path.replacing("{name}", with: "runs").replacing("{ref}", with: "3")
        .replacing("{ext}", with: "csv").replacing("{a}", with: "1").replacing("{b}", with: "2")
        .replacing(/\{[a-z]+\}/, with: "x")
      let (get, head) = (
        try await fixture.send(.get, uri), try await fixture.send(.head, uri)
      )
      #expect(head.status == get.status, "\(uri)")
      #expect(head.body.readableBytes == 0, "\(uri)")
      for name in [HTTPField.Name.contentType, .eTag, .cacheControl] {
        #expect(head.headers[name] == get.headers[name], "\(uri)")
      }
      // What the metrics count moves with each request.
      if path != "/metrics" {
        #expect(head.headers[.contentLength] == get.headers[.contentLength], "\(uri)")
      }
    }
  }
}
