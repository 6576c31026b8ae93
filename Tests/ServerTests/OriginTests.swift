import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import Server
import Synchronization
import Testing
import Wire

/// What pages in a browser may ask for.
@Suite(.timeLimit(.minutes(2))) struct OriginTests {
  private static let site = name("Sec-Fetch-Site")
  private static let mode = name("Sec-Fetch-Mode")
  private static let dest = name("Sec-Fetch-Dest")

  private static func name(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header") }
    return name
  }

  private static let navigation: HTTPFields = [
    site: "cross-site", mode: "navigate", dest: "document",
  ]

  /// Routes of every kind of access.
  private static let routes: [(HTTPRequest.Method, String)] = [
    (.get, "/healthz"), (.get, "/openapi.yaml"), (.get, "/metrics"), (.get, "/v1/datasets"),
    (.get, "/v1/datasets/runs/versions/3/data.csv"), (.post, "/v1/query"), (.post, "/v1/tokens"),
    (.post, "/v1/datasets/runs/versions?format=csv"), (.delete, "/v1/datasets/runs/tags/a"),
    (.post, "/v1/reindex"), (.get, "/nothing"), (.put, "/v1/datasets/runs/tags/a"),
    (.post, "/ofrep/v1/evaluate/flags"),
  ]

  @Test(arguments: [false, true])
  func `a page of another site gets nothing from any route`(hasToken: Bool) async throws {
    let fixture = try ServerFixture()
    let token = hasToken ? try fixture.secret(.admin) : nil
    for (method, uri) in Self.routes {
      for fields: HTTPFields in [
        [Self.site: "cross-site"], [Self.site: "Cross-Site"], [Self.site: "other"],
        [Self.site: "none, cross-site"], [Self.site: ""], [.origin: "https://evil.example"],
        [.origin: "null"], [.origin: "http://127.0.0.1.evil.example"], [.origin: "http://"],
        [Self.site: "cross-site", Self.mode: "navigate", Self.dest: "iframe"],
        [Self.site: "cross-site", Self.mode: "no-cors", Self.dest: "document"],
        [Self.site: "cross-site", Self.mode: "navigate"],
        [Self.site: "cross-site", .origin: "http://localhost"],
      ] {
        var fields = fields
        if let token { fields[.authorization] = "Bearer \(token)" }
        let response = try await fixture.send(method, uri, fields)
        #expect(response.status == .forbidden, "\(method) \(uri) \(fields)")
      }
      guard method != .get else { continue }
      // A form that leads here is no click on a link.
      let form = try await fixture.send(method, uri, Self.navigation)
      #expect(form.status == .forbidden, "\(method) \(uri)")
    }
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test func `a link elsewhere may lead here, and the server's own pages may ask`() async throws {
    let fixture = try ServerFixture()
    let uri = "/v1/datasets"
    for fields: HTTPFields in [
      Self.navigation, [Self.site: "same-origin"], [Self.site: "none"], [:],
    ] {
      #expect(try await fixture.send(.get, uri, fields).status == .ok, "\(fields)")
    }
  }

  @Test func `another port of this machine needs a token`() async throws {
    let fixture = try ServerFixture()
    let fields: HTTPFields = [Self.site: "same-site"]
    #expect(try await fixture.send(.get, "/v1/datasets", fields).status == .forbidden)
    #expect(try await fixture.send(.get, "/healthz", fields).status == .ok)
    var known = fields
    known[.authorization] = "Bearer \(try fixture.secret(.read))"
    #expect(try await fixture.send(.get, "/v1/datasets", known).status == .ok)
  }

  @Test func `hosts and versions of HTTP are looked at on a connection`() async throws {
    let fixture = try ServerFixture {
      $0.allowedHosts = [HostName(parsing: "assay.example.com")!]
    }
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        func status(_ request: String) throws -> String {
          let connection = try RawConnection(port: port)
          connection.send(request)
          return String((connection.readToEnd() ?? "open").prefix(12).suffix(3))
        }
        func get(_ fields: String..., target: String = "/v1/datasets") throws -> String {
          try status(
            "GET \(target) HTTP/1.1\r\nConnection: close\r\n"
              + fields.map { $0 + "\r\n" }.joined() + "\r\n")
        }
        for host in [
          "localhost", "LOCALHOST:\(port)", "127.0.0.1", "127.9.9.9:1", "[::1]", "localhost.",
          "assay.example.com", "Assay.Example.com.:443",
        ] {
          #expect(try get("Host: \(host)") == "200", "\(host)")
        }
        for host in [
          "127.0.0.1.evil.example", "evil.example", "localhost.evil.example", "0.0.0.0",
          "x.assay.example.com", "assay.example.com.evil", "[::2]",
        ] {
          #expect(try get("Host: \(host)") == "403", "\(host)")
        }
        for host in ["", "127.1", "2130706433", "a b", "localhost:x", "a@localhost", "[::1"] {
          #expect(try get("Host: \(host)") == "400", "\(host)")
        }
        #expect(try get() == "400")
        #expect(try get("Host: localhost", "Host: localhost") == "400")
        #expect(try get("Host: localhost", "host: evil.example") == "400")
        let absolute = "http://localhost/v1/datasets"
        #expect(try get("Host: localhost", target: absolute) == "200")
        #expect(try get("Host: evil.example", target: absolute) == "400")
        #expect(try get("Host: localhost", target: "http://evil.example/v1/datasets") == "400")
        #expect(try get("Host: evil.example", target: "http://evil.example/v1/datasets") == "403")
        // Nobody but the server says why a request is refused.
        #expect(try get("Host: localhost", "Assay-Request-Fault: x") == "200")

        // A client of HTTP/1.0 waits for the end of the connection.
        for fields in ["", "Connection: keep-alive\r\n", "Host: localhost\r\n"] {
          #expect(try status("GET /v1/datasets HTTP/1.0\r\n\(fields)\r\n") == "200", "\(fields)")
        }
        #expect(try status("GET /v1/datasets HTTP/1.0\r\nHost: evil.example\r\n\r\n") == "403")
        #expect(
          try status("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n")
            == "200")

        // In its turn: what was asked for before is answered first, what comes after is not.
        let connection = try RawConnection(port: port)
        connection.send(
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
            + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answers = connection.readToEnd() ?? ""
        #expect(answers.hasPrefix("HTTP/1.1 200"))
        #expect(answers.components(separatedBy: "HTTP/1.1 400").count == 2)
        #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 2)
      }
    }
  }
}
